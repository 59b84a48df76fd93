using KestraGitHub.Definitions;
using KestraGitHub.Runs;
using KestraGitHub.Storage;

namespace KestraGitHub.Webhooks;

/// <summary>What the webhooks need of the rest of the service.</summary>
/// <param name="Find">The definition in force, or null.</param>
/// <param name="AcceptAsync">Stores a delivery and its run, all or nothing.</param>
internal sealed record Inbox(
    Func<SyncKey, Definition?> Find, Func<DeliveryRow, RunRequest?, CancellationToken, Task<Accepted>> AcceptAsync)
{
    private static readonly IReadOnlyDictionary<SyncKey, ToldCheck> None = new Dictionary<SyncKey, ToldCheck>();

    /// <summary>Whether a sync itself moved a branch from the second commit to the first.</summary>
    public Func<SyncKey, string, string, CancellationToken, Task<bool>> IsOwnAsync { get; init; } = (_, _, _, _) => Task.FromResult(false);

    /// <summary>Ends the plans that syncs have of a pull request and that are older than their newest; all of a sync whose newest is null.</summary>
    public Func<PullRequest, IReadOnlyDictionary<SyncKey, string?>, CancellationToken, Task> SupersedeAsync { get; init; } = (_, _, _) => Task.CompletedTask;

    /// <summary>Has a merge queue's group, by its repository and commit, let through for syncs.</summary>
    public Func<IReadOnlyList<SyncKey>, string, string, CancellationToken, Task> LetThroughAsync { get; init; } = (_, _, _, _) => Task.CompletedTask;

    /// <summary>The checks of ours that a re-run button was pressed for, in the repository that a payload names.</summary>
    public Func<CheckRequest, DeliveryRepository, CancellationToken, Task<IReadOnlyDictionary<SyncKey, ToldCheck>>> ChecksAsync { get; init; } = (_, _, _) => Task.FromResult(None);

    /// <summary>Has checks tell of new runs.</summary>
    public Func<IReadOnlyList<(OutboxRow Row, string RunId)>, CancellationToken, Task> AgainAsync { get; init; } = (_, _) => Task.CompletedTask;
}
