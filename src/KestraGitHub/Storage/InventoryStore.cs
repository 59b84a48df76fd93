using Dapper;
using KestraGitHub.Definitions;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Storage;

/// <summary>What a task left behind the last time it succeeded.</summary>
/// <param name="Fingerprint">Of the task then; another one means that nothing here may be taken for granted but the inventory.</param>
/// <param name="Commit">The commit that was applied.</param>
/// <param name="Tree">Git's id of the directory's tree at that commit: the same tree is the same content.</param>
/// <param name="Cursor">The target's cursor afterwards, or null.</param>
/// <param name="Counts">Of a run that changes nothing: what "unchanged" would count now.</param>
public sealed record TaskState(string Fingerprint, string Commit, string Tree, string? Cursor, RunCounts Counts)
{
    /// <summary>Digest of where the target is; null where it is not known.</summary>
    public string? Target { get; init; }

    /// <summary>Digest of where the source is.</summary>
    public string? Source { get; init; }
}

internal sealed class InventoryStore(Database database, TimeProvider time)
{
    private const string OfTask = "tenant = @Tenant AND namespace = @Namespace AND flow = @Flow AND task = @Task";

    public Task<TaskState?> StateAsync(SyncKey sync, string task, CancellationToken ct) => database.ReadAsync(
        async connection =>
        {
            var row = await connection.QuerySingleOrDefaultAsync<StateColumns>(
                $"SELECT fingerprint, commit_id, tree, target_cursor, counts FROM task_states WHERE {OfTask}", Parameters(sync, task));
            return row is null ? null : new TaskState(row.Fingerprint, row.CommitId, row.Tree, row.TargetCursor, StoredText.Counts(row.Counts));
        },
        ct);

    public Task<Inventory> LoadAsync(SyncKey sync, string task, CancellationToken ct) => database.ReadAsync(
        async connection => new Inventory((await connection.QueryAsync<EntryColumns>(
                "SELECT kind, object_namespace, object_id, path, source_version, digest, likeness, target_version, size, applied_digest, applied_likeness, merged, orphan " +
                $"FROM inventory WHERE {OfTask}",
                Parameters(sync, task)))
            .Select(r => r.ToEntry())
            .ToDictionary(e => e.Key)),
        ct);

    /// <summary>Of all tasks of a sync, those at the first paths.</summary>
    public Task<IReadOnlyList<(string Task, InventoryEntry Entry)>> AllAsync(SyncKey sync, int most, CancellationToken ct) => database.ReadAsync(
        async connection => (IReadOnlyList<(string, InventoryEntry)>)[.. (await connection.QueryAsync<EntryColumns>(
                "SELECT * FROM inventory WHERE tenant = @Tenant AND namespace = @Namespace AND flow = @Flow ORDER BY path, object_namespace, object_id LIMIT @Most",
                new { sync.Tenant, sync.Namespace, sync.Flow, Most = most }))
            .Select(r => (r.Task, r.ToEntry()))],
        ct);

    /// <summary>Puts <paramref name="changed"/> in, takes <paramref name="removed"/> out and sets the state (null clears it), all or nothing.</summary>
    public Task SaveAsync(
        SyncKey sync, string task, IReadOnlyCollection<InventoryEntry> changed, IReadOnlyCollection<ResourceKey> removed, TaskState? state,
        CancellationToken ct) => database.WriteAsync(
        async (connection, transaction) =>
        {
            var take = new RowStatement(
                $"DELETE FROM inventory WHERE {OfTask} AND kind = @Kind AND object_namespace = @ObjectNamespace AND object_id = @ObjectId",
                removed.Select(k => new
                {
                    sync.Tenant, sync.Namespace, sync.Flow, Task = task, Kind = k.Kind.Word(), ObjectNamespace = k.Namespace, ObjectId = k.Id,
                }).ToList());
            var put = new RowStatement(
                """
                INSERT INTO inventory (
                  tenant, namespace, flow, task, kind, object_namespace, object_id, path, source_version, digest, likeness, target_version, size,
                  applied_digest, applied_likeness, merged, orphan)
                VALUES (
                  @Tenant, @Namespace, @Flow, @Task, @Kind, @ObjectNamespace, @ObjectId, @Path, @SourceVersion, @Digest, @Likeness, @TargetVersion, @Size,
                  @AppliedDigest, @AppliedLikeness, @Merged, @Orphan)
                ON CONFLICT (tenant, namespace, flow, task, kind, object_namespace, object_id) DO UPDATE SET
                  path = excluded.path, source_version = excluded.source_version, digest = excluded.digest, likeness = excluded.likeness,
                  target_version = excluded.target_version, size = excluded.size,
                  applied_digest = excluded.applied_digest, applied_likeness = excluded.applied_likeness, merged = excluded.merged, orphan = excluded.orphan
                """,
                changed.Select(e => new
                {
                    sync.Tenant, sync.Namespace, sync.Flow, Task = task, Kind = e.Key.Kind.Word(), ObjectNamespace = e.Key.Namespace,
                    ObjectId = e.Key.Id, e.Path, e.SourceVersion, e.Digest, e.Likeness, e.TargetVersion, e.Size,
                    AppliedDigest = e.Applied?.Digest, AppliedLikeness = e.Applied?.Likeness, Merged = e.Merged ? 1L : 0L, Orphan = e.Orphan ? 1L : 0L,
                }).ToList());
            database.Execute(connection, transaction, take, put);
            await DriftStore.SettleAsync(connection, transaction, sync, task, time.GetUtcNow().ToUnixTimeMilliseconds());
            await connection.ExecuteAsync($"DELETE FROM task_states WHERE {OfTask}", Parameters(sync, task), transaction);
            if (state is null) return 0;
            return await connection.ExecuteAsync(
                """
                INSERT INTO task_states (tenant, namespace, flow, task, fingerprint, commit_id, tree, target_cursor, counts, saved_at, target, source)
                VALUES (@Tenant, @Namespace, @Flow, @Task, @Fingerprint, @Commit, @Tree, @Cursor, @Counts, @Now, @Target, @Source)
                """,
                new
                {
                    sync.Tenant, sync.Namespace, sync.Flow, Task = task, state.Fingerprint, state.Commit, state.Tree, state.Cursor,
                    state.Target, state.Source,
                    Counts = StoredText.Json(state.Counts), Now = time.GetUtcNow().ToUnixTimeMilliseconds(),
                },
                transaction);
        },
        ct);

    private static object Parameters(SyncKey sync, string task) => new { sync.Tenant, sync.Namespace, sync.Flow, Task = task };

    private sealed class StateColumns
    {
        public string Fingerprint { get; init; } = "";
        public string CommitId { get; init; } = "";
        public string Tree { get; init; } = "";
        public string? TargetCursor { get; init; }
        public string Counts { get; init; } = "{}";
    }

    private sealed class EntryColumns
    {
        public string Kind { get; init; } = "";
        public string ObjectNamespace { get; init; } = "";
        public string ObjectId { get; init; } = "";
        public string Path { get; init; } = "";
        public string SourceVersion { get; init; } = "";
        public string Digest { get; init; } = "";
        public string Likeness { get; init; } = "";
        public string TargetVersion { get; init; } = "";
        public long Size { get; init; }
        public string? AppliedDigest { get; init; }
        public string? AppliedLikeness { get; init; }
        public long Merged { get; init; }
        public long Orphan { get; init; }
        public string Task { get; init; } = "";

        public InventoryEntry ToEntry() => new(new ResourceKey(ResourceKinds.OfWord(Kind), ObjectNamespace, ObjectId), Path, SourceVersion, Digest, Likeness, TargetVersion, Size)
        {
            Applied = AppliedLikeness is { } likeness ? new AppliedContent(AppliedDigest!, likeness) : null, Merged = Merged != 0, Orphan = Orphan != 0,
        };
    }
}
