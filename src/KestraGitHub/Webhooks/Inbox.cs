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

    /// <summary>Ends the plans of a pull request that are older than a run; all of them where it is null.</summary>
    public Func<SyncKey, PullRequest, string?, CancellationToken, Task> SupersedeAsync { get; init; } = (_, _, _, _) => Task.CompletedTask;

    /// <summary>Has a merge queue's group, by its repository and commit, let through.</summary>
    public Func<SyncKey, string, string, CancellationToken, Task> LetThroughAsync { get; init; } = (_, _, _, _) => Task.CompletedTask;
}
