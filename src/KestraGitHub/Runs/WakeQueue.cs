using System.Threading.Channels;
using KestraGitHub.Definitions;

namespace KestraGitHub.Runs;

/// <summary>
/// Hands wake-ups to the scheduler in the background, so that whoever stored a run need not wait for it. Wake-ups of one sync that wait here
/// become one. One that is lost costs time only: the sweep finds its run.
/// </summary>
internal sealed partial class WakeQueue(IJobScheduler scheduler, TimeProvider time, ILogger<WakeQueue> logger) : BackgroundService
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    // What the scheduler was told last: it keeps the earliest, so that a busy branch need not tell it the same at every push.
    private readonly Dictionary<SyncKey, DateTimeOffset> _told = [];
    private Dictionary<SyncKey, DateTimeOffset> _waiting = [];

    /// <summary>Never blocks and never fails.</summary>
    public void Add(SyncKey sync, TimeSpan delay)
    {
        var now = time.GetUtcNow();
        var due = now + delay;
        lock (_gate)
        {
            if (_told.TryGetValue(sync, out var told) && told > now && told <= due) return;
            if (!_waiting.TryGetValue(sync, out var earlier) || due < earlier) _waiting[sync] = due;
        }

        _signal.Writer.TryWrite(true);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var _ in _signal.Reader.ReadAllAsync(stoppingToken))
            {
                foreach (var (sync, due) in Take()) await WakeAsync(sync, due, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Shutting down. Left to the host, it would be reported as a crash where the start fails: it was never asked to stop then.
        }
    }

    private Dictionary<SyncKey, DateTimeOffset> Take()
    {
        lock (_gate)
        {
            var taken = _waiting;
            _waiting = [];
            foreach (var (sync, due) in taken) _told[sync] = due;
            return taken;
        }
    }

    private async Task WakeAsync(SyncKey sync, DateTimeOffset due, CancellationToken ct)
    {
        var left = due - time.GetUtcNow();
        using var timer = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, ct);
        try
        {
            var waking = scheduler.WakeAsync(sync, left > TimeSpan.Zero ? left : TimeSpan.Zero, either.Token);
            await waking.AsTask().WaitAsync(either.Token);
        }
        catch (Exception) when (ct.IsCancellationRequested)
        {
            // Shutting down: the next start finds the run.
        }
#pragma warning disable CA1031 // The boundary of a background loop: one sync's failure must not stop the others' wake-ups.
        catch (Exception e)
#pragma warning restore CA1031
        {
            lock (_gate) _told.Remove(sync);
            Log.Failed(logger, sync, e.Message.Split('\n', 2)[0]);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The worker for {Sync} could not be woken; the next sweep will find its run. {Reason}")]
        public static partial void Failed(ILogger logger, SyncKey sync, string reason);
    }
}
