using System.Data.Common;
using Dapper;

namespace KestraGitHub.Storage;

/// <summary>How a wish becomes a row, or part of one that waits.</summary>
internal static class RunIntake
{
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
        WHERE state IN ('queued', 'waiting') AND id = (
          SELECT id FROM runs
          WHERE tenant = @Tenant AND namespace = @Namespace AND flow = @Flow AND finished_at IS NULL
            AND state IN ('queued', 'waiting') AND mergeable = 1 AND cancel_requested = 0
          ORDER BY id LIMIT 1)
        RETURNING *
        """;

    private const string Insert =
        """
        INSERT INTO runs (
          id, tenant, namespace, flow, trigger_kind, trigger_id, trigger_by, trigger_delivery, trigger_ref, trigger_commit, state, dry_run,
          requested_revision, mergeable, attempt, created_at, not_before, counts, deliveries, payload)
        VALUES (
          @Id, @Tenant, @Namespace, @Flow, @TriggerKind, @TriggerId, @TriggerBy, @TriggerDelivery, @TriggerRef, @TriggerCommit, 'queued', @DryRun,
          @RequestedRevision, @Mergeable, 1, @CreatedAt, @NotBefore, '{}', @Deliveries, @Payload)
        RETURNING *
        """;

    public static async Task<(RunRow Run, bool Merged)> AddAsync(
        DbConnection connection, DbTransaction transaction, RunRequest request, bool merge, DateTimeOffset now)
    {
        var row = new
        {
            Id = RunIds.Next(now),
            request.Sync.Tenant,
            request.Sync.Namespace,
            request.Sync.Flow,
            TriggerKind = request.Trigger.Kind,
            TriggerId = request.Trigger.Id,
            TriggerBy = request.Trigger.By,
            TriggerDelivery = request.Trigger.DeliveryId,
            TriggerRef = request.Trigger.Ref,
            TriggerCommit = request.Trigger.Commit,
            DryRun = StoredText.Flag(request.DryRun),
            RequestedRevision = request.Revision,
            Mergeable = StoredText.Flag(request.Mergeable),
            CreatedAt = now.ToUnixTimeMilliseconds(),
            NotBefore = (now + request.Delay).ToUnixTimeMilliseconds(),
            Deliveries = StoredText.Flag(request.Trigger.DeliveryId is not null),
            Payload = StoredText.Json(request.Payload),
        };
        if (merge && request.Mergeable && await connection.QuerySingleOrDefaultAsync<RunRecord>(Join, row, transaction) is { } joined)
            return (joined.ToRow(), true);
        await connection.ExecuteAsync(
            "INSERT INTO syncs (tenant, namespace, flow) VALUES (@Tenant, @Namespace, @Flow) ON CONFLICT DO NOTHING", row, transaction);
        return ((await connection.QuerySingleAsync<RunRecord>(Insert, row, transaction)).ToRow(), false);
    }
}
