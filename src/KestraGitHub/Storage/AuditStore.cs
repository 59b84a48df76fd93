using Dapper;
using KestraGitHub.Configuration;
using KestraGitHub.Definitions;

namespace KestraGitHub.Storage;

/// <summary>One change that somebody asked for.</summary>
/// <param name="Actor">The name of the token.</param>
/// <param name="Way"><c>page</c> or <c>api</c>.</param>
/// <param name="Action"><c>run</c>, <c>cancel</c>, <c>approve</c>, <c>suspend</c>, …</param>
/// <param name="Sync"><see cref="SyncKey.None"/> where it was about none, or about all.</param>
/// <param name="RunId">The run that it began, or was about; null where there is none.</param>
/// <param name="Detail">What else was said; null for nothing. It may hold what people typed: hostile text.</param>
/// <param name="Status">Of the answer, as HTTP counts.</param>
public sealed record AuditRow(
    DateTimeOffset At, string Actor, string Role, string Way, string Action, SyncKey Sync, string? RunId, string? Detail, int Status)
{
    /// <summary><c>done</c>, <c>refused</c> (nothing was changed) or <c>failed</c>.</summary>
    public string Result => Status switch { < 400 => "done", < 500 => "refused", _ => "failed" };
}

/// <summary>Who did what. Rows are only ever added, and go with the rest of the history.</summary>
internal sealed class AuditStore(Database database)
{
    /// <summary>What the retention sweep deletes.</summary>
    internal const string Old = "DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE id < @Floor ORDER BY id LIMIT @Bite)";

    public Task AddAsync(AuditRow row, CancellationToken ct) => database.WriteAsync(
        (connection, transaction) => connection.ExecuteAsync(
            """
            INSERT INTO audit (id, at, actor, role, way, action, tenant, namespace, flow, run_id, detail, status)
            VALUES (@Id, @At, @Actor, @Role, @Way, @Action, @Tenant, @Namespace, @Flow, @RunId, @Detail, @Status)
            """,
            new
            {
                Id = database.Ids.Next(database.Now), At = row.At.ToUnixTimeMilliseconds(), row.Actor, row.Role, row.Way, row.Action, row.Sync.Tenant, row.Sync.Namespace,
                row.Sync.Flow, row.RunId, Detail = Redaction.Clean(row.Detail), row.Status,
            },
            transaction),
        ct);

    /// <summary>Newest first.</summary>
    /// <exception cref="ArgumentException">The cursor is none of ours.</exception>
    public Task<Page<AuditRow>> QueryAsync(int limit, string? cursor, CancellationToken ct)
    {
        limit = StoredText.Limit(limit);
        var parameters = new { Before = RunIds.Cursor(cursor), Take = limit + 1 };
        return database.ReadAsync(
            async connection => StoredText.Page(
                [.. await connection.QueryAsync<Columns>("SELECT * FROM audit WHERE id < @Before ORDER BY id DESC LIMIT @Take", parameters)],
                limit, static r => r.ToRow(), static r => r.Id),
            ct);
    }

    private sealed class Columns : SyncColumns
    {
        public string Id { get; init; } = "";
        public long At { get; init; }
        public string Actor { get; init; } = "";
        public string Role { get; init; } = "";
        public string Way { get; init; } = "";
        public string Action { get; init; } = "";
        public string? RunId { get; init; }
        public string? Detail { get; init; }
        public long Status { get; init; }

        public AuditRow ToRow() => new(StoredText.Time(At), Actor, Role, Way, Action, Sync, RunId, Detail, (int)Status);
    }
}
