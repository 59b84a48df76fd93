using KestraGitHub.Access;
using KestraGitHub.Dashboard;
using KestraGitHub.Storage;
using KestraGitHub.Tests.Storage;

namespace KestraGitHub.Tests.Dashboard;

public sealed class TimelineTests : StorageTest
{
    private static readonly RunEnding Failed = new(RunState.Failed, new RunCounts(), [], "no", "permanent");

    [Fact]
    public async Task Hours_days_and_weeks_are_of_the_same_runs()
    {
        var timeline = new Timeline(new TallyStore(Database), Time);
        await RunOnceAsync(Request(), Failed);
        Clock.Advance(TimeSpan.FromDays(2));
        await RunOnceAsync(Request(), Ending(counts: new RunCounts(Added: 1)));
        await RunOnceAsync(Request());

        var hours = await timeline.ViewAsync(AccessScope.Everything, Span.Hour, None);
        Assert.Equal((24, 2, 1, 0), (hours.Bars.Count, hours.Runs, hours.Changed, hours.Failed));
        Assert.Equal(2, hours.Bars[^1].All);
        var days = await timeline.ViewAsync(AccessScope.Everything, Span.Day, None);
        Assert.Equal((30, 3, 1, 1), (days.Bars.Count, days.Runs, days.Changed, days.Failed));
        Assert.Equal(1, days.Bars[^3].Failed);
        var weeks = await timeline.ViewAsync(AccessScope.Everything, Span.Week, None);
        Assert.Equal((12, 3), (weeks.Bars.Count, weeks.Runs));
        Assert.All(weeks.Bars, b => Assert.Equal(DayOfWeek.Monday, b.Start.UtcDateTime.DayOfWeek));
    }

    [Fact]
    public async Task An_hour_that_is_over_is_not_counted_twice_and_a_new_one_is()
    {
        var timeline = new Timeline(new TallyStore(Database), Time);
        for (var i = 0; i < 6; i++)
        {
            await RunOnceAsync(Request(), Failed);
            Assert.Equal(i + 1, (await timeline.ViewAsync(AccessScope.Everything, Span.Day, None)).Runs);
            Clock.Advance(TimeSpan.FromHours(3));
        }

        Assert.Equal(0, (await timeline.ViewAsync(new AccessScope("other", null), Span.Day, None)).Runs);
    }
}
