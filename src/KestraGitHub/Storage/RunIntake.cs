using System.Data.Common;
using Dapper;
using KestraGitHub.Definitions;

namespace KestraGitHub.Storage;

/// <summary>What became of a wish for a run.</summary>
/// <param name="Merged">It is part of a run that was wished for before.</param>
internal readonly record struct Intake(string RunId, bool Merged);

/// <summary>How wishes become rows, or parts of rows that wait.</summary>
internal static class RunIntake
{
    // The outer conditions are asked again of a row that another server has just changed. A cross join is SQLite's word for "in this order":
    // left to itself it would walk the open runs, and look for each whether it is wanted.
    internal const string Open =
        """
        SELECT r.id, r.tenant, r.namespace, r.flow FROM wanted w CROSS JOIN runs r WHERE r.id = (
          SELECT x.id FROM runs x
          WHERE x.tenant = w.tenant AND x.namespace = w.namespace AND x.flow = w.flow AND x.finished_at IS NULL
            AND x.state IN ('queued', 'waiting') AND x.mergeable = 1 AND x.cancel_requested = 0
          ORDER BY x.not_before, x.id LIMIT 1)
          AND r.state IN ('queued', 'waiting') AND r.cancel_requested = 0
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
          waits_since = CASE WHEN not_before < @NotBefore THEN waits_since ELSE @CreatedAt END,
          not_before = CASE WHEN not_before < @NotBefore THEN not_before ELSE @NotBefore END,
          attempt = CASE WHEN state = 'waiting' THEN 1 ELSE attempt END,
          error = CASE WHEN state = 'waiting' THEN NULL ELSE error END,
          error_kind = CASE WHEN state = 'waiting' THEN NULL ELSE error_kind END,
          state = 'queued', waiting_for = NULL
        WHERE id = @Id
        """;

    private const string Insert =
        """
        INSERT INTO runs (
          id, tenant, namespace, flow, trigger_kind, trigger_id, trigger_by, trigger_delivery, trigger_ref, trigger_commit, state, dry_run,
          requested_revision, mergeable, attempt, created_at, waits_since, not_before, counts, deliveries, payload)
        VALUES (
          @Id, @Tenant, @Namespace, @Flow, @TriggerKind, @TriggerId, @TriggerBy, @TriggerDelivery, @TriggerRef, @TriggerCommit, 'queued', @DryRun,
          @RequestedRevision, @Mergeable, 1, @CreatedAt, @CreatedAt, @NotBefore, '{}', @Deliveries, @Payload)
        """;

    private const string Sync = "INSERT INTO syncs (tenant, namespace, flow) VALUES (@Tenant, @Namespace, @Flow) ON CONFLICT DO NOTHING";

    /// <summary>Stores each of <paramref name="requests"/>, in their order. One that is mergeable joins a run of its sync that waits, if <paramref name="merge"/>.</summary>
    /// <returns>One for each request.</returns>
    public static async Task<IReadOnlyList<Intake>> AddAsync(
        Database database, DbConnection connection, DbTransaction transaction, IReadOnlyList<RunRequest> requests, bool merge)
    {
        if (requests.Count == 0) return [];
        var waiting = merge ? await WaitingAsync(database, connection, transaction, requests) : [];
        var now = await database.NowAsync(connection);
        var (joins, fresh, intakes) = (new List<RunWish>(), new List<RunWish>(), new List<Intake>(requests.Count));
        var mergeable = new Dictionary<SyncKey, RunWish>();
        foreach (var request in requests)
        {
            var together = merge && request.Mergeable;
            if (together && mergeable.TryGetValue(request.Sync, out var earlier))
            {
                earlier.Take(request, now);
                intakes.Add(new(earlier.Id, true));
                continue;
            }

            var joined = together ? waiting.GetValueOrDefault(request.Sync) : null;
            var wish = new RunWish(joined ?? database.Ids.Next(now), request, now);
            (joined is null ? fresh : joins).Add(wish);
            if (together) mergeable[request.Sync] = wish;
            intakes.Add(new(wish.Id, joined is not null));
        }

        await database.ExecuteManyAsync(connection, transaction, Join, joins);
        await database.ExecuteManyAsync(connection, transaction, Sync, fresh);
        await database.ExecuteManyAsync(connection, transaction, Insert, fresh);
        return intakes;
    }

    private static async Task<Dictionary<SyncKey, string>> WaitingAsync(
        Database database, DbConnection connection, DbTransaction transaction, IReadOnlyList<RunRequest> requests)
    {
        var syncs = requests.Where(r => r.Mergeable).Select(r => r.Sync).Distinct().ToList();
        if (syncs.Count == 0) return [];
        await database.LockSyncsAsync(connection, transaction, syncs);
        var sql = WantedRows.With(database, "tenant", "namespace", "flow") + Open + database.RowLock("r");
        var wanted = WantedRows.Parameter(syncs.Select(s => new[] { s.Tenant, s.Namespace, s.Flow }));
        return (await connection.QueryAsync<OpenColumns>(sql, wanted, transaction)).ToDictionary(r => r.Sync, r => r.Id);
    }

    private sealed class OpenColumns : SyncColumns
    {
        public string Id { get; init; } = "";
    }
}
