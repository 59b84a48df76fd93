using KestraGitHub.Definitions;
using KestraGitHub.Git;
using KestraGitHub.Kestra;
using KestraGitHub.Reconciliation;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>One git task on its way through a run: what has been found out about it so far.</summary>
internal sealed class TaskRun
{
    private readonly TaskState? _last;
    private ResourceSet _desired = ResourceSet.Empty;

    public TaskRun(SyncTask task, GitHead head, KestraServer server, KestraStoreOptions options, TaskState? last)
    {
        (Task, Head, Server, _last) = (task, head, server, last);

        // A repository that names its objects by SHA-256 has longer names; Kestra's content is then named the same way.
        var sha256 = head.Commit.Length == 64;
        Target = new KestraResourceStore(
            server, task.Scope, sha256, options with { DesiredSize = key => _desired.Resources.GetValueOrDefault(key)?.Size });
    }

    public SyncTask Task { get; }

    public GitHead Head { get; }

    public KestraServer Server { get; }

    /// <summary>Kestra, for the tasks that read from Git.</summary>
    public IResourceStore Target { get; }

    /// <summary>What the last run left, if the task is still the same one.</summary>
    public TaskState? Last => _last?.Fingerprint == Task.Fingerprint ? _last : null;

    public IResourceStore? Source { get; set; }

    public GitCommit? Commit { get; set; }

    public Inventory Inventory { get; set; } = Inventory.Empty;

    /// <summary>Null when neither side moved: then there is nothing to do and <see cref="Last"/> has the counts.</summary>
    public SyncPlan? Plan { get; set; }

    /// <summary>Reads the source, and tells the target what to expect.</summary>
    public async Task<ResourceSet> ReadSourceAsync(KnownState known, CancellationToken ct) => _desired = await Source!.ReadAsync(known, ct);
}
