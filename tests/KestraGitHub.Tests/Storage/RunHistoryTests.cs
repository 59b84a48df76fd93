using Dapper;
using KestraGitHub.Definitions;
using KestraGitHub.Storage;

namespace KestraGitHub.Tests.Storage;

public class RunHistoryTests : StorageTest
{
    private static readonly SyncKey Other = new("main", "company", "other");
    private static readonly ChangeRow Added = new("t", "flow", "company.team", "etl", "flows/etl.yml", "added", "new", null, "7", 12, 0);

    [Fact]
    public async Task An_ended_run_keeps_its_counts_and_every_change_but_the_unchanged()
    {
        await Runs.EnqueueAsync(Request(), merge: true, None);
        var claimed = await ClaimAsync();
        await Runs.SetRevisionAsync(claimed.Lease, "abc", "Message", "Author", None);
        var counts = new RunCounts(Added: 1, Unchanged: 2, Skipped: 1);
        var skipped = Added with { Id = "x", Path = null, Action = "skipped" };
        Assert.True(await Runs.FinishAsync(claimed.Lease, Ending(RunState.Succeeded, counts, Added, Added with { Action = "unchanged" }, skipped), None));

        var run = (await Runs.GetAsync(claimed.Run.Id, None))!;
        Assert.True(run.Ended);
        Assert.Equal((counts, "abc", "Message", "Author", Clock.Now), (run.Counts, run.Revision, run.CommitMessage, run.Author, run.FinishedAt));
        Assert.Equal([Added, skipped], await Runs.ChangesAsync(run.Id, None));
    }

    [Fact]
    public async Task A_run_that_only_names_the_commit_has_what_the_last_ones_know_of_it()
    {
        foreach (var (revision, message, known) in new[] { ("abc", "Message", "Message"), ("abc", null, "Message"), ("abc", null, "Message"), ("def", null, (string?)null) })
        {
            var asked = await Runs.EnqueueAsync(Request(), merge: true, None);
            var claimed = await ClaimAsync();
            await Runs.SetRevisionAsync(claimed.Lease, revision, message, message is null ? null : "Author", None);
            await Runs.FinishAsync(claimed.Lease, Ending(RunState.Succeeded, new()), None);
            var run = (await Runs.GetAsync(asked.Id, None))!;
            Assert.Equal((revision, known, known is null ? null : "Author"), (run.Revision, run.CommitMessage, run.Author));
        }
    }

    [Fact]
    public async Task The_sources_of_a_run_are_in_its_order_and_a_commit_that_it_made_is_not_forgotten()
    {
        SourceRow read = new("read[a]", "https://h/r", "refs/heads/main", "1", false), push = new("push", "https://h/r", "refs/heads/main", null, false);
        await Runs.EnqueueAsync(Request(), merge: true, None);
        var claimed = await ClaimAsync();
        await Runs.SetSourcesAsync(claimed.Lease, 0, [read, push], None);
        await Runs.SetSourcesAsync(claimed.Lease, 2, [read with { Task = "a later one", Ref = null }], None);
        await Runs.SetSourcesAsync(claimed.Lease, 0, [push with { Commit = "2", Made = true }], None);

        // Another attempt looks anew.
        await Runs.SetSourcesAsync(claimed.Lease, 0, [read with { Commit = "3" }, push with { Commit = "3" }], None);
        Assert.Equal(
            [read with { Commit = "3" }, push with { Commit = "2", Made = true }, read with { Task = "a later one", Ref = null }], await Runs.SourcesAsync(claimed.Run.Id, None));

        await Runs.SetSourcesAsync(claimed.Lease with { Fence = claimed.Lease.Fence + 1 }, 0, [read with { Commit = "4" }, read with { Task = "no holder's" }], None);
        Assert.Equal(["3", "2", "1"], (await Runs.SourcesAsync(claimed.Run.Id, None)).Select(s => s.Commit));
    }

    [Fact]
    public async Task Runs_of_a_schedule_that_change_nothing_are_one_row()
    {
        var real = await RunOnceAsync(Request("schedule"), Ending(counts: new RunCounts(Added: 1), changes: Added));
        await RunOnceAsync(Request("schedule"));
        await RunOnceAsync(Request("schedule"));
        var last = await RunOnceAsync(Request("schedule"), Ending(changes: Added with { Action = "skipped" }));

        var page = await Runs.QueryAsync(new RunQuery(null, null, null, null, 10, null), None);
        Assert.Equal([(last, 2), (real, 0)], page.Items.Select(r => (r.Id, r.Collapsed)));
        Assert.Single(await Runs.ChangesAsync(last, None));
    }

    [Fact]
    public async Task Only_quiet_runs_of_a_schedule_are_collapsed()
    {
        await RunOnceAsync(Request("schedule"));
        await RunOnceAsync(Request());
        await RunOnceAsync(Request("schedule"));
        await RunOnceAsync(Request("schedule"), Ending(RunState.Failed));
        await RunOnceAsync(Request("schedule"), Ending(counts: new RunCounts(Conflict: 1)));
        await RunOnceAsync(Request("schedule"));
        await RunOnceAsync(Request("schedule", Other));
        // A delivery points to this one, though a schedule joined it.
        await RunOnceAsync(Request("schedule", delivery: "d1"));

        Assert.Equal(8, (await Runs.QueryAsync(new RunQuery(null, null, null, null, 50, null), None)).Items.Count);
    }

    [Fact]
    public async Task Pages_go_back_in_time_without_gap_or_overlap()
    {
        var ids = new List<string>();
        for (var i = 0; i < 7; i++) ids.Add(await RunOnceAsync(Request(sync: i % 2 == 0 ? Sync : Other)));
        ids.Reverse();

        var seen = new List<string>();
        for (string? cursor = null; ;)
        {
            var page = await Runs.QueryAsync(new RunQuery("main", null, null, null, 3, cursor), None);
            seen.AddRange(page.Items.Select(r => r.Id));
            if ((cursor = page.Next) is null) break;
        }

        Assert.Equal(ids, seen);
    }

    [Theory]
    [InlineData(null, null, null, 4)]
    [InlineData("main", null, null, 3)]
    [InlineData(null, "company", null, 2)]
    [InlineData("main", "company", null, 1)]
    [InlineData("main", "company", "other", 1)]
    [InlineData(null, null, "sync", 2)]
    [InlineData("none", null, null, 0)]
    public async Task Any_part_of_the_name_narrows_the_list(string? tenant, string? ns, string? flow, int expected)
    {
        await RunOnceAsync(Request());
        await RunOnceAsync(Request());
        await RunOnceAsync(Request(sync: Other));
        await RunOnceAsync(Request(sync: Other with { Tenant = "x" }), Ending(RunState.Failed));

        Assert.Equal(expected, (await Runs.QueryAsync(new RunQuery(tenant, ns, flow, null, 10, null), None)).Items.Count);
        var failed = (await Runs.QueryAsync(new RunQuery(tenant, ns, flow, RunState.Failed, 10, null), None)).Items;
        Assert.All(failed, r => Assert.Equal("x", r.Sync.Tenant));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x' OR 1=1 --")]
    [InlineData("ZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZ")]
    public async Task A_cursor_that_is_not_ours_is_an_argument_fault(string cursor)
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Runs.QueryAsync(new RunQuery(null, null, null, null, 10, cursor), None));
        await Assert.ThrowsAsync<ArgumentException>(() => Deliveries.QueryAsync(null, 10, cursor, None));
    }

    [Fact]
    public async Task The_limit_is_kept_between_one_and_five_hundred()
    {
        await RunOnceAsync(Request());
        await RunOnceAsync(Request());
        Assert.Single((await Runs.QueryAsync(new RunQuery(null, null, null, null, -3, null), None)).Items);
        Assert.Equal(2, (await Runs.QueryAsync(new RunQuery(null, null, null, null, int.MaxValue, null), None)).Items.Count);
    }

    [Fact]
    public async Task The_latest_are_the_last_that_ended_and_the_newest_that_has_not()
    {
        await RunOnceAsync(Request());
        var last = await RunOnceAsync(Request(), Ending(RunState.Failed));
        await RunOnceAsync(Request(dryRun: true));
        var open = await Runs.EnqueueAsync(Request(), merge: true, None);
        var waiting = await Runs.EnqueueAsync(Request(sync: Other), merge: true, None);

        var latest = await Runs.LatestAsync([Sync, Other, Sync with { Flow = "none" }], None);
        Assert.Equal((last, open.Id), (latest[Sync].Last!.Id, latest[Sync].Current!.Id));
        Assert.Null(latest[Other].Last);
        Assert.Equal(waiting.Id, latest[Other].Current!.Id);
        foreach (var (sync, (lastOfAll, currentOfAll)) in latest)
        {
            var one = await Runs.LatestAsync(sync, None);
            Assert.Equal((lastOfAll?.Id, currentOfAll?.Id), (one.Last?.Id, one.Current?.Id));
        }

        Assert.Equal((null, null), await Runs.LatestAsync(Sync with { Flow = "none" }, None));
    }

    [Fact]
    public async Task Events_are_read_on_from_a_number_and_a_doubled_one_counts_once()
    {
        var run = await Runs.EnqueueAsync(Request(), merge: true, None);
        Assert.Equal(0, await Runs.LastEventAsync(run.Id, None));
        RunEvent Line(long seq, string text) => new(seq, Clock.Now, "info", "fetched", text);
        await Runs.AppendAsync(run.Id, [Line(1, "a"), Line(2, "b")], None);
        await Runs.AppendAsync(run.Id, [Line(2, "again"), Line(3, "c")], None);
        await Runs.AppendAsync(run.Id, [], None);
        await Runs.AppendAsync("gone", [Line(1, "late")], None);

        Assert.Equal([Line(2, "b"), Line(3, "c")], await Runs.EventsAsync(run.Id, 1, None));
        Assert.Equal(3, await Runs.LastEventAsync(run.Id, None));
    }
}
