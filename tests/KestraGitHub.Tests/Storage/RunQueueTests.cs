using System.Data.Common;
using Dapper;
using KestraGitHub.Definitions;
using KestraGitHub.Storage;

namespace KestraGitHub.Tests.Storage;

public class RunQueueTests : StorageTest
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_run_comes_back_as_it_was_stored()
    {
        var request = new RunRequest(
            Sync, new RunTrigger("webhook", "hook", "octo", "guid", "refs/heads/main", "c1"), true, "v1", Second,
            new Dictionary<string, string> { ["body.ref"] = "\"x\"" });
        var run = await Runs.EnqueueAsync(request, merge: true, None);

        var read = await Runs.GetAsync(run.Id, None);
        Assert.Equal(request.Trigger, read!.Trigger);
        Assert.Equal(
            (RunState.Queued, true, "v1", 1, Clock.Now, Clock.Now + Second, 1),
            (read.State, read.DryRun, read.RequestedRevision, read.Attempt, read.CreatedAt, read.NotBefore, read.Deliveries));
        Assert.Equal("\"x\"", read.Payload["body.ref"]);
        Assert.Null(await Runs.GetAsync("none", None));
    }

    [Fact]
    public async Task A_connection_that_broke_takes_nobody_else_s_work_along()
    {
        await Assert.ThrowsAsync<StorageUnavailableException>(() => Database.WriteAsync<int>(
            (connection, _) =>
            {
                connection.Close();
                throw new InvalidOperationException("Connection is not open");
            },
            None));
        await Database.ReadAsync(connection =>
        {
            connection.Close();
            return Task.FromResult(0);
        }, None);

        var run = await Runs.EnqueueAsync(Request(), merge: false, None);
        Assert.NotNull(await Runs.GetAsync(run.Id, None));
    }

    [Fact]
    public async Task Pushes_join_the_run_that_waits_and_its_window_counts_from_the_first()
    {
        var first = await Runs.EnqueueAsync(Push("d1", "c1"), merge: true, None);
        Clock.Advance(Second);
        var second = await Runs.EnqueueAsync(Push("d2", "c2"), merge: true, None);

        Assert.Equal(first.Id, second.Id);
        Assert.Equal(first.NotBefore, second.NotBefore);
        Assert.Equal(2, second.Deliveries);
        Assert.Equal(("d2", "c2"), (second.Trigger.DeliveryId, second.Trigger.Commit));
        Assert.Equal("\"c2\"", second.Payload["body.after"]);
    }

    [Fact]
    public async Task A_manual_run_that_joins_makes_it_due_at_once_and_keeps_what_the_push_brought()
    {
        await Runs.EnqueueAsync(Push("d1"), merge: true, None);
        var joined = await Runs.EnqueueAsync(Request("dashboard"), merge: true, None);

        Assert.Equal(Clock.Now, joined.NotBefore);
        Assert.Equal("dashboard", joined.Trigger.Kind);
        Assert.Equal(1, joined.Deliveries);
        Assert.Equal("\"c1\"", joined.Payload["body.after"]);
    }

    [Fact]
    public async Task Dry_runs_pinned_runs_unmerged_runs_and_other_syncs_stay_apart()
    {
        var ids = new List<string>
        {
            (await Runs.EnqueueAsync(Push("d1"), merge: true, None)).Id,
            (await Runs.EnqueueAsync(Request(dryRun: true), merge: true, None)).Id,
            (await Runs.EnqueueAsync(Request(dryRun: true), merge: true, None)).Id,
            (await Runs.EnqueueAsync(Request(revision: "v1"), merge: true, None)).Id,
            (await Runs.EnqueueAsync(Request(), merge: false, None)).Id,
            (await Runs.EnqueueAsync(Request(sync: Sync with { Tenant = "other" }), merge: true, None)).Id,
        };
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }

    [Fact]
    public async Task A_push_does_not_join_what_runs_but_waits_behind_it()
    {
        await Runs.EnqueueAsync(Request(), merge: true, None);
        var running = await ClaimAsync();
        var next = await Runs.EnqueueAsync(Request(), merge: true, None);

        Assert.NotEqual(running.Run.Id, next.Id);
        Assert.Null(await Runs.ClaimAsync(Sync, "b", Lease, None));
        Assert.True(await Runs.FinishAsync(running.Lease, Ending(), None));
        Assert.Equal(next.Id, (await ClaimAsync()).Run.Id);
    }

    [Fact]
    public async Task A_push_is_a_new_chance_for_a_run_that_waits_for_its_retry()
    {
        await Runs.EnqueueAsync(Request(), merge: true, None);
        var claimed = await ClaimAsync();
        Assert.True(await Runs.RetryAsync(claimed.Lease, TimeSpan.FromMinutes(10), "a retry", "Kestra is away", None));
        var waiting = (await Runs.GetAsync(claimed.Run.Id, None))!;
        Assert.Equal((RunState.Waiting, "a retry", 2, "transient"), (waiting.State, waiting.WaitingFor, waiting.Attempt, waiting.ErrorKind));
        Assert.Null(await Runs.ClaimAsync(Sync, "a", Lease, None));

        var joined = await Runs.EnqueueAsync(Push("d1"), merge: true, None);
        Assert.Equal(waiting.Id, joined.Id);
        Assert.Equal(
            (RunState.Queued, null, 1, Clock.Now.AddSeconds(2), null), (joined.State, joined.WaitingFor, joined.Attempt, joined.NotBefore, joined.Error));
    }

    [Fact]
    public async Task A_retry_is_claimed_when_its_time_has_come()
    {
        await Runs.EnqueueAsync(Request(), merge: true, None);
        var claimed = await ClaimAsync();
        await Runs.RetryAsync(claimed.Lease, TimeSpan.FromMinutes(1), "a retry", "away", None);
        Assert.Equal([(Sync, TimeSpan.FromMinutes(1))], await Runs.DueAsync(None));
        Clock.Advance(TimeSpan.FromMinutes(1));

        var again = await ClaimAsync();
        Assert.Equal((2, claimed.Run.StartedAt), (again.Run.Attempt, again.Run.StartedAt));
        Assert.Equal(claimed.Lease.Fence + 1, again.Lease.Fence);
    }

    [Fact]
    public async Task The_oldest_due_run_comes_first_and_none_before_its_time()
    {
        var late = await Runs.EnqueueAsync(Request(dryRun: true, delay: Second), merge: true, None);
        var due = await Runs.EnqueueAsync(Request(dryRun: true), merge: true, None);
        Assert.Equal(due.Id, (await Runs.ClaimAsync(Sync, "a", Lease, None))!.Run.Id);
        await Runs.CancelAsync(due.Id, None);
        Assert.Equal([(Sync, late.NotBefore - Clock.Now)], await Runs.DueAsync(None));
    }

    [Fact]
    public async Task Only_one_of_many_workers_gets_a_sync()
    {
        for (var i = 0; i < 5; i++) await Runs.EnqueueAsync(Request(), merge: false, None);
        var claims = await Task.WhenAll(Enumerable.Range(0, 32).Select(i => Task.Run(() => Runs.ClaimAsync(Sync, $"w{i}", Lease, None))));
        Assert.Single(claims, c => c is not null);
    }

    [Fact]
    public async Task The_database_itself_refuses_a_second_running_run_of_a_sync()
    {
        await Runs.EnqueueAsync(Request(), merge: false, None);
        await Runs.EnqueueAsync(Request(), merge: false, None);
        var error = await Assert.ThrowsAnyAsync<DbException>(
            () => Database.WriteAsync((c, t) => c.ExecuteAsync("UPDATE runs SET state = 'running'", transaction: t), None));
        Assert.True(Database.IsUniqueViolation(error));
    }

    [Fact]
    public async Task Who_holds_an_older_fence_has_lost_the_run()
    {
        await Runs.EnqueueAsync(Request(), merge: true, None);
        var old = (await ClaimAsync()).Lease;
        Clock.Advance(Lease + Second);
        Assert.Equal(1, await Runs.RecoverAsync(all: false, None));
        var claimed = await ClaimAsync();
        Assert.Equal(1, claimed.Run.Attempt);

        Assert.Null(await Runs.RenewAsync(old, Lease, None));
        Assert.False(await Runs.FinishAsync(old, Ending(RunState.Failed), None));
        Assert.False(await Runs.RetryAsync(old, TimeSpan.Zero, "x", "y", None));
        await Runs.ReleaseAsync(old, None);
        await Runs.SetRevisionAsync(old, "wrong", null, null, None);
        var row = (await Runs.GetAsync(old.RunId, None))!;
        Assert.Equal((RunState.Running, null), (row.State, row.Revision));

        Assert.Null(await Runs.RenewAsync(claimed.Lease with { Owner = "thief" }, Lease, None));
        Assert.True(await Runs.FinishAsync(claimed.Lease, Ending(), None));
        Assert.Null(await Runs.RenewAsync(claimed.Lease, Lease, None));
    }

    [Fact]
    public async Task A_renewed_lease_is_not_recovered()
    {
        await Runs.EnqueueAsync(Request(), merge: true, None);
        var claimed = await ClaimAsync();
        Clock.Advance(Lease - Second);
        var renewed = await Runs.RenewAsync(claimed.Lease, Lease, None);
        Assert.Equal(Clock.Now + Lease, renewed!.Value.Lease.Until);
        Clock.Advance(Second + Second);
        Assert.Equal(0, await Runs.RecoverAsync(all: false, None));
        Assert.Equal(1, await Runs.RecoverAsync(all: true, None));
    }

    [Fact]
    public async Task A_released_run_is_queued_again_with_the_same_attempt()
    {
        await Runs.EnqueueAsync(Request(), merge: true, None);
        await Runs.ReleaseAsync((await ClaimAsync()).Lease, None);
        Assert.Equal(1, (await ClaimAsync()).Run.Attempt);
    }

    [Fact]
    public async Task Cancelling_ends_what_waits_and_asks_what_runs()
    {
        var queued = await Runs.EnqueueAsync(Push("d1"), merge: true, None);
        var cancelled = (await Runs.CancelAsync(queued.Id, None))!;
        Assert.Equal((RunState.Cancelled, Clock.Now), (cancelled.State, cancelled.FinishedAt));
        Assert.NotEqual(queued.Id, (await Runs.EnqueueAsync(Request(), merge: true, None)).Id);

        var claimed = await ClaimAsync();
        Assert.True((await Runs.CancelAsync(claimed.Run.Id, None))!.CancelRequested);
        Assert.True((await Runs.RenewAsync(claimed.Lease, Lease, None))!.Value.CancelRequested);
        await Runs.RecoverAsync(all: true, None);
        Assert.Equal(RunState.Cancelled, (await Runs.GetAsync(claimed.Run.Id, None))!.State);
        Assert.Null(await Runs.CancelAsync("none", None));
    }

    [Fact]
    public void Ids_grow_strictly_whatever_the_clock_does()
    {
        var made = new RunIds();
        var ids = Enumerable.Range(0, 10000).Select(i => made.Next(Clock.Now.AddMilliseconds(i % 7))).ToList();
        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Equal(7, Guid.ParseExact(id, "N").Version));
    }

    [Fact]
    public async Task A_clock_that_is_set_back_lets_nothing_wait_longer_than_it_was_asked_to()
    {
        var other = Sync with { Flow = "other" };
        await Runs.EnqueueAsync(Request(delay: TimeSpan.FromSeconds(20)), merge: false, None);
        await Runs.EnqueueAsync(Request(sync: other), merge: false, None);
        await Runs.RetryAsync((await ClaimAsync(other)).Lease, TimeSpan.FromMinutes(2), "retry", "away", None);

        Clock.Advance(TimeSpan.FromHours(-1));
        for (var sweep = 0; sweep < 3; sweep++)
        {
            await Runs.RecoverAsync(all: false, None);
            Assert.Equal(TimeSpan.FromSeconds(20 - 5 * sweep), await Runs.NextDueAsync(Sync, None));
            Assert.Equal(TimeSpan.FromSeconds(120 - 5 * sweep), await Runs.NextDueAsync(other, None));
            Clock.Advance(TimeSpan.FromSeconds(5));
        }

        // A push that joins counts from the earlier of the two, as ever.
        await Runs.EnqueueAsync(Request(delay: TimeSpan.FromSeconds(1)), merge: true, None);
        Assert.Equal(TimeSpan.FromSeconds(1), await Runs.NextDueAsync(Sync, None));
    }
}
