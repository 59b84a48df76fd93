using KestraGitHub.Reconciliation;
using KestraGitHub.Runs;
using KestraGitHub.Storage;
using KestraGitHub.Tests.Storage;
using Microsoft.Data.Sqlite;

namespace KestraGitHub.Tests.Runs;

public sealed class LeaseKeeperTests : StorageTest
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task A_renewal_that_is_late_is_made_up_for_before_the_write()
    {
        var claimed = await StartAsync();
        await using var keeper = Keep(claimed, Lease);
        await keeper.BeforeWriteAsync(None);

        // Longer than the lease: but nobody came.
        Clock.Advance(Lease * 2);
        await keeper.BeforeWriteAsync(None);
        Assert.False(keeper.Lost);
        Assert.Equal(Clock.Now + Lease, keeper.Lease.Until);
        Assert.Equal(0, await Runs.RecoverAsync(all: false, None));
    }

    [Fact]
    public async Task After_another_worker_took_it_up_nothing_more_is_written()
    {
        var claimed = await StartAsync();
        await using var keeper = Keep(claimed, Lease);
        Clock.Advance(Lease * 2);
        Assert.Equal(1, await Runs.RecoverAsync(all: false, None));
        await ClaimAsync(owner: "b");

        await Assert.ThrowsAsync<LeaseLostException>(async () => await keeper.BeforeWriteAsync(None));
        await Assert.ThrowsAsync<LeaseLostException>(async () => await keeper.BeforeWriteAsync(None));
        Assert.True(keeper.Lost);
        await Runs.ReleaseAsync(keeper.Lease, None);
        Assert.Equal(RunState.Running, (await Runs.GetAsync(claimed.Run.Id, None))!.State);
    }

    [Fact]
    public async Task A_lost_lease_ends_the_reading_too()
    {
        var claimed = await StartAsync();
        await using var keeper = Keep(claimed, Short);
        await Runs.ReleaseAsync(claimed.Lease, None);
        await EndOf(keeper.Token);
        Assert.True(keeper.Lost);
    }

    [Fact]
    public async Task A_wish_to_cancel_is_heard_between_writes_and_while_it_reads()
    {
        var claimed = await StartAsync();
        await using var keeper = Keep(claimed, Short);
        await Runs.CancelAsync(claimed.Run.Id, None);
        await EndOf(keeper.Token);
        Assert.True(keeper.Cancelled);
        Assert.False(keeper.Lost);
        await Assert.ThrowsAsync<RunCancelledException>(async () => await keeper.BeforeWriteAsync(None));
    }

    [Fact]
    public async Task While_the_database_is_away_what_is_safe_is_written_and_then_nothing_until_it_is_back()
    {
        await using var database = await OpenAsync(new SqliteDialect(Folder["impatient.db"], TimeSpan.FromMilliseconds(100)));
        var runs = new RunStore(database);
        await runs.EnqueueAsync(Request(), merge: false, None);
        var claimed = (await runs.ClaimAsync(Sync, "a", Lease, None))!;
        await using var keeper = new LeaseKeeper(runs, claimed.Lease, Clock.GetTimestamp(), new RunOptions { Lease = Lease }, Clock, _ => { }, None);

        await using (var other = new SqliteConnection($"Data Source={Folder["impatient.db"]};Pooling=False"))
        {
            await other.OpenAsync();
            await using var hold = other.BeginTransaction(deferred: false);
            Clock.Advance(Lease / 4);
            await keeper.BeforeWriteAsync(None);
            Clock.Advance(Lease / 4);
            await Assert.ThrowsAsync<LeaseLostException>(async () => await keeper.BeforeWriteAsync(None));
            Assert.False(keeper.Lost);
        }

        await keeper.BeforeWriteAsync(None);
    }

    [Fact]
    public async Task A_stop_of_the_service_is_neither_a_loss_nor_a_wish()
    {
        var claimed = await StartAsync();
        using var shutdown = new CancellationTokenSource();
        await using var keeper = Keep(claimed, Lease, shutdown.Token);
        await shutdown.CancelAsync();
        Assert.True(keeper.Token.IsCancellationRequested);
        Assert.False(keeper.Lost || keeper.Cancelled);
        await Assert.ThrowsAsync<OperationCanceledException>(async () => await ((IApplyGuard)keeper).BeforeWriteAsync(keeper.Token));
    }

    private async Task<ClaimedRun> StartAsync()
    {
        await Runs.EnqueueAsync(Request(), merge: false, None);
        return await ClaimAsync();
    }

    private LeaseKeeper Keep(ClaimedRun claimed, TimeSpan lease, CancellationToken shutdown = default) =>
        new(Runs, claimed.Lease, Clock.GetTimestamp(), new RunOptions { Lease = lease }, Clock, _ => { }, shutdown);

    private static async Task EndOf(CancellationToken token)
    {
        for (var i = 0; i < 500 && !token.IsCancellationRequested; i++) await Task.Delay(20, CancellationToken.None);
        Assert.True(token.IsCancellationRequested);
    }
}
