using KestraGitHub.Storage;

namespace KestraGitHub.Tests.Storage;

public class PauseStoreTests : StorageTest
{
    private PauseStore Pauses => new(Database);

    [Fact]
    public async Task A_pause_is_of_one_sync_and_tells_why_and_by_whom()
    {
        await Pauses.SetAsync(Sync, "month end", "ann", null, None);
        var pause = await Pauses.OfAsync(Sync, None);
        Assert.Equal(("month end", "ann", null, false), (pause!.Reason, pause.By, pause.Until, pause.OfAll));
        Assert.Null(await Pauses.OfAsync(Sync with { Flow = "other" }, None));
        await Pauses.SetAsync(Sync, "longer", "bob", null, None);
        Assert.Equal("bob", (await Pauses.OfAsync(Sync, None))!.By);
        Assert.True(await Pauses.ClearAsync(Sync, None));
        Assert.False(await Pauses.ClearAsync(Sync, None));
        Assert.Null(await Pauses.OfAsync(Sync, None));
    }

    [Fact]
    public async Task The_pause_of_all_holds_every_sync_and_leaves_their_own()
    {
        await Pauses.SetAsync(null, "upgrade", null, null, None);
        await Pauses.SetAsync(Sync, "its own", null, null, None);
        Assert.Equal(("its own", "upgrade"), ((await Pauses.OfAsync(Sync, None))!.Reason, (await Pauses.OfAsync(Sync with { Flow = "other" }, None))!.Reason));
        Assert.True(await Pauses.ClearAsync(null, None));
        Assert.NotNull(await Pauses.OfAsync(Sync, None));
    }

    [Fact]
    public async Task One_that_is_over_holds_nothing()
    {
        await Pauses.SetAsync(Sync, "", null, Clock.Now.AddYears(-30), None);
        Assert.Null(await Pauses.OfAsync(Sync, None));
    }

    [Fact]
    public async Task A_run_that_is_put_aside_waits_with_its_rows_and_costs_no_attempt()
    {
        var run = await Runs.EnqueueAsync(Request(), merge: false, None);
        var claimed = (await Runs.ClaimAsync(Sync, "me", TimeSpan.FromSeconds(15), None))!;
        var rows = new[] { new ChangeRow("t", "flow", "prod", "etl", "etl.yaml", "deleted", "no longer in Git") };
        Assert.True(await Runs.ParkAsync(claimed.Lease, "approval", null, "look", new RunCounts { Deleted = 1 }, rows, None));

        var waiting = (await Runs.GetAsync(run.Id, None))!;
        Assert.Equal((RunState.Waiting, "approval", "look", 1, 1), (waiting.State, waiting.WaitingFor, waiting.Error, waiting.Attempt, waiting.Counts.Deleted));
        Assert.Single(await Runs.ChangesAsync(run.Id, None));
        Assert.Null(await Runs.ClaimAsync(Sync, "me", TimeSpan.FromSeconds(15), None));
        Assert.Null(await Runs.NextDueAsync(Sync, None));
        Assert.Empty(await Runs.DueAsync(None));

        Assert.Empty(await Runs.UnparkAsync("pause", null, null, None));
        Assert.Empty(await Runs.UnparkAsync("approval", null, Sync with { Flow = "other" }, None));
        Assert.Equal([Sync], await Runs.UnparkAsync("approval", run.Id, null, None));
        claimed = (await Runs.ClaimAsync(Sync, "me", TimeSpan.FromSeconds(15), None))!;
        Assert.Null(claimed.Run.Error);
        Assert.True(await Runs.FinishAsync(claimed.Lease, new RunEnding(RunState.Succeeded, new RunCounts(), rows, null, null), None));
        Assert.Single(await Runs.ChangesAsync(run.Id, None));
    }

    [Fact]
    public async Task A_push_takes_up_a_run_that_waits()
    {
        var run = await Runs.EnqueueAsync(Request(), merge: true, None);
        var claimed = (await Runs.ClaimAsync(Sync, "me", TimeSpan.FromSeconds(15), None))!;
        await Runs.ParkAsync(claimed.Lease, "approval", null, "look", new RunCounts(), [], None);
        var joined = await Runs.EnqueueAsync(Request(), merge: true, None);
        Assert.Equal((run.Id, RunState.Queued, null), (joined.Id, joined.State, joined.WaitingFor));
    }

    [Fact]
    public async Task One_that_somebody_wants_stopped_ends_instead_of_waiting()
    {
        var run = await Runs.EnqueueAsync(Request(), merge: false, None);
        var claimed = (await Runs.ClaimAsync(Sync, "me", TimeSpan.FromSeconds(15), None))!;
        await Runs.CancelAsync(run.Id, None);
        await Runs.ParkAsync(claimed.Lease, "approval", null, "look", new RunCounts(), [], None);
        Assert.Equal(RunState.Cancelled, (await Runs.GetAsync(run.Id, None))!.State);
    }
}
