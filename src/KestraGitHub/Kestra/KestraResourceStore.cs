using KestraGitHub.Reconciliation;

namespace KestraGitHub.Kestra;

/// <summary>Kestra as one side of a sync, for one task: the objects of one kind, or of several kinds that are read, checked and written together.</summary>
internal sealed class KestraResourceStore : IResourceStore
{
    private readonly IResourceStore _kinds;

    /// <param name="sha256">True where the repository names its objects by SHA-256, so that digests of both sides compare.</param>
    public KestraResourceStore(KestraServer server, Scope scope, bool sha256, KestraStoreOptions? options = null)
    {
        options ??= KestraStoreOptions.Default;
        Server = server;
        var parts = scope.Kinds.ToDictionary(kind => kind, kind => StoreOf(kind, server, scope.Only(kind), sha256, options, alone: scope.Kinds.Count() == 1));
        _kinds = parts is { Count: 1 } ? parts.Values.Single() : new KestraWhole(server, parts);
    }

    public KestraServer Server { get; }

    /// <summary>Requests sent so far.</summary>
    public int Calls => Server.Calls;

    public Task<bool> HasMovedAsync(string cursor, CancellationToken ct) => _kinds.HasMovedAsync(cursor, ct);

    public Task<ResourceSet> ReadAsync(KnownState known, CancellationToken ct) =>
        _kinds.ReadAsync(known with { Inventory = known.Inventory.Held }, ct);

    public Task<Stream> OpenAsync(Resource resource, CancellationToken ct) => _kinds.OpenAsync(resource, ct);

    public Task<IReadOnlyList<Objection>> CheckAsync(SyncPlan plan, IResourceStore source, CancellationToken ct) =>
        _kinds.CheckAsync(plan, source, ct);

    public Task<ApplyResult> ApplyAsync(SyncPlan plan, IResourceStore source, IApplyGuard guard, CancellationToken ct) =>
        _kinds.ApplyAsync(plan, source, guard, ct);

    private static IResourceStore StoreOf(ResourceKind kind, KestraServer server, Scope scope, bool sha256, KestraStoreOptions options, bool alone) => kind switch
    {
        ResourceKind.Flow => new KestraFlows(server, scope, sha256, options),
        ResourceKind.NamespaceFile when alone && !scope.IncludeChildren => new KestraFiles(server, scope, sha256, options),
        ResourceKind.NamespaceFile => new KestraFileTree(server, scope, sha256, options),
        _ => new KestraObjects(server, scope, sha256),
    };
}
