using KestraGitHub.Definitions;

namespace KestraGitHub.Storage;

/// <summary>A worker's hold on a run. <paramref name="Fence"/> grows with every claim: whoever holds an older one has lost it.</summary>
public sealed record Lease(string RunId, SyncKey Sync, string Owner, long Fence, DateTimeOffset Until);

public sealed record ClaimedRun(RunRow Run, Lease Lease);

/// <summary>How a run ended.</summary>
public sealed record RunEnding(
    RunState State, RunCounts Counts, IReadOnlyList<ChangeRow> Changes, string? Error, string? ErrorKind);

/// <summary>The queue and the history: the run row is the truth, everything else is a wake-up.</summary>
internal sealed class RunStore
{
    /// <summary>Stores a run. A mergeable request joins a run of its sync that waits, if <paramref name="merge"/>. Returns the row.</summary>
    public Task<RunRow> EnqueueAsync(RunRequest request, bool merge, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Claims the oldest due run of <paramref name="sync"/> that nobody holds, unless one is running. Null when there is nothing to do now.</summary>
    public Task<ClaimedRun?> ClaimAsync(SyncKey sync, string owner, TimeSpan lease, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Extends a lease. Null when it is lost; <c>CancelRequested</c> tells that someone asked to stop.</summary>
    public Task<(Lease Lease, bool CancelRequested)?> RenewAsync(Lease lease, TimeSpan duration, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Records the commit that a running run reads.</summary>
    public Task SetRevisionAsync(Lease lease, string revision, string? message, string? author, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Ends a run under its lease, with its rows. False when the lease is lost: nothing is changed then.</summary>
    public Task<bool> FinishAsync(Lease lease, RunEnding ending, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Gives a run back to the queue after a transient failure: waiting until <paramref name="notBefore"/>, next attempt.</summary>
    public Task<bool> RetryAsync(Lease lease, DateTimeOffset notBefore, string waitingFor, string error, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Gives a running run back as it was (shutdown): queued, same attempt.</summary>
    public Task ReleaseAsync(Lease lease, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Cancels at once what is queued or waiting; asks what is running to stop. Returns the row, null when there is none.</summary>
    public Task<RunRow?> CancelAsync(string id, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Runs whose lease ended go back to the queue, same attempt. <paramref name="all"/>: whatever the lease says (this process owns the data alone).</summary>
    public Task<int> RecoverAsync(bool all, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Every sync that has a run to do, with the time from which it is due.</summary>
    public Task<IReadOnlyList<(SyncKey Sync, DateTimeOffset Due)>> DueAsync(CancellationToken ct) => throw new NotImplementedException();

    public Task<RunRow?> GetAsync(string id, CancellationToken ct) => throw new NotImplementedException();

    public Task<IReadOnlyList<ChangeRow>> ChangesAsync(string id, CancellationToken ct) => throw new NotImplementedException();

    public Task<Page<RunRow>> QueryAsync(RunQuery query, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>The newest ended, not dry run and the newest unended run of each sync.</summary>
    public Task<IReadOnlyDictionary<SyncKey, (RunRow? Last, RunRow? Current)>> LatestAsync(CancellationToken ct) => throw new NotImplementedException();

    public Task AppendAsync(string runId, IReadOnlyList<RunEvent> events, CancellationToken ct) => throw new NotImplementedException();

    public Task<IReadOnlyList<RunEvent>> EventsAsync(string runId, long after, CancellationToken ct) => throw new NotImplementedException();
}
