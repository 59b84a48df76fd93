using KestraGitHub.Storage;

namespace KestraGitHub.Tests.Storage;

public class ScheduleStoreTests : StorageTest
{
    private ScheduleStore Schedules => new(Database);

    [Fact]
    public async Task It_remembers_when_a_schedule_fired_last()
    {
        Assert.Null(await Schedules.LastFiredAsync(Sync, "daily", None));
        await Schedules.BeginAsync(Sync, "daily", Clock.Now, None);
        Assert.Empty(await Schedules.RunsAsync(None));
        Assert.True(await Schedules.FireAsync(Request("schedule"), "daily", Clock.Now, Clock.Now.AddDays(1), None));

        Assert.Equal(Clock.Now.AddDays(1), (await Schedules.RunsAsync(None))[(Sync, "daily")]);
        Assert.Equal(Clock.Now.AddDays(1), await Schedules.LastFiredAsync(Sync, "daily", None));
        Assert.Equal(Clock.Now.AddDays(1), (await Schedules.AllAsync(None))[(Sync, "daily")]);
        Assert.Equal("schedule", Assert.Single((await Runs.QueryAsync(new RunQuery(null, null, null, null, 10, null), None)).Items).Trigger.Kind);
    }

    [Fact]
    public async Task A_later_beginning_never_takes_back_what_fired_since()
    {
        await Schedules.BeginAsync(Sync, "daily", Clock.Now, None);
        await Schedules.BeginAsync(Sync, "daily", Clock.Now.AddHours(-1), None);
        Assert.Equal(Clock.Now, await Schedules.LastFiredAsync(Sync, "daily", None));
        await Schedules.BeginAsync(Sync, "daily", Clock.Now.AddHours(1), None);
        Assert.Equal(Clock.Now.AddHours(1), await Schedules.LastFiredAsync(Sync, "daily", None));
    }

    [Fact]
    public async Task Of_many_that_see_one_moment_come_one_fires()
    {
        await Schedules.BeginAsync(Sync, "minutely", Clock.Now, None);
        var at = Clock.Now.AddMinutes(1);
        var fired = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() =>
            Schedules.FireAsync(Request("schedule"), "minutely", Clock.Now, at, None))));

        Assert.Single(fired, f => f);
        Assert.Single((await Runs.QueryAsync(new RunQuery(null, null, null, null, 10, null), None)).Items);
    }
}
