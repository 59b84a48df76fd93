using KestraGitHub.Definitions;

namespace KestraGitHub.Storage;

/// <summary>The inbox: what GitHub sent, and what became of it.</summary>
internal sealed class DeliveryStore
{
    /// <summary>
    /// Stores the delivery and, where <paramref name="run"/> is given, its run, in one transaction. The same guid for the same sync again is a
    /// duplicate with the first run's id (unless the first was ignored and this one has a run: then it counts). A run that waits is joined instead of a second one.
    /// </summary>
    public Task<Accepted> AcceptAsync(DeliveryRow delivery, RunRequest? run, CancellationToken ct) => throw new NotImplementedException();

    public Task<Page<DeliveryRow>> QueryAsync(SyncKey? sync, int limit, string? cursor, CancellationToken ct) => throw new NotImplementedException();
}
