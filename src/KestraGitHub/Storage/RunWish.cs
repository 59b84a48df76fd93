using KestraGitHub.Reconciliation;

namespace KestraGitHub.Storage;

/// <summary>A row of <c>runs</c> to be stored or joined, made of one request or of several that came together: the newest of them says what started it.</summary>
internal sealed class RunWish
{
    public RunWish(string id, RunRequest request, DateTimeOffset now)
    {
        (Id, Tenant, Namespace, Flow) = (id, request.Sync.Tenant, request.Sync.Namespace, request.Sync.Flow);
        (DryRun, RequestedRevision, Mergeable) = (StoredText.Flag(request.DryRun), request.Revision, StoredText.Flag(request.Mergeable));
        (Forced, UndoOf) = (StoredText.Flag(request.Forced), request.UndoOf);
        OnConflict = request.OnConflict?.Word();
        PullRequest = request.PullRequest is { } pull ? StoredText.Json(pull) : null;
        (CreatedAt, NotBefore) = (now.ToUnixTimeMilliseconds(), long.MaxValue);
        Take(request, now);
    }

    public string Id { get; }
    public string Tenant { get; }
    public string Namespace { get; }
    public string Flow { get; }
    public long DryRun { get; }
    public string? RequestedRevision { get; }
    public long Mergeable { get; }
    public long Forced { get; }
    public string? UndoOf { get; }
    public string? PullRequest { get; }
    public string? OnConflict { get; }
    public long CreatedAt { get; }
    public long NotBefore { get; private set; }
    public string TriggerKind { get; private set; } = "";
    public string? TriggerId { get; private set; }
    public string? TriggerBy { get; private set; }
    public string? TriggerDelivery { get; private set; }
    public string? TriggerRef { get; private set; }
    public string? TriggerCommit { get; private set; }
    public string Payload { get; private set; } = "{}";
    public long Deliveries { get; private set; }

    /// <summary>Takes in a later request for the same work. The window counts from the first; what a later one has nothing to say of stays.</summary>
    public void Take(RunRequest request, DateTimeOffset now)
    {
        (TriggerKind, TriggerId, TriggerBy) = (request.Trigger.Kind, request.Trigger.Id, request.Trigger.By);
        (TriggerDelivery, TriggerRef, TriggerCommit) = (request.Trigger.DeliveryId, request.Trigger.Ref, request.Trigger.Commit);
        NotBefore = Math.Min(NotBefore, (now + request.Delay).ToUnixTimeMilliseconds());
        if (request.Trigger.DeliveryId is not null) Deliveries++;
        if (request.Payload.Count > 0) Payload = StoredText.Json(request.Payload);
    }
}
