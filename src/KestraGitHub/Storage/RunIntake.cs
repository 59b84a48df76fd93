using System.Data.Common;
using Dapper;

namespace KestraGitHub.Storage;

/// <summary>How a wish becomes a row, or part of one that waits.</summary>
internal static class RunIntake
{
    internal const string Find =
        """
        SELECT id FROM runs
        WHERE tenant = @Tenant AND namespace = @Namespace AND flow = @Flow AND finished_at IS NULL
          AND state IN ('queued', 'waiting') AND mergeable = 1 AND cancel_requested = 0
        ORDER BY not_before, id LIMIT 1
        """;

    // Two wishes for "the newest commit, applied" are one piece of work. The window counts from the first of them (the earlier not-before
    // stays), so that a busy branch cannot put its sync off for ever; and a push is a new chance for a run that waits for its retry.
    private const string Join =
        """
        UPDATE runs SET
          trigger_kind = @TriggerKind, trigger_id = @TriggerId, trigger_by = @TriggerBy, trigger_delivery = @TriggerDelivery,
          trigger_ref = @TriggerRef, trigger_commit = @TriggerCommit,
          payload = CASE WHEN @Payload = '{}' THEN payload ELSE @Payload END,
          deliveries = deliveries + @Deliveries,
          not_before = CASE WHEN not_before < @NotBefore THEN not_before ELSE @NotBefore END,
          attempt = CASE WHEN state = 'waiting' THEN 1 ELSE attempt END,
          error = CASE WHEN state = 'waiting' THEN NULL ELSE error END,
          error_kind = CASE WHEN state = 'waiting' THEN NULL ELSE error_kind END,
          state = 'queued', waiting_for = NULL
        WHERE id = @Joined AND state IN ('queued', 'waiting')
        """;

    private const string Insert =
        """
        INSERT INTO runs (
          id, tenant, namespace, flow, trigger_kind, trigger_id, trigger_by, trigger_delivery, trigger_ref, trigger_commit, state, dry_run,
          requested_revision, mergeable, attempt, created_at, not_before, counts, deliveries, payload)
        VALUES (
          @Id, @Tenant, @Namespace, @Flow, @TriggerKind, @TriggerId, @TriggerBy, @TriggerDelivery, @TriggerRef, @TriggerCommit, 'queued', @DryRun,
          @RequestedRevision, @Mergeable, 1, @CreatedAt, @NotBefore, '{}', @Deliveries, @Payload)
        """;

    public static async Task<(string RunId, bool Merged)> AddAsync(
        DbConnection connection, DbTransaction transaction, RunRequest request, bool merge, string freshId, DateTimeOffset now)
    {
        var joined = merge && request.Mergeable
            ? await connection.ExecuteScalarAsync<string?>(Find, new { request.Sync.Tenant, request.Sync.Namespace, request.Sync.Flow }, transaction)
            : null;
        var row = Parameters(request, freshId, joined, now);
        // Where another server claimed it in between, nothing is joined, and the wish becomes a run of its own.
        if (joined is not null && await connection.ExecuteAsync(Join, row, transaction) == 1) return (joined, true);
        await connection.ExecuteAsync(
            "INSERT INTO syncs (tenant, namespace, flow) VALUES (@Tenant, @Namespace, @Flow) ON CONFLICT DO NOTHING", row, transaction);
        await connection.ExecuteAsync(Insert, row, transaction);
        return (row.Id, false);
    }

    private static IntakeParameters Parameters(RunRequest request, string id, string? joined, DateTimeOffset now) => new(
        id, joined, request.Sync.Tenant, request.Sync.Namespace, request.Sync.Flow, request.Trigger.Kind, request.Trigger.Id,
        request.Trigger.By, request.Trigger.DeliveryId, request.Trigger.Ref, request.Trigger.Commit, StoredText.Flag(request.DryRun), request.Revision,
        StoredText.Flag(request.Mergeable), now.ToUnixTimeMilliseconds(), (now + request.Delay).ToUnixTimeMilliseconds(),
        StoredText.Flag(request.Trigger.DeliveryId is not null), StoredText.Json(request.Payload));

    private sealed record IntakeParameters(
        string Id, string? Joined, string Tenant, string Namespace, string Flow, string TriggerKind, string? TriggerId, string? TriggerBy,
        string? TriggerDelivery, string? TriggerRef, string? TriggerCommit, long DryRun, string? RequestedRevision, long Mergeable, long CreatedAt,
        long NotBefore, long Deliveries, string Payload);
}
