using KestraGitHub.Reconciliation;

namespace KestraGitHub.Kestra;

/// <summary>Kestra as one side of a sync, for one task: flows of a namespace (or its tree), the files of one namespace, or the objects of another kind.</summary>
internal sealed class KestraResourceStore : IResourceStore
{
    private readonly IResourceStore _kind;

    /// <param name="sha256">True where the repository names its objects by SHA-256, so that digests of both sides compare.</param>
    /// <exception cref="KestraException">Files of more than one namespace are asked for.</exception>
    public KestraResourceStore(KestraServer server, Scope scope, bool sha256, KestraStoreOptions? options = null)
    {
        options ??= KestraStoreOptions.Default;
        Server = server;
        _kind = scope.Kind switch
        {
            ResourceKind.Flow => new KestraFlows(server, scope, sha256, options),
            ResourceKind.NamespaceFile when !scope.IncludeChildren => new KestraFiles(server, scope, sha256, options),
            ResourceKind.Dashboard or ResourceKind.App or ResourceKind.UnitTest => new KestraObjects(server, scope, sha256),
            _ => throw new KestraException(KestraFailureKind.Unsupported, "files are read of one namespace at a time"),
        };
    }

    public KestraServer Server { get; }

    /// <summary>Requests sent so far.</summary>
    public int Calls => Server.Calls;

    public Task<bool> HasMovedAsync(string cursor, CancellationToken ct) => _kind.HasMovedAsync(cursor, ct);

    public Task<ResourceSet> ReadAsync(KnownState known, CancellationToken ct) => _kind.ReadAsync(known, ct);

    public Task<Stream> OpenAsync(Resource resource, CancellationToken ct) => _kind.OpenAsync(resource, ct);

    public Task<IReadOnlyList<Objection>> CheckAsync(SyncPlan plan, IResourceStore source, CancellationToken ct) =>
        _kind.CheckAsync(plan, source, ct);

    public Task<ApplyResult> ApplyAsync(SyncPlan plan, IResourceStore source, IApplyGuard guard, CancellationToken ct) =>
        _kind.ApplyAsync(plan, source, guard, ct);
}
