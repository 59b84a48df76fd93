using KestraGitHub.Definitions;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Storage;

/// <summary>What a task left behind the last time it succeeded.</summary>
/// <param name="Fingerprint">Of the task then; another one means that nothing here may be taken for granted but the inventory.</param>
/// <param name="Commit">The commit that was applied.</param>
/// <param name="Tree">Git's id of the directory's tree at that commit: the same tree is the same content.</param>
/// <param name="Cursor">The target's cursor afterwards, or null.</param>
/// <param name="Counts">Of a run that changes nothing: what "unchanged" would count now.</param>
public sealed record TaskState(string Fingerprint, string Commit, string Tree, string? Cursor, RunCounts Counts);

internal sealed class InventoryStore
{
    public Task<TaskState?> StateAsync(SyncKey sync, string task, CancellationToken ct) => throw new NotImplementedException();

    public Task<Inventory> LoadAsync(SyncKey sync, string task, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Puts <paramref name="changed"/> in, takes <paramref name="removed"/> out and sets the state (null clears it), all or nothing.</summary>
    public Task SaveAsync(
        SyncKey sync, string task, IReadOnlyCollection<InventoryEntry> changed, IReadOnlyCollection<ResourceKey> removed, TaskState? state,
        CancellationToken ct) => throw new NotImplementedException();
}
