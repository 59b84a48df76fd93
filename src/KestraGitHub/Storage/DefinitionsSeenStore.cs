using Dapper;
using KestraGitHub.Definitions;

namespace KestraGitHub.Storage;

/// <summary>A definition that was in force: in which file, with which content (<paramref name="Digest"/>), from when until when at least.</summary>
public sealed record SeenDefinition(SyncKey Sync, string File, string Digest, DateTimeOffset FirstSeen, DateTimeOffset LastSeen);

/// <summary>Remembers definitions, so that a sync whose file is gone is not a riddle.</summary>
internal sealed class DefinitionsSeenStore(Database database, TimeProvider time)
{
    public Task RecordAsync(IReadOnlyCollection<(SyncKey Sync, string File, string Digest)> seen, CancellationToken ct) => seen.Count == 0
        ? Task.CompletedTask
        : database.WriteAsync(
            (connection, transaction) =>
            {
                var now = time.GetUtcNow().ToUnixTimeMilliseconds();
                database.Execute(
                    connection,
                    transaction,
                    new RowStatement(
                    """
                    INSERT INTO definitions_seen (tenant, namespace, flow, file, digest, first_seen, last_seen)
                    VALUES (@Tenant, @Namespace, @Flow, @File, @Digest, @Now, @Now)
                    ON CONFLICT (tenant, namespace, flow, file) DO UPDATE SET digest = excluded.digest, last_seen = excluded.last_seen
                    """,
                    seen.Select(s => new { s.Sync.Tenant, s.Sync.Namespace, s.Sync.Flow, s.File, s.Digest, Now = now }).ToList()));
                return Task.FromResult(0);
            },
            ct);

    public Task<IReadOnlyList<SeenDefinition>> ListAsync(CancellationToken ct) => database.ReadAsync(
        async connection => (IReadOnlyList<SeenDefinition>)[.. (await connection.QueryAsync<SeenColumns>(
                "SELECT * FROM definitions_seen ORDER BY tenant, namespace, flow, file"))
            .Select(r => new SeenDefinition(r.Sync, r.File, r.Digest, StoredText.Time(r.FirstSeen), StoredText.Time(r.LastSeen)))],
        ct);

    private sealed class SeenColumns : SyncColumns
    {
        public string File { get; init; } = "";
        public string Digest { get; init; } = "";
        public long FirstSeen { get; init; }
        public long LastSeen { get; init; }
    }
}
