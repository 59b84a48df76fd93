using KestraGitHub.Storage;

namespace KestraGitHub.Tests.Storage;

public class TallyStoreTests : StorageTest
{
    private static readonly RunEnding Failed = new(RunState.Failed, new RunCounts(), [], "no", "permanent");

    private TallyStore Tallies => new(Database);

    private long Hour => Clock.Now.ToUnixTimeSeconds() / 3600;

    [Fact]
    public async Task Runs_are_counted_by_the_hour_in_which_they_ended()
    {
        var first = Hour;
        await RunOnceAsync(Request(), Ending(counts: new RunCounts(Updated: 1)));
        await RunOnceAsync(Request());
        await RunOnceAsync(Request(dryRun: true), Failed);
        Clock.Advance(TimeSpan.FromHours(2));
        await RunOnceAsync(Request(), Failed);
        await Runs.EnqueueAsync(Request(), merge: false, None);
        Assert.Equal([new Tally(first, 1, 1, 0), new Tally(first + 2, 0, 0, 1)], await Tallies.HoursAsync(first, first + 9, null, null, None));
        Assert.Equal([new Tally(first, 1, 1, 0)], await Tallies.HoursAsync(first, first + 2, null, null, None));
    }

    [Fact]
    public async Task Runs_of_a_schedule_that_were_folded_into_one_count_each()
    {
        var first = Hour;
        for (var i = 0; i < 4; i++) await RunOnceAsync(Request("schedule"));
        Assert.Equal(4, Assert.Single(await Tallies.HoursAsync(first, first + 1, null, null, None)).Quiet);
    }

    [Theory]
    [InlineData(null, null, 4)]
    [InlineData("main", null, 3)]
    [InlineData("main", "company", 2)]
    [InlineData("main", "company.team", 1)]
    [InlineData("other", "company", 1)]
    public async Task A_scope_counts_its_own_namespaces_on_the_dot(string? tenant, string? space, long runs)
    {
        foreach (var (t, n) in ((string, string)[])[("main", "company"), ("main", "company.team"), ("main", "companyx"), ("other", "company.team")])
            await RunOnceAsync(Request(sync: new(t, n, "f")));
        Assert.Equal(runs, (await Tallies.HoursAsync(0, Hour + 1, tenant, space, None)).Sum(t => t.Quiet));
    }
}
