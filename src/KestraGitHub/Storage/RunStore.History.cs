using Dapper;
using KestraGitHub.Definitions;

namespace KestraGitHub.Storage;

// What pages and the API ask of past and present runs.
internal sealed partial class RunStore
{
    private const string AppendLine =
        """
        INSERT INTO run_events (run_id, seq, at, level, step, message)
        SELECT @RunId, @Seq, @At, @Level, @Step, @Message WHERE EXISTS (SELECT 1 FROM runs WHERE id = @RunId)
        ON CONFLICT DO NOTHING
        """;

    public Task<RunRow?> GetAsync(string id, CancellationToken ct) => database.ReadAsync(
        async connection => (await connection.QuerySingleOrDefaultAsync<RunRecord>("SELECT * FROM runs WHERE id = @Id", new { Id = id }))?.ToRow(), ct);

    public Task<IReadOnlyList<ChangeRow>> ChangesAsync(string id, CancellationToken ct) => database.ReadAsync(
        async connection => (IReadOnlyList<ChangeRow>)[.. await connection.QueryAsync<ChangeRow>(
            """
            SELECT task AS "Task", kind AS "Kind", namespace AS "Namespace", object_id AS "Id", path AS "Path", action AS "Action", reason AS "Reason",
              old_revision AS "OldRevision", new_revision AS "NewRevision", additions AS "Additions", deletions AS "Deletions", line AS "Line"
            FROM run_changes WHERE run_id = @Id ORDER BY position
            """,
            new { Id = id })],
        ct);

    /// <exception cref="ArgumentException">The cursor is none of ours.</exception>
    public Task<Page<RunRow>> QueryAsync(RunQuery query, CancellationToken ct)
    {
        var limit = StoredText.Limit(query.Limit);
        var parameters = new
        {
            query.Tenant,
            query.Namespace,
            query.Flow,
            State = query.State?.Word(),
            Before = RunIds.Cursor(query.Cursor),
            Take = limit + 1,
        };
        var sql = HistorySql.Page(query);
        return database.ReadAsync(
            async connection => StoredText.Page(
                [.. await connection.QueryAsync<RunRecord>(sql, parameters)], limit, static r => r.ToRow(), static r => r.Id),
            ct);
    }

    /// <summary>The newest ended, not dry run and the newest unended run of one sync.</summary>
    public Task<(RunRow? Last, RunRow? Current)> LatestAsync(SyncKey sync, CancellationToken ct) => database.ReadAsync(
        async connection =>
        {
            var key = new { sync.Tenant, sync.Namespace, sync.Flow };
            var last = await connection.QuerySingleOrDefaultAsync<RunRecord>(HistorySql.LastOfOne, key);
            var open = await connection.QueryAsync<RunRecord>(HistorySql.OpenOfOne, key);
            return (last?.ToRow(), open.MaxBy(r => r.Id, StringComparer.Ordinal)?.ToRow());
        },
        ct);

    /// <summary>Adds lines. One that is there already (the same number again) stays as it is; a run that is no longer kept takes none.</summary>
    public Task AppendAsync(string runId, IReadOnlyList<RunEvent> events, CancellationToken ct) => events.Count == 0
        ? Task.CompletedTask
        : database.WriteAsync(
            (connection, transaction) =>
            {
                database.Execute(connection, transaction, new RowStatement(AppendLine, [.. events.Select(e => LineOf(runId, e))]));
                return Task.FromResult(0);
            },
            ct);

    private static object LineOf(string runId, RunEvent line) =>
        new { RunId = runId, line.Seq, At = line.At.ToUnixTimeMilliseconds(), line.Level, line.Step, line.Message };

    public Task<IReadOnlyList<RunEvent>> EventsAsync(string runId, long after, CancellationToken ct) => database.ReadAsync(
        async connection => (IReadOnlyList<RunEvent>)[.. (await connection.QueryAsync<EventColumns>(
                "SELECT seq, at, level, step, message FROM run_events WHERE run_id = @RunId AND seq > @After ORDER BY seq",
                new { RunId = runId, After = after }))
            .Select(e => new RunEvent(e.Seq, StoredText.Time(e.At), e.Level, e.Step, e.Message))],
        ct);

    /// <summary>The number of the newest line, 0 when there is none: where a run that is taken up again goes on counting.</summary>
    public Task<long> LastEventAsync(string runId, CancellationToken ct) => database.ReadAsync(
        async connection => await connection.ExecuteScalarAsync<long?>("SELECT MAX(seq) FROM run_events WHERE run_id = @RunId", new { RunId = runId }) ?? 0,
        ct);

    private sealed class EventColumns
    {
        public long Seq { get; init; }

        public long At { get; init; }

        public string Level { get; init; } = "";

        public string Step { get; init; } = "";

        public string Message { get; init; } = "";
    }
}
