using System.Threading.Channels;
using KestraGitHub.Definitions;
using KestraGitHub.Runs;
using Microsoft.Extensions.Logging.Abstractions;

namespace KestraGitHub.Tests.Runs;

public sealed class WakeQueueTests
{
    private static readonly SyncKey A = new("main", "n", "a");
    private static readonly SyncKey B = new("main", "n", "b");

    [Fact]
    public async Task Wake_ups_of_one_sync_that_wait_become_one_at_the_earliest_time()
    {
        var scheduler = new Scheduler();
        using var queue = new WakeQueue(scheduler, TimeProvider.System, NullLogger<WakeQueue>.Instance);
        queue.Add(A, TimeSpan.FromSeconds(50));
        queue.Add(B, TimeSpan.Zero);
        queue.Add(A, TimeSpan.FromSeconds(20));
        queue.Add(A, TimeSpan.FromSeconds(90));

        await queue.StartAsync(default);
        var woken = new[] { await scheduler.NextAsync(), await scheduler.NextAsync() }.ToDictionary(w => w.Sync, w => w.Delay);
        queue.Add(A, TimeSpan.Zero);
        var last = await scheduler.NextAsync();
        await queue.StopAsync(default);

        Assert.InRange(woken[A], TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(20));
        Assert.Equal(TimeSpan.Zero, woken[B]);
        Assert.Equal((A, TimeSpan.Zero), last);
        Assert.True(scheduler.IsIdle);
    }

    [Fact]
    public async Task What_the_scheduler_knows_it_is_not_told_again()
    {
        var scheduler = new Scheduler();
        using var queue = new WakeQueue(scheduler, TimeProvider.System, NullLogger<WakeQueue>.Instance);
        await queue.StartAsync(default);
        queue.Add(A, TimeSpan.FromSeconds(50));
        await scheduler.NextAsync();

        queue.Add(A, TimeSpan.FromSeconds(60));
        queue.Add(B, TimeSpan.Zero);
        var next = await scheduler.NextAsync();
        queue.Add(B, TimeSpan.Zero);
        var dueAgain = await scheduler.NextAsync();
        queue.Add(A, TimeSpan.FromSeconds(20));
        var earlier = await scheduler.NextAsync();
        await queue.StopAsync(default);

        Assert.Equal((B, B, A), (next.Sync, dueAgain.Sync, earlier.Sync));
        Assert.True(scheduler.IsIdle);
    }

    [Fact]
    public async Task What_it_would_not_take_it_is_told_again()
    {
        var scheduler = new Scheduler { Fails = sync => sync == A };
        using var queue = new WakeQueue(scheduler, TimeProvider.System, NullLogger<WakeQueue>.Instance);
        await queue.StartAsync(default);
        queue.Add(A, TimeSpan.FromSeconds(50));
        queue.Add(B, TimeSpan.Zero);
        await scheduler.NextAsync();

        scheduler.Fails = _ => false;
        queue.Add(A, TimeSpan.FromSeconds(60));

        Assert.Equal(A, (await scheduler.NextAsync()).Sync);
        await queue.StopAsync(default);
    }

    [Fact]
    public async Task A_failure_ends_nothing()
    {
        var scheduler = new Scheduler { Fails = sync => sync == A };
        using var queue = new WakeQueue(scheduler, TimeProvider.System, NullLogger<WakeQueue>.Instance);
        await queue.StartAsync(default);

        queue.Add(A, TimeSpan.Zero);
        queue.Add(B, TimeSpan.Zero);

        Assert.Equal(B, (await scheduler.NextAsync()).Sync);
        await queue.StopAsync(default);
    }

    [Fact]
    public async Task A_scheduler_that_hangs_does_not_hold_up_the_end()
    {
        var scheduler = new Scheduler { Hangs = true };
        using var queue = new WakeQueue(scheduler, TimeProvider.System, NullLogger<WakeQueue>.Instance);
        await queue.StartAsync(default);
        queue.Add(A, TimeSpan.Zero);
        await scheduler.NextAsync();

        await queue.StopAsync(default).WaitAsync(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Its_end_is_no_failure()
    {
        var scheduler = new Scheduler();
        using var queue = new WakeQueue(scheduler, TimeProvider.System, NullLogger<WakeQueue>.Instance);
        await queue.StartAsync(default);
        queue.Add(A, TimeSpan.Zero);
        await scheduler.NextAsync(); // it runs; before that its task could be cancelled unstarted
        await queue.StopAsync(default);
        await queue.ExecuteTask!;
    }

    private sealed class Scheduler : IJobScheduler
    {
        private readonly Channel<(SyncKey Sync, TimeSpan Delay)> _woken = Channel.CreateUnbounded<(SyncKey, TimeSpan)>();

        public bool IsIdle => _woken.Reader.Count == 0;

        public Func<SyncKey, bool> Fails { get; set; } = _ => false;

        public bool Hangs { get; init; }
        public ValueTask<DateTimeOffset?> NextFireAsync(SyncKey sync, CancellationToken ct) => ValueTask.FromResult<DateTimeOffset?>(null);


        public async ValueTask WakeAsync(SyncKey sync, TimeSpan delay, CancellationToken ct)
        {
            if (Fails(sync)) throw new InvalidOperationException("no");
            _woken.Writer.TryWrite((sync, delay));
            if (Hangs) await Task.Delay(Timeout.Infinite, CancellationToken.None);
        }

        public Task<(SyncKey Sync, TimeSpan Delay)> NextAsync() => _woken.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));
    }
}
