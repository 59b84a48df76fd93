namespace KestraGitHub.Storage;

/// <summary>A row of <c>deliveries</c> as the database gives it.</summary>
internal sealed class DeliveryRecord : SyncColumns
{
    public const string Insert =
        """
        INSERT INTO deliveries (
          id, tenant, namespace, flow, delivery_id, trigger_id, received_at, event, action, ref, before_commit, after_commit, repository, sender,
          headers, size, sha256, secret, outcome, reason, run_id, body)
        SELECT
          @Id, @Tenant, @Namespace, @Flow, @DeliveryId, @TriggerId, @ReceivedAt, @Event, @Action, @Ref, @Before, @After, @Repository, @Sender,
          @Headers, @Size, @Sha256, @Secret, @Outcome, @Reason, @RunId, @Body
        FROM rows
        """;

    public const string Update =
        """
        UPDATE deliveries SET
          trigger_id = @TriggerId, received_at = @ReceivedAt, event = @Event, action = @Action, ref = @Ref, before_commit = @Before,
          after_commit = @After, repository = @Repository, sender = @Sender, headers = @Headers, size = @Size, sha256 = @Sha256, secret = @Secret,
          outcome = @Outcome, reason = @Reason, run_id = @RunId, body = @Body
        WHERE tenant = @Tenant AND namespace = @Namespace AND flow = @Flow AND delivery_id = @DeliveryId
        """;

    public string Id { get; init; } = "";
    public string DeliveryId { get; init; } = "";
    public string? TriggerId { get; init; }
    public long ReceivedAt { get; init; }
    public string Event { get; init; } = "";
    public string? Action { get; init; }
    public string? Ref { get; init; }
    public string? BeforeCommit { get; init; }
    public string? AfterCommit { get; init; }
    public string? Repository { get; init; }
    public string? Sender { get; init; }
    public string Headers { get; init; } = "{}";
    public long Size { get; init; }
    public string Sha256 { get; init; } = "";
    public long Secret { get; init; }
    public string Outcome { get; init; } = "";
    public string? Reason { get; init; }
    public string? RunId { get; init; }
    public byte[]? Body { get; init; }

    public static object Parameters(string id, DeliveryRow row, Accepted accepted) => new
    {
        Id = id,
        row.Sync.Tenant,
        row.Sync.Namespace,
        row.Sync.Flow,
        row.DeliveryId,
        row.TriggerId,
        ReceivedAt = row.ReceivedAt.ToUnixTimeMilliseconds(),
        row.Event,
        row.Action,
        row.Ref,
        row.Before,
        row.After,
        row.Repository,
        row.Sender,
        Headers = StoredText.Json(row.Headers),
        row.Size,
        row.Sha256,
        row.Secret,
        accepted.Outcome,
        accepted.Reason,
        accepted.RunId,
        row.Body,
    };

    public DeliveryRow ToRow() => new(
        DeliveryId, Sync, TriggerId, StoredText.Time(ReceivedAt), Event, Action, Ref, BeforeCommit, AfterCommit, Repository, Sender,
        StoredText.Map(Headers), Size, Sha256, (int)Secret, Outcome, Reason, RunId, Body);
}
