using System.Collections.Concurrent;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Kestra;

/// <summary>The files of many namespaces: of one and those below it, or of the whole tenant.</summary>
internal sealed class KestraFileTree(KestraServer server, Scope scope, bool sha256, KestraStoreOptions options) : IResourceStore
{
    private const int NamespacesAtOnce = 4;

    private readonly ConcurrentDictionary<string, KestraFiles> _namespaces = new(StringComparer.Ordinal);

    /// <summary>Files have no such question: the listings themselves are the small calls.</summary>
    public Task<bool> HasMovedAsync(string cursor, CancellationToken ct) => Task.FromResult(true);

    public async Task<ResourceSet> ReadAsync(KnownState known, CancellationToken ct)
    {
        var entries = known.Inventory.Entries.Values.Where(e => scope.Contains(e.Key)).ToLookup(e => e.Key.Namespace);
        // The server does not list a namespace that has files and no flow (kestra-api.md, section 6): those that Git or the last run name are looked into too.
        var names = (await server.Client.ListNamespacesAsync(ct)).Concat(options.Namespaces?.Invoke() ?? []).Concat(entries.Select(e => e.Key))
            .Where(scope.ContainsNamespace).ToHashSet(StringComparer.Ordinal);
        var read = new ConcurrentBag<ResourceSet>();
        var atOnce = new ParallelOptions { MaxDegreeOfParallelism = NamespacesAtOnce, CancellationToken = ct };
        await Parallel.ForEachAsync(names, atOnce, async (ns, stop) =>
            read.Add(await FilesOf(ns).ReadAsync(new KnownState(new Inventory(entries[ns].ToDictionary(e => e.Key)), null), stop)));
        return new ResourceSet("", read.SelectMany(r => r.Resources).ToDictionary(), [.. read.SelectMany(r => r.Problems)]);
    }

    public Task<Stream> OpenAsync(Resource resource, CancellationToken ct) => FilesOf(resource.Key.Namespace).OpenAsync(resource, ct);

    public async Task<IReadOnlyList<Objection>> CheckAsync(SyncPlan plan, IResourceStore source, CancellationToken ct)
    {
        var objections = new List<Objection>();
        foreach (var part in PartsOf(plan)) objections.AddRange(await FilesOf(part.Key).CheckAsync(plan with { Changes = [.. part] }, source, ct));
        return objections;
    }

    public async Task<ApplyResult> ApplyAsync(SyncPlan plan, IResourceStore source, IApplyGuard guard, CancellationToken ct)
    {
        var done = new List<AppliedChange>();
        foreach (var part in PartsOf(plan))
        {
            var result = await FilesOf(part.Key).ApplyAsync(plan with { Changes = [.. part] }, source, guard, ct);
            done.AddRange(result.Done);
            if (result.Failure is not null) return new ApplyResult(done, null, result.Failure);
        }

        return new ApplyResult(done, null, null);
    }

    private static IEnumerable<IGrouping<string, Change>> PartsOf(SyncPlan plan) => plan.Writes.GroupBy(c => c.Key.Namespace, StringComparer.Ordinal);

    private KestraFiles FilesOf(string ns) => _namespaces.GetOrAdd(ns, name => new KestraFiles(server, scope.Only(ResourceKind.NamespaceFile, name), sha256, options));
}
