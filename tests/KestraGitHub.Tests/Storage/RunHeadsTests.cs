using KestraGitHub.Runs;
using KestraGitHub.Storage;

namespace KestraGitHub.Tests.Storage;

/// <summary>What the first page asks of all syncs at once.</summary>
public class RunHeadsTests : StorageTest
{
    private static readonly RunEnding Failed = new(RunState.Failed, new RunCounts(), [], "no", "permanent");

    [Fact]
    public async Task A_head_says_how_the_last_run_went_and_what_is_open()
    {
        var (gaps, fresh) = (Sync with { Flow = "gaps" }, Sync with { Flow = "fresh" });
        var last = await RunOnceAsync(Request(), Ending(counts: new RunCounts(Added: 2, Unchanged: 5)));
        await RunOnceAsync(Request(dryRun: true), Failed);
        await RunOnceAsync(Request(sync: gaps), Ending(counts: new RunCounts(Conflict: 1)));
        var open = await Runs.EnqueueAsync(Request(sync: fresh), merge: false, None);

        var (ended, unended, now) = await Runs.HeadsAsync(null, None);
        var heads = ended.ToDictionary(h => h.Sync, h => h.Head);
        Assert.Equal((last, RunState.Succeeded, true, 7), (heads[Sync].Id, heads[Sync].State, heads[Sync].Clean, heads[Sync].Objects));
        Assert.False(heads[gaps].Clean);
        Assert.Equal((fresh, open.Id), (Assert.Single(unended).Key, unended[fresh].Id));
        Assert.Equal(LastHead.Of((await Runs.LatestAsync(gaps, None)).Last), heads[gaps]);

        Assert.Empty((await Runs.HeadsAsync(now.AddSeconds(1), None)).Ended);
        Assert.Equal([Sync, gaps], (await Runs.HeadsAsync(now.AddDays(-1), None)).Ended.Select(h => h.Sync));
    }

    [Fact]
    public async Task What_is_kept_of_them_is_what_a_whole_look_would_find()
    {
        var book = new HeadBook(Runs);
        var other = Sync with { Flow = "other" };
        await RunOnceAsync(Request());
        Assert.Single(await book.HeadsAsync(None));
        for (var i = 0; i < 4; i++)
        {
            Clock.Advance(TimeSpan.FromMinutes(5 * i));
            await RunOnceAsync(Request(sync: i % 2 == 0 ? other : Sync), i == 3 ? Failed : null);
            var open = await Runs.EnqueueAsync(Request(sync: other), merge: false, None);
            var kept = await book.HeadsAsync(None);
            var whole = (await Runs.HeadsAsync(null, None)).Ended.ToDictionary(h => h.Sync, h => h.Head);
            Assert.Equal(whole, kept.ToDictionary(k => k.Key, k => k.Value.Last!));
            Assert.Equal(open.Id, kept[other].Open!.Id);
            await Runs.CancelAsync(open.Id, None);
        }
    }

    [Fact]
    public async Task Some_syncs_are_asked_for_by_name()
    {
        var other = Sync with { Flow = "other" };
        var last = await RunOnceAsync(Request());
        await RunOnceAsync(Request(sync: other));
        var open = await Runs.EnqueueAsync(Request(), merge: false, None);
        var latest = await Runs.LatestAsync([Sync, Sync with { Flow = "none" }], None);
        Assert.Equal([Sync], latest.Keys);
        Assert.Equal((last, open.Id), (latest[Sync].Last!.Id, latest[Sync].Current!.Id));
    }

    [Fact]
    public async Task A_failure_began_with_the_first_after_the_last_success()
    {
        var never = Sync with { Flow = "never" };
        await RunOnceAsync(Request(), Failed);
        await RunOnceAsync(Request());
        var began = await RunOnceAsync(Request(), Failed);
        await RunOnceAsync(Request(dryRun: true));
        await RunOnceAsync(Request(), Failed);
        var first = await RunOnceAsync(Request(sync: never), Failed);
        var found = await Runs.FirstFailuresAsync([Sync, never], None);
        Assert.Equal((began, first), (found[Sync].Id, found[never].Id));
    }

    [Fact]
    public async Task The_last_change_is_no_dry_run_and_no_run_that_found_nothing()
    {
        var changed = await RunOnceAsync(Request(), Ending(counts: new RunCounts(Updated: 1)));
        await RunOnceAsync(Request(dryRun: true), Ending(counts: new RunCounts(Updated: 9)));
        await RunOnceAsync(Request());
        Assert.Equal([changed], (await Runs.LastChangesAsync(None)).Select(r => r.Id));
    }

    [Fact]
    public async Task The_open_runs_begin_with_those_that_go_on_and_name_their_workers()
    {
        var later = await Runs.EnqueueAsync(Request(delay: TimeSpan.FromMinutes(5)), merge: false, None);
        var due = await Runs.EnqueueAsync(Request(sync: Sync with { Flow = "b" }), merge: false, None);
        await Runs.EnqueueAsync(Request(sync: Sync with { Flow = "a" }), merge: false, None);
        var held = await ClaimAsync(Sync with { Flow = "a" }, "node-7");
        var (open, _) = await Runs.OpenAsync(10, None);
        Assert.Equal([held.Run.Id, due.Id, later.Id], open.Select(o => o.Run.Id));
        Assert.Equal(["node-7", null, null], open.Select(o => o.Worker));
        Assert.Equal(2, (await Runs.OpenAsync(2, None)).Runs.Count);
    }
}
