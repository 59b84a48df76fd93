using KestraGitHub.Reconciliation;

namespace KestraGitHub.Storage;

/// <summary>A row of <c>runs</c> as the database gives it.</summary>
internal class RunRecord : SyncColumns
{
    public string Id { get; init; } = "";
    public string TriggerKind { get; init; } = "";
    public string? TriggerId { get; init; }
    public string? TriggerBy { get; init; }
    public string? TriggerDelivery { get; init; }
    public string? TriggerRef { get; init; }
    public string? TriggerCommit { get; init; }
    public string State { get; init; } = "";
    public string? WaitingFor { get; init; }
    public long DryRun { get; init; }
    public long Forced { get; init; }
    public string? RequestedRevision { get; init; }
    public string? Revision { get; init; }
    public string? CommitMessage { get; init; }
    public string? Author { get; init; }
    public long Attempt { get; init; }
    public long CreatedAt { get; init; }
    public long NotBefore { get; init; }
    public long? StartedAt { get; init; }
    public long? FinishedAt { get; init; }
    public string Counts { get; init; } = "{}";
    public string? Error { get; init; }
    public string? ErrorKind { get; init; }
    public long CancelRequested { get; init; }
    public long Deliveries { get; init; }
    public long Collapsed { get; init; }
    public string Payload { get; init; } = "{}";
    public string? LeaseOwner { get; init; }
    public long? LeaseUntil { get; init; }
    public long Fence { get; init; }
    public string? UndoOf { get; init; }
    public string? PullRequest { get; init; }
    public string? OnConflict { get; init; }

    public RunRow ToRow() => new(
        Id, Sync, new RunTrigger(TriggerKind, TriggerId, TriggerBy, TriggerDelivery, TriggerRef, TriggerCommit), StoredText.State(State), WaitingFor,
        DryRun != 0, RequestedRevision, Revision, CommitMessage, Author, (int)Attempt, StoredText.Time(CreatedAt), StoredText.Time(NotBefore),
        StoredText.Time(StartedAt), StoredText.Time(FinishedAt), StoredText.Counts(Counts), Error, ErrorKind, CancelRequested != 0, (int)Deliveries,
        (int)Collapsed, StoredText.Map(Payload)) { Forced = Forced != 0, UndoOf = UndoOf, PullRequest = StoredText.PullRequest(PullRequest), OnConflict = ConflictWords.Parse(OnConflict) };

    public Lease ToLease() => new(Id, Sync, LeaseOwner ?? "", Fence, StoredText.Time(LeaseUntil ?? 0));
}
