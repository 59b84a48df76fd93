using System.Data.Common;
using Dapper;
using KestraGitHub.Definitions;

namespace KestraGitHub.Storage;

/// <summary>A worker's hold on a run. <paramref name="Fence"/> grows with every claim: whoever holds an older one has lost it.</summary>
public sealed record Lease(string RunId, SyncKey Sync, string Owner, long Fence, DateTimeOffset Until);

public sealed record ClaimedRun(RunRow Run, Lease Lease);

/// <summary>How a run ended.</summary>
public sealed record RunEnding(
    RunState State, RunCounts Counts, IReadOnlyList<ChangeRow> Changes, string? Error, string? ErrorKind);

/// <summary>The queue and the history: the run row is the truth, everything else is a wake-up.</summary>
internal sealed partial class RunStore(Database database)
{
    /// <summary>Stores a run. A mergeable request joins a run of its sync that waits, if <paramref name="merge"/>. Returns the row.</summary>
    public Task<RunRow> EnqueueAsync(RunRequest request, bool merge, CancellationToken ct) => database.WriteAsync(
        async (connection, transaction) =>
        {
            var intake = RunIntake.Add(database, connection, transaction, [request], merge);
            return (await connection.QuerySingleAsync<RunRecord>("SELECT * FROM runs WHERE id = @Id", new { Id = intake[0].RunId }, transaction)).ToRow();
        },
        ct);

    /// <summary>
    /// Cancels at once what is queued or waiting; asks what is running to stop. One that waits and has written before is due at once, to put that back.
    /// Returns the row, null when there is none.
    /// </summary>
    public Task<RunRow?> CancelAsync(string id, CancellationToken ct, string? by = null) => database.WriteAsync(
        async (connection, transaction) =>
        {
            var waited = await connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM runs WHERE id = @Id AND state = 'waiting'", new { Id = id }, transaction) > 0;
            await connection.ExecuteAsync(
                $"""
                UPDATE runs SET
                  finished_at = CASE WHEN state = 'running' OR {Unsettled} THEN NULL ELSE @Now END,
                  waiting_for = CASE WHEN state = 'running' THEN waiting_for ELSE NULL END,
                  not_before = CASE WHEN state = 'running' THEN not_before ELSE @Now END,
                  waits_since = CASE WHEN state = 'running' THEN waits_since ELSE @Now END,
                  state = CASE WHEN state = 'running' THEN state WHEN {Unsettled} THEN 'queued' ELSE 'cancelled' END,
                  error = CASE WHEN state = 'running' OR {Unsettled} THEN error ELSE @Why END,
                  cancel_requested = 1
                WHERE id = @Id AND finished_at IS NULL
                """,
                new { Id = id, Now = await NowAsync(connection), Why = by is null ? null : $"Cancelled by {by}." },
                transaction);
            if (waited) await RunEndings.NothingWrittenAsync(connection, transaction, id);
            return (await connection.QuerySingleOrDefaultAsync<RunRecord>("SELECT * FROM runs WHERE id = @Id", new { Id = id }, transaction))?.ToRow();
        },
        ct);

    /// <summary>
    /// Every sync that has a run to do, with the time that is left until it is due; nothing is left of one that is due. Whoever is due longest comes first.
    /// </summary>
    public Task<IReadOnlyList<(SyncKey Sync, TimeSpan Left)>> DueAsync(CancellationToken ct) => database.ReadAsync(
        async connection =>
        {
            var rows = (await connection.QueryAsync<DueColumns>(
                """
                SELECT tenant, namespace, flow, MIN(not_before) AS due FROM runs
                WHERE finished_at IS NULL AND state IN ('queued', 'waiting') AND not_before < @Never
                GROUP BY tenant, namespace, flow
                ORDER BY due
                """,
                new { Never })).AsList();
            var now = rows.Count == 0 ? 0 : await NowAsync(connection);
            return (IReadOnlyList<(SyncKey, TimeSpan)>)[.. rows.Select(r => (r.Sync, Left(r.Due, now)))];
        },
        ct);

    /// <summary>How long until the sync has a run to do; null when it has none, or when one is running: its end looks again.</summary>
    public Task<TimeSpan?> NextDueAsync(SyncKey sync, CancellationToken ct) => database.ReadAsync(
        async connection =>
        {
            var due = await connection.ExecuteScalarAsync<long?>(
                """
                SELECT MIN(not_before) FROM runs
                WHERE tenant = @Tenant AND namespace = @Namespace AND flow = @Flow AND finished_at IS NULL AND state IN ('queued', 'waiting')
                  AND not_before < @Never AND NOT EXISTS (
                    SELECT 1 FROM runs WHERE tenant = @Tenant AND namespace = @Namespace AND flow = @Flow AND state = 'running')
                """,
                new { sync.Tenant, sync.Namespace, sync.Flow, Never });
            return due is { } at ? Left(at, await NowAsync(connection)) : (TimeSpan?)null;
        },
        ct);

    private async Task<long> NowAsync(DbConnection connection) => (await database.NowAsync(connection)).ToUnixTimeMilliseconds();

    private static TimeSpan Left(long due, long now) => due > now ? TimeSpan.FromMilliseconds(due - now) : TimeSpan.Zero;

    private sealed class DueColumns : SyncColumns
    {
        public long Due { get; init; }
    }
}
