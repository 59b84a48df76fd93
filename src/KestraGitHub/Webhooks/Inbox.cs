using KestraGitHub.Definitions;
using KestraGitHub.Storage;

namespace KestraGitHub.Webhooks;

/// <summary>What the webhooks need of the rest of the service.</summary>
/// <param name="Find">The definition in force, or null.</param>
/// <param name="AcceptAsync">Stores a delivery and its run, all or nothing.</param>
internal sealed record Inbox(
    Func<SyncKey, Definition?> Find, Func<DeliveryRow, RunRequest?, CancellationToken, Task<Accepted>> AcceptAsync)
{
    /// <summary>Whether a sync itself moved a branch from the second commit to the first.</summary>
    public Func<SyncKey, string, string, CancellationToken, Task<bool>> IsOwnAsync { get; init; } = (_, _, _, _) => Task.FromResult(false);
}
