using KestraGitHub.Definitions;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Storage;

/// <summary>Where a run stands. The words in the database and the API are the lower-case names.</summary>
public enum RunState
{
    /// <summary>Due at its not-before time, to be claimed by a worker.</summary>
    Queued,

    /// <summary>Not due before something happens: see <see cref="RunRow.WaitingFor"/> (a retry's time, later an approval).</summary>
    Waiting,

    /// <summary>Held by a worker's lease. At most one for each sync: a unique index says so.</summary>
    Running,
    Succeeded,
    Failed,
    Cancelled,
}

/// <summary>What started a run.</summary>
/// <param name="Kind">
/// <c>webhook</c>, <c>poll</c> (a branch had moved and no delivery told so), <c>pullRequest</c>, <c>rerun</c> (the button of a check), <c>schedule</c>, <c>api</c>, <c>dashboard</c>, <c>cli</c>, <c>undo</c>, <c>restore</c>.
/// </param>
/// <param name="Id">The id of the definition's trigger, where one was it.</param>
/// <param name="By">Who, as far as it is known (the pusher, the signed-in person): hostile text.</param>
/// <param name="DeliveryId">GitHub's guid of the newest delivery.</param>
/// <param name="Ref">The pushed ref, in full.</param>
/// <param name="Commit">The commit that the push named; a hint, never what is applied.</param>
public sealed record RunTrigger(string Kind, string? Id = null, string? By = null, string? DeliveryId = null, string? Ref = null, string? Commit = null);

/// <summary>A wish for a run.</summary>
/// <param name="Revision">A commit or branch to read instead of the task's own branch, or null.</param>
/// <param name="Delay">How long it waits at least, from now (a pushed run's debounce). Kept with the run as its not-before time.</param>
/// <param name="Payload">The values of the delivery that the definition uses; they replace those of a run that this one is merged into.</param>
public sealed record RunRequest(
    SyncKey Sync, RunTrigger Trigger, bool DryRun, string? Revision, TimeSpan Delay, IReadOnlyDictionary<string, string> Payload)
{
    /// <summary>Only runs that read the newest commit and apply it are interchangeable.</summary>
    public bool Mergeable => !DryRun && Revision is null && !Forced && UndoOf is null && OnConflict is null;

    /// <summary>True: what failed for good, or is held since a rollback, is tried all the same.</summary>
    public bool Forced { get; init; }

    /// <summary>What wins in this run where both sides changed, instead of what its definition says.</summary>
    public OnConflict? OnConflict { get; init; }

    /// <summary>The run that is to be taken back, or brought back from; null for a run of the sync itself.</summary>
    public string? UndoOf { get; init; }

    /// <summary>The pull request that is planned, and never applied: such a run is a dry run.</summary>
    public PullRequest? PullRequest { get; init; }
}

/// <summary>How many objects met which fate. Names and order are the API's.</summary>
public sealed record RunCounts(
    int Added = 0, int Updated = 0, int Deleted = 0, int Unchanged = 0, int Kept = 0, int Skipped = 0, int Ignored = 0,
    int Protected = 0, int Conflict = 0, int Invalid = 0, int Failed = 0)
{
    public int Changed => Added + Updated + Deleted;
}

/// <param name="ErrorKind"><c>permanent</c>, <c>transient</c> or <c>bug</c>; null while there is no error.</param>
/// <param name="Attempt">1 for the first. A run that is taken up again after a crash keeps its number.</param>
/// <param name="Deliveries">How many deliveries point to it.</param>
/// <param name="Collapsed">How many runs of a schedule that changed nothing this row stands for, beside itself.</param>
/// <param name="Author">Who wrote the commit, for the page: hostile text.</param>
public sealed record RunRow(
    string Id, SyncKey Sync, RunTrigger Trigger, RunState State, string? WaitingFor, bool DryRun, string? RequestedRevision, string? Revision,
    string? CommitMessage, string? Author, int Attempt, DateTimeOffset CreatedAt, DateTimeOffset NotBefore, DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt, RunCounts Counts, string? Error, string? ErrorKind, bool CancelRequested, int Deliveries, int Collapsed,
    IReadOnlyDictionary<string, string> Payload)
{
    /// <summary>Somebody asked for it whatever is known against it.</summary>
    public bool Forced { get; init; }

    /// <summary>What wins in it where both sides changed; null where its definition says so.</summary>
    public OnConflict? OnConflict { get; init; }

    /// <summary>The run that this one takes back, or brings back from; null for a run of the sync itself.</summary>
    public string? UndoOf { get; init; }

    /// <summary>The pull request that it plans; null for every other run.</summary>
    public PullRequest? PullRequest { get; init; }

    public bool Ended => State is RunState.Succeeded or RunState.Failed or RunState.Cancelled;
}

/// <summary>One object of a run's plan that is worth a row: everything but the unchanged.</summary>
/// <param name="Kind"><c>flow</c>, <c>file</c>, <c>task</c>, …</param>
/// <param name="Action">Lower-case name of a <see cref="Reconciliation.ChangeAction"/>.</param>
/// <param name="OldRevision">What the target counted the object by before: Kestra's revision of a flow, a time stamp, or the blob in Git. Null where it had none.</param>
/// <param name="NewRevision">The same afterwards; null where nothing was written, and after a delete.</param>
/// <param name="Additions">Lines that come in; null for what was not read as text (namespace files, and the old text of a flow that only Git moved), and where nothing changes.</param>
/// <param name="Deletions">Lines that go.</param>
/// <param name="Line">Line of the file at <paramref name="Path"/> that was refused, as far as it is known.</param>
public sealed record ChangeRow(
    string Task, string Kind, string Namespace, string Id, string? Path, string Action, string Reason, string? OldRevision = null, string? NewRevision = null,
    long? Additions = null, long? Deletions = null, long? Line = null);

/// <summary>Where one task of a run is in Git.</summary>
/// <param name="Url">Without a credential.</param>
/// <param name="Ref">Full name of the branch or tag; null for a commit by itself.</param>
/// <param name="Commit">What it read; for a task that writes to Git, what its branch was at, or what it made of it. Null in an empty repository.</param>
/// <param name="Made">True for a commit that the run made.</param>
public sealed record SourceRow(string Task, string Url, string? Ref, string? Commit, bool Made);

/// <summary>One line of a run's log.</summary>
/// <param name="Seq">Grows by one within the run.</param>
/// <param name="Step"><c>received</c>, <c>fetched</c>, <c>planned</c>, <c>validated</c>, <c>applied</c>, <c>finished</c>, or empty for a line within a step.</param>
/// <param name="Level"><c>info</c>, <c>warning</c>, <c>error</c>.</param>
public sealed record RunEvent(long Seq, DateTimeOffset At, string Level, string Step, string Message);

/// <summary>A page of a list, newest first. <paramref name="Next"/> is the cursor of the next page, null at the end.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

public sealed record RunQuery(string? Tenant, string? Namespace, string? Flow, RunState? State, int Limit, string? Cursor);
