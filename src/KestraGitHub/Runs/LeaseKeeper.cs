using KestraGitHub.Reconciliation;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>The run is no longer ours: another worker may hold it. Nothing more may be written, not even its end.</summary>
public sealed class LeaseLostException() : OperationCanceledException("the lease of this run is lost");

/// <summary>Someone asked to stop this run.</summary>
public sealed class RunCancelledException() : OperationCanceledException("the run was cancelled");

/// <summary>
/// Holds a run while it is worked on: renews its lease in the background, and stands before every write. After a pause of the whole process
/// (a stopped node, a frozen VM) the first write asks the store whether the run is still ours, and goes no further if it is not.
/// </summary>
internal sealed class LeaseKeeper : IApplyGuard, IAsyncDisposable
{
    private readonly RunStore _runs;
    private readonly TimeProvider _time;
    private readonly TimeSpan _duration;
    private readonly CancellationTokenSource _stop;
    private readonly Task _renewing;
    private readonly Action<AppliedChange> _written;
    private readonly RunOptions _options;
    private readonly bool _heedsCancel;
    private readonly Lock _gate = new();
    private Lease _lease;
    private long _heldAt;
    private DateTimeOffset _heldSince;
    private volatile bool _lost;
    private volatile bool _cancelled;

    /// <param name="heedsCancel">False: a wish to cancel is not heard any more, as when what was written is being put back because of it.</param>
    public LeaseKeeper(
        RunStore runs, Lease lease, long claimedAt, RunOptions options, TimeProvider time, Action<AppliedChange> written, CancellationToken shutdown, bool heedsCancel = true)
    {
        (_runs, _lease, _time, _duration, _written, _options, _heedsCancel) = (runs, lease, time, options.Lease, written, options, heedsCancel);
        (_heldAt, _heldSince) = (claimedAt, time.GetUtcNow() - time.GetElapsedTime(claimedAt));
        _stop = CancellationTokenSource.CreateLinkedTokenSource(shutdown);
        _renewing = KeepAsync();
    }

    /// <summary>Ends when the lease is lost, the run is cancelled, or the service stops.</summary>
    public CancellationToken Token => _stop.Token;

    public Lease Lease
    {
        get
        {
            lock (_gate) return _lease;
        }
    }

    public bool Lost => _lost;

    public bool Cancelled => _cancelled;

    public async ValueTask BeforeWriteAsync(CancellationToken ct)
    {
        // A renewal that is late (a busy machine, a slow disk, a pause of the whole process) is made up for here: the store knows whose the run is.
        if (!IsYoungerThan(_duration / 4) && !_lost && !_cancelled) await TryRenewAsync(ct);
        if (_cancelled) throw new RunCancelledException();
        if (_lost || !IsYoungerThan(_duration / 4)) throw new LeaseLostException();
        ct.ThrowIfCancellationRequested();
    }

    public void CheckAtWire()
    {
        if (_lost || !IsYoungerThan(_duration / 3)) throw new LeaseLostException();
    }

    public void Written(AppliedChange change) => _written(change);

    /// <summary>Goes on holding the run for what comes after its end: only a lost lease or a stop ends that.</summary>
    public LeaseKeeper ToPutBack(CancellationToken shutdown)
    {
        lock (_gate) return new LeaseKeeper(_runs, _lease, _heldAt, _options, _time, _written, shutdown, heedsCancel: false);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _renewing;
        _stop.Dispose();
    }

    /// <summary>
    /// Asked with a third of the lease at the wire, a quarter before the request, so that a request which is let begin is not refused on its short way.
    /// The other two thirds are kept in hand, and are no shorter than a write's time limit (<see cref="LeaseBound"/>): what is sent now is answered, or
    /// given up, before the lease can end. So a successor, which waits for that end, has waited for both. Both clocks have a say: the steady one stands
    /// still while a machine sleeps, the other one may be set.
    /// </summary>
    private bool IsYoungerThan(TimeSpan age)
    {
        lock (_gate) return _time.GetElapsedTime(_heldAt) <= age && _time.GetUtcNow() - _heldSince <= age;
    }

    private async Task KeepAsync()
    {
        try
        {
            while (!_lost && !_cancelled)
            {
                await Task.Delay(_duration / 5, _time, _stop.Token);
                await TryRenewAsync(_stop.Token);
            }

            await _stop.CancelAsync();
        }
        catch (OperationCanceledException)
        {
            // Disposed, or the service stops.
        }
    }

    private async Task TryRenewAsync(CancellationToken ct)
    {
        var (at, since) = (_time.GetTimestamp(), _time.GetUtcNow());
        try
        {
            var renewed = await _runs.RenewAsync(Lease, _duration, ct).WaitAsync(_duration, _time, ct);
            if (renewed is not { } held)
            {
                _lost = true;
                return;
            }

            lock (_gate)
            {
                if (at > _heldAt) (_lease, _heldAt, _heldSince) = (held.Lease, at, since);
            }

            if (held.CancelRequested && _heedsCancel) _cancelled = true;
        }
#pragma warning disable CA1031 // Whatever keeps the store from answering, the run may read on until it answers, and write nothing.
        catch (Exception) when (!ct.IsCancellationRequested)
#pragma warning restore CA1031
        {
        }
    }
}
