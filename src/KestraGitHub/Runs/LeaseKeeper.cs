using KestraGitHub.Reconciliation;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>The run is no longer ours: another worker may hold it. Nothing more may be written, not even its end.</summary>
public sealed class LeaseLostException() : OperationCanceledException("the lease of this run is lost");

/// <summary>Someone asked to stop this run.</summary>
public sealed class RunCancelledException() : OperationCanceledException("the run was cancelled");

/// <summary>
/// Holds a run while it is worked on: renews its lease in the background, and stands before every write. After a pause of the whole process
/// (a stopped node, a frozen VM) the first write finds the deadline passed and goes no further.
/// </summary>
internal sealed class LeaseKeeper : IApplyGuard, IAsyncDisposable
{
    private readonly RunStore _runs;
    private readonly TimeProvider _time;
    private readonly TimeSpan _duration;
    private readonly CancellationTokenSource _stop;
    private readonly Task _renewing;
    private readonly Action<AppliedChange> _written;
    private Lease _lease;
    private long _deadline;
    private volatile bool _lost;
    private volatile bool _cancelled;

    public LeaseKeeper(RunStore runs, Lease lease, long claimedAt, RunOptions options, TimeProvider time, Action<AppliedChange> written, CancellationToken shutdown)
    {
        (_runs, _lease, _time, _duration, _written) = (runs, lease, time, options.Lease, written);
        _deadline = DeadlineFrom(claimedAt);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(shutdown);
        _renewing = RenewAsync();
    }

    /// <summary>Ends when the lease is lost, the run is cancelled, or the service stops.</summary>
    public CancellationToken Token => _stop.Token;

    public Lease Lease => Volatile.Read(ref _lease);

    public bool Lost => _lost;

    public bool Cancelled => _cancelled;

    public ValueTask BeforeWriteAsync(CancellationToken ct)
    {
        if (_cancelled) throw new RunCancelledException();

        // Two thirds of the lease are kept in hand (10 s of 15, the time limit of a write): what is sent now is answered, or given up, before it can end.
        if (_lost || _time.GetTimestamp() > Interlocked.Read(ref _deadline) - Ticks(_duration * 2 / 3)) throw new LeaseLostException();
        ct.ThrowIfCancellationRequested();
        return ValueTask.CompletedTask;
    }

    public void Written(AppliedChange change) => _written(change);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _renewing;
        _stop.Dispose();
    }

    private async Task RenewAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(_duration / 5, _time, _stop.Token);
                var asked = _time.GetTimestamp();
                if (asked > Interlocked.Read(ref _deadline)) break;
                (Lease Lease, bool CancelRequested)? renewed;
                try
                {
                    renewed = await _runs.RenewAsync(Lease, _duration, _stop.Token);
                }
                catch (StorageUnavailableException)
                {
                    continue;
                }

                if (renewed is not { } held) break;
                Volatile.Write(ref _lease, held.Lease);
                Interlocked.Exchange(ref _deadline, DeadlineFrom(asked));
                if (!held.CancelRequested) continue;
                _cancelled = true;
                await _stop.CancelAsync();
                return;
            }

            _lost = true;
            await _stop.CancelAsync();
        }
        catch (OperationCanceledException)
        {
            // Disposed, or the service stops.
        }
    }

    private long DeadlineFrom(long timestamp) => timestamp + Ticks(_duration);

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * _time.TimestampFrequency);
}
