using Dapper;
using KestraGitHub.Definitions;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Storage;

/// <summary>Another sync that applied an object of the same target.</summary>
/// <param name="Source">Digest of where it reads from; the same place and path is the same wish by itself.</param>
/// <param name="Likeness">Of what it applied.</param>
public sealed record Holder(SyncKey Sync, string Task, ResourceKey Key, string Path, string? Source, string Likeness);

/// <summary>Looks up which other syncs hold objects. What a sync's source has no more it wants no more, also where it leaves it in the target.</summary>
internal sealed class HoldersStore(Database database)
{
    private const string Columns = "i.tenant, i.namespace, i.flow, i.task, i.kind, i.object_namespace, i.object_id, i.path, i.likeness, s.source";

    private const string State =
        """
        s.tenant = i.tenant AND s.namespace = i.namespace AND s.flow = i.flow AND s.task = i.task AND s.target = @Target
          AND i.source_version <> '' AND i.orphan = 0 AND NOT (i.tenant = @Tenant AND i.namespace = @Namespace AND i.flow = @Flow)
        """;

    // By the object first: a target may be shared by many syncs, an object hardly ever is. In this order, as in RunLook.
    internal const string ByKey =
        $"""
        SELECT {Columns} FROM wanted w CROSS JOIN inventory i CROSS JOIN task_states s
        WHERE i.object_id = w.object_id AND i.object_namespace = w.object_namespace AND i.kind = w.kind AND {State}
        """;

    internal const string All = $"SELECT {Columns} FROM task_states s CROSS JOIN inventory i WHERE {State}";

    /// <summary>Those that hold one of <paramref name="keys"/> in the target.</summary>
    public Task<IReadOnlyList<Holder>> OfAsync(SyncKey sync, string target, IEnumerable<ResourceKey> keys, CancellationToken ct) => AskAsync(
        WantedRows.With(database, "@Keys", "kind", "object_namespace", "object_id") + ByKey, sync, target,
        WantedRows.Value(keys.Select(k => new[] { k.Kind.Word(), k.Namespace, k.Id })), ct);

    /// <summary>All that other syncs hold in the target: a branch, where the path counts and not the key.</summary>
    public Task<IReadOnlyList<Holder>> AllAsync(SyncKey sync, string target, CancellationToken ct) => AskAsync(All, sync, target, "[]", ct);

    private Task<IReadOnlyList<Holder>> AskAsync(string sql, SyncKey sync, string target, string keys, CancellationToken ct) => database.ReadAsync(
        async connection => (IReadOnlyList<Holder>)[.. (await connection.QueryAsync<HolderColumns>(
                sql, new { sync.Tenant, sync.Namespace, sync.Flow, Target = target, Keys = keys }))
            .Select(r => new Holder(r.Sync, r.Task, new ResourceKey(ResourceKinds.OfWord(r.Kind), r.ObjectNamespace, r.ObjectId), r.Path, r.Source, r.Likeness))],
        ct);

    private sealed class HolderColumns : SyncColumns
    {
        public string Task { get; init; } = "";
        public string Kind { get; init; } = "";
        public string ObjectNamespace { get; init; } = "";
        public string ObjectId { get; init; } = "";
        public string Path { get; init; } = "";
        public string Likeness { get; init; } = "";
        public string? Source { get; init; }
    }
}
