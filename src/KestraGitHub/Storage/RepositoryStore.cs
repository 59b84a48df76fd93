using Dapper;
using KestraGitHub.Definitions;

namespace KestraGitHub.Storage;

/// <summary>GitHub's number of a repository, which stays when it is renamed or handed over.</summary>
/// <param name="Host">Of the GitHub that numbers it.</param>
internal sealed record RepositoryNumber(string Host, long Id);

/// <summary>By which names the definitions know a repository that may have another one by now.</summary>
internal sealed class RepositoryStore(Database database)
{
    // Without DISTINCT, for which SQLite would walk the whole history.
    internal const string Moved = "SELECT tenant, namespace, flow FROM runs WHERE id >= @Since";
    internal const string OldestOpen = "SELECT MIN(id) FROM runs WHERE state IN ('queued', 'waiting', 'running')";

    internal const string Remember =
        """
        INSERT INTO repositories (name, host, id, seen_at) VALUES (@Name, @Host, @Id, @SeenAt)
        ON CONFLICT (name) DO UPDATE SET host = excluded.host, id = excluded.id, seen_at = excluded.seen_at
        """;

    public Task<IReadOnlyList<RepositoryName>> NamesAsync(RepositoryNumber number, CancellationToken ct) => database.ReadAsync(
        async connection => (IReadOnlyList<RepositoryName>)[.. (await connection.QueryAsync<string>(
            "SELECT name FROM repositories WHERE host = @Host AND id = @Id ORDER BY name", new { number.Host, number.Id })).Select(RepositoryName.Stored)],
        ct);

    /// <summary>What the newest ended run of each sync read, where a run got so far.</summary>
    public Task<IReadOnlyList<(SyncKey Sync, string Url)>> LastUrlsAsync(IReadOnlyCollection<SyncKey> syncs, CancellationToken ct) => database.ReadAsync(
        async connection => (IReadOnlyList<(SyncKey, string)>)[.. (await connection.QueryAsync<UrlColumns>(
            WantedRows.With(database, "@Syncs", "tenant", "namespace", "flow")
            + """
              SELECT w.tenant, w.namespace, w.flow, s.url FROM wanted w CROSS JOIN run_sources s WHERE s.run_id = (
                SELECT r.id FROM runs r
                WHERE r.tenant = w.tenant AND r.namespace = w.namespace AND r.flow = w.flow AND r.undo_of IS NULL
                  AND EXISTS (SELECT 1 FROM run_sources x WHERE x.run_id = r.id)
                ORDER BY r.id DESC LIMIT 1)
              """,
            new { Syncs = WantedRows.Value(syncs.Select(s => new[] { s.Tenant, s.Namespace, s.Flow })) })).Select(r => (r.Sync, r.Url))],
        ct);

    /// <summary>The syncs with a run of this id or a later one, and the oldest run that has not ended.</summary>
    public Task<(IReadOnlyList<SyncKey> Syncs, string? OldestOpen, DateTimeOffset Now)> MovedAsync(string since, CancellationToken ct) => database.ReadAsync(
        async connection =>
        {
            var now = await database.NowAsync(connection);
            var open = await connection.ExecuteScalarAsync<string?>(OldestOpen);
            var moved = await connection.QueryAsync<SyncColumns>(Moved, new { Since = since });
            return ((IReadOnlyList<SyncKey>)[.. moved.Select(r => r.Sync).Distinct()], open, now);
        },
        ct);

    internal static object Row(RepositoryName name, RepositoryNumber number, DateTimeOffset now) =>
        new { Name = name.ToString(), number.Host, number.Id, SeenAt = now.ToUnixTimeMilliseconds() };

    private sealed class UrlColumns : SyncColumns
    {
        public string Url { get; init; } = "";
    }
}
