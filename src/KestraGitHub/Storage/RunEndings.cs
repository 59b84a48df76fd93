using System.Data.Common;
using Dapper;
using KestraGitHub.Configuration;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Storage;

/// <summary>What is written when a run ends, beside its own row.</summary>
internal static class RunEndings
{
    private static readonly string Unchanged = nameof(ChangeAction.Unchanged).ToLowerInvariant();

    /// <summary>True for a run of which a page need not tell: it looked, and there was nothing to do.</summary>
    public static bool Quiet(RunEnding ending) =>
        ending.State == RunState.Succeeded && ending.Counts is { Changed: 0, Failed: 0, Invalid: 0, Conflict: 0 };

    /// <summary>What it would have done when it was put aside counts no longer.</summary>
    public static RowStatement ClearChanges(string runId) => new("DELETE FROM run_changes WHERE run_id = @RunId", [new { RunId = runId }]);

    /// <summary>A row for each of <paramref name="changes"/> but the unchanged.</summary>
    public static RowStatement StoreChanges(string runId, IReadOnlyList<ChangeRow> changes) => new(
        """
        INSERT INTO run_changes (
          run_id, position, task, kind, namespace, object_id, path, action, reason, old_revision, new_revision, additions, deletions, line)
        VALUES (
          @RunId, @Position, @Task, @Kind, @Namespace, @Id, @Path, @Action, @Reason, @OldRevision, @NewRevision, @Additions, @Deletions, @Line)
        """,
        changes.Where(c => c.Action != Unchanged)
            .Select((c, i) => new { RunId = runId, Position = (long)i, c.Task, c.Kind, c.Namespace, c.Id, c.Path, c.Action, Reason = Redaction.Clean(c.Reason), c.OldRevision, c.NewRevision, c.Additions, c.Deletions, c.Line })
            .ToList());

    /// <summary>Of a run that ends while it waits, rows and counts say that what it planned was not written. What an earlier stage of it wrote stays told.</summary>
    public static async Task NothingWrittenAsync(DbConnection connection, DbTransaction transaction, string runId)
    {
        const string planned =
            """
            run_id = @Id AND action IN ('added', 'updated', 'deleted') AND EXISTS (SELECT 1 FROM runs r WHERE r.id = @Id AND r.state = 'cancelled') AND NOT EXISTS (
              SELECT 1 FROM journal j
              WHERE j.run_id = run_changes.run_id AND j.kind = run_changes.kind AND j.namespace = run_changes.namespace AND j.object_id = run_changes.object_id)
            """;
        var actions = (await connection.QueryAsync<string>($"SELECT action FROM run_changes WHERE {planned}", new { Id = runId }, transaction)).AsList();
        if (actions.Count == 0) return;
        var counts = StoredText.Counts(await connection.ExecuteScalarAsync<string>("SELECT counts FROM runs WHERE id = @Id", new { Id = runId }, transaction) ?? "{}");
        counts = counts with
        {
            Added = counts.Added - actions.Count(a => a == "added"), Updated = counts.Updated - actions.Count(a => a == "updated"),
            Deleted = counts.Deleted - actions.Count(a => a == "deleted"), Skipped = counts.Skipped + actions.Count,
        };
        await connection.ExecuteAsync("UPDATE runs SET counts = @Counts WHERE id = @Id", new { Id = runId, Counts = StoredText.Json(counts) }, transaction);
        await connection.ExecuteAsync(
            $"UPDATE run_changes SET reason = 'not written: would have been ' || action, action = 'skipped' WHERE {planned}", new { Id = runId }, transaction);
    }

    // A schedule that looks every minute would bury the history under rows that say "nothing". A run that a delivery points to stays.
    public static async Task CollapseAsync(DbConnection connection, DbTransaction transaction, RunRecord ended)
    {
        var previous = await connection.ExecuteScalarAsync<long?>(
            """
            DELETE FROM runs WHERE quiet = 1 AND trigger_kind = 'schedule' AND deliveries = 0 AND id = (
              SELECT id FROM runs
              WHERE tenant = @Tenant AND namespace = @Namespace AND flow = @Flow AND dry_run = 0 AND finished_at IS NOT NULL AND id <> @Id
              ORDER BY finished_at DESC, id DESC LIMIT 1)
              AND EXISTS (
                SELECT 1 FROM runs
                WHERE id = @Id AND quiet = 1 AND trigger_kind = 'schedule' AND deliveries = 0 AND dry_run = 0)
            RETURNING collapsed
            """,
            ended,
            transaction);
        if (previous is null) return;
        await connection.ExecuteAsync(
            "UPDATE runs SET collapsed = @Collapsed WHERE id = @Id", new { ended.Id, Collapsed = previous + 1 }, transaction);
    }
}
