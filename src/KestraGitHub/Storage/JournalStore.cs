using Dapper;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Storage;

/// <summary>One piece of the bytes of an entry.</summary>
internal sealed record JournalPart(long Position, long Part, byte[] Body);

/// <summary>What the objects that runs wrote were before. Bytes are kept in pieces, so that no file is ever held whole.</summary>
internal sealed class JournalStore(Database database, TimeProvider time)
{
    /// <summary>Bytes in one piece.</summary>
    public const int PartSize = 1 << 20;

    private const string Columns =
        """
        position, task, server, tenant, branch, kind, namespace, object_id, path, before_digest, before_likeness, before_version, before_size,
        after_digest, after_likeness, known, state, at
        """;

    /// <summary>Of one run, oldest first.</summary>
    public Task<IReadOnlyList<JournalEntry>> LoadAsync(string runId, CancellationToken ct) => database.ReadAsync(
        async connection => (IReadOnlyList<JournalEntry>)[.. (await connection.QueryAsync<EntryColumns>(
            $"SELECT {Columns} FROM journal WHERE run_id = @RunId ORDER BY position", new { RunId = runId })).Select(r => r.ToEntry())],
        ct);

    public Task<JournalEntry?> FindAsync(string runId, long position, CancellationToken ct) => database.ReadAsync(
        async connection => (await connection.QuerySingleOrDefaultAsync<EntryColumns>(
            $"SELECT {Columns} FROM journal WHERE run_id = @RunId AND position = @Position", new { RunId = runId, Position = position }))?.ToEntry(),
        ct);

    /// <summary>The first position that no entry and no left-over piece of an interrupted attempt has.</summary>
    public Task<long> NextPositionAsync(string runId, CancellationToken ct) => database.ReadAsync(
        async connection => 1 + await connection.ExecuteScalarAsync<long>(
            """
            SELECT COALESCE(MAX(position), 0) FROM (
              SELECT position FROM journal WHERE run_id = @RunId UNION ALL SELECT position FROM journal_parts WHERE run_id = @RunId) p
            """,
            new { RunId = runId }),
        ct);

    /// <summary>Stores bytes, before the entries that they belong to.</summary>
    public Task AddPartsAsync(string runId, IReadOnlyList<JournalPart> parts, CancellationToken ct) => database.WriteAsync(
        (connection, transaction) =>
        {
            database.Execute(connection, transaction, new RowStatement(
                "INSERT INTO journal_parts (run_id, position, part, body) VALUES (@RunId, @Position, @Part, @Body)",
                parts.Select(p => new { RunId = runId, p.Position, p.Part, p.Body }).ToList()));
            return Task.FromResult(0);
        },
        ct);

    /// <summary>Puts entries in, or in place of those of their positions; all of them or none.</summary>
    public Task PutAsync(string runId, IReadOnlyCollection<JournalEntry> entries, CancellationToken ct) => database.WriteAsync(
        (connection, transaction) =>
        {
            var now = time.GetUtcNow().ToUnixTimeMilliseconds();
            database.Execute(connection, transaction, new RowStatement(
                """
                INSERT INTO journal (
                  run_id, position, task, server, tenant, branch, kind, namespace, object_id, path, action, before_digest, before_likeness, before_version, before_size,
                  after_digest, after_likeness, known, state, at)
                VALUES (
                  @RunId, @Position, @Task, @Server, @Tenant, @Branch, @Kind, @Namespace, @ObjectId, @Path, @Action, @BeforeDigest, @BeforeLikeness, @BeforeVersion, @BeforeSize,
                  @AfterDigest, @AfterLikeness, @Known, @State, @At)
                ON CONFLICT (run_id, position) DO UPDATE SET
                  action = excluded.action, after_digest = excluded.after_digest, after_likeness = excluded.after_likeness, state = excluded.state, at = excluded.at
                """,
                entries.Select(e => new
                {
                    RunId = runId, e.Position, e.Task, e.Target.Server, e.Target.Tenant, e.Target.Branch, Kind = e.Key.Kind.Word(), e.Key.Namespace, ObjectId = e.Key.Id, e.Path,
                    Action = Word(e.Action), BeforeDigest = e.Before?.Digest, BeforeLikeness = e.Before?.Likeness, BeforeVersion = e.Before?.Version, BeforeSize = e.Before?.Size,
                    AfterDigest = e.After?.Digest, AfterLikeness = e.After?.Likeness, Known = e.Known is null ? null : StoredText.Json(e.Known), State = Word(e.State), At = now,
                }).ToList()));
            return Task.FromResult(0);
        },
        ct);

    /// <summary>The bytes of an entry as they were before, read piece by piece.</summary>
    public Stream Open(string runId, JournalEntry entry) => new PartStream(entry.Before?.Size ?? 0, (part, ct) => PartAsync(runId, entry.Position, part, ct));

    private Task<byte[]?> PartAsync(string runId, long position, long part, CancellationToken ct) => database.ReadAsync(
        connection => connection.ExecuteScalarAsync<byte[]?>(
            "SELECT body FROM journal_parts WHERE run_id = @RunId AND position = @Position AND part = @Part", new { RunId = runId, Position = position, Part = part }),
        ct);

    private static string Word<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();

    private sealed class EntryColumns
    {
        public long Position { get; init; }
        public string Task { get; init; } = "";
        public string Server { get; init; } = "";
        public string Tenant { get; init; } = "";
        public string? Branch { get; init; }
        public string Kind { get; init; } = "";
        public string Namespace { get; init; } = "";
        public string ObjectId { get; init; } = "";
        public string? Path { get; init; }
        public string? BeforeDigest { get; init; }
        public string? BeforeLikeness { get; init; }
        public string? BeforeVersion { get; init; }
        public long? BeforeSize { get; init; }
        public string? AfterDigest { get; init; }
        public string? AfterLikeness { get; init; }
        public string? Known { get; init; }
        public string State { get; init; } = "";
        public long At { get; init; }

        public JournalEntry ToEntry() => new(
            Position, Task, new TargetAddress(Server, Tenant, Branch), new ResourceKey(ResourceKinds.OfWord(Kind), Namespace, ObjectId), Path,
            BeforeDigest is null ? null : new Standing(BeforeDigest, BeforeLikeness ?? "", BeforeVersion ?? "", BeforeSize ?? 0),
            AfterDigest is null ? null : new Standing(AfterDigest, AfterLikeness ?? "", "", 0),
            Known is null ? null : System.Text.Json.JsonSerializer.Deserialize<InventoryEntry>(Known, System.Text.Json.JsonSerializerOptions.Web),
            Enum.Parse<JournalState>(State, ignoreCase: true), StoredText.Time(At));
    }
}
