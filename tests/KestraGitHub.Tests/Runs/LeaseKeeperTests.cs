using KestraGitHub.Configuration;
using KestraGitHub.Kestra;
using KestraGitHub.Reconciliation;
using KestraGitHub.Runs;
using KestraGitHub.Storage;
using KestraGitHub.Tests.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

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
    public async Task A_successor_begins_no_sooner_than_a_time_limit_after_the_last_byte_that_may_go()
    {
        // Long enough that nothing is renewed while the test runs; the longest time limit that a configuration may have beside it.
        var (lease, limit) = (TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(10));
        Assert.True(Bound(lease, limit).Succeeded);
        await Runs.EnqueueAsync(Request(), merge: false, None);
        var claimed = (await Runs.ClaimAsync(Sync, "a", lease, None))!;
        await using var paused = Keep(claimed, lease);

        DateTimeOffset? lastByte = null, successor = null;
        for (var i = 0; i < 200 && successor is null; i++)
        {
            if (Passes(paused)) lastByte = Clock.Now;
            if (await Runs.RecoverAsync(all: false, None) == 1 && await Runs.ClaimAsync(Sync, "b", lease, None) is not null) successor = Clock.Now;
            else Clock.Advance(TimeSpan.FromSeconds(10));
        }

        Assert.True(successor - lastByte >= limit, $"{lastByte:O} {successor:O}");
        Assert.False(Passes(paused));
        await Assert.ThrowsAsync<LeaseLostException>(async () => await paused.BeforeWriteAsync(None));
    }

    [Fact]
    public async Task Whoever_may_begin_a_write_has_time_to_get_it_to_the_wire()
    {
        var claimed = await StartAsync();
        await using var keeper = Keep(claimed, Lease);
        Clock.Advance(Lease / 5);
        await keeper.BeforeWriteAsync(None);
        Clock.Advance(Lease / 10);
        keeper.CheckAtWire();
        Clock.Advance(Lease / 20);
        Assert.Throws<LeaseLostException>(keeper.CheckAtWire);

        // Nobody took it up: the next one asks the store and goes on.
        await keeper.BeforeWriteAsync(None);
        keeper.CheckAtWire();
    }

    [Fact]
    public void A_time_limit_that_a_lease_cannot_hold_refuses_to_start()
    {
        Assert.True(Bound(new RunOptions().Lease, new KestraOptions().WriteTimeout).Succeeded);
        var refused = Bound(TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(11));
        Assert.Contains("Runs:Lease to at least PT16.5S", refused.FailureMessage, StringComparison.Ordinal);
        Assert.Contains("Kestra:WriteTimeout to at most PT10S", refused.FailureMessage, StringComparison.Ordinal);

        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Runs:Lease"] = "PT9S" }).Build();
        using var provider = new ServiceCollection().AddLogging().AddKestra(configuration).AddRuns(configuration).BuildServiceProvider();
        Assert.Contains("Runs:Lease is too short", Assert.Throws<ConfigurationException>(provider.CheckConfiguration).Message, StringComparison.Ordinal);
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
            Clock.Advance(Lease / 5);
            await keeper.BeforeWriteAsync(None);
            Clock.Advance(Lease / 5);
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

    private static ValidateOptionsResult Bound(TimeSpan lease, TimeSpan writeTimeout)
    {
        using var provider = new ServiceCollection().AddSingleton(new KestraOptions { WriteTimeout = writeTimeout }).BuildServiceProvider();
        return new LeaseBound(provider).Validate(null, new RunOptions { Lease = lease });
    }

    private static bool Passes(LeaseKeeper keeper)
    {
        try
        {
            keeper.CheckAtWire();
            return true;
        }
        catch (LeaseLostException)
        {
            return false;
        }
    }

    private static async Task EndOf(CancellationToken token)
    {
        for (var i = 0; i < 500 && !token.IsCancellationRequested; i++) await Task.Delay(20, CancellationToken.None);
        Assert.True(token.IsCancellationRequested);
    }
}
