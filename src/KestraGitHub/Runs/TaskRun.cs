using KestraGitHub.Definitions;
using KestraGitHub.Git;
using KestraGitHub.Reconciliation;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>One git task on its way through a run: what has been found out about it so far.</summary>
internal sealed class TaskRun(SyncTask task, GitHead head, IResourceStore target, TaskState? last)
{
    public SyncTask Task => task;

    public GitHead Head => head;

    /// <summary>Kestra, for the tasks that read from Git.</summary>
    public IResourceStore Target => target;

    /// <summary>What the last run left, if the task is still the same one.</summary>
    public TaskState? Last => last?.Fingerprint == task.Fingerprint ? last : null;

    public IResourceStore? Source { get; set; }

    public GitCommit? Commit { get; set; }

    public Inventory Inventory { get; set; } = Inventory.Empty;

    /// <summary>Null when neither side moved: then there is nothing to do and <see cref="Last"/> has the counts.</summary>
    public SyncPlan? Plan { get; set; }

    /// <summary>The target's cursor as it was read for the plan.</summary>
    public string? Cursor { get; set; }

    public ApplyResult? Applied { get; set; }
}
