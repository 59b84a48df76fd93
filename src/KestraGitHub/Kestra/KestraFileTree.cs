using System.Collections.Concurrent;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Kestra;

/// <summary>The files of many namespaces: of one and those below it, or of the whole tenant.</summary>
internal sealed class KestraFileTree(KestraServer server, Scope scope, bool sha256, KestraStoreOptions options) : IResourceStore
{
    private const int NamespacesAtOnce = 4;

    private readonly ConcurrentDictionary<string, KestraFiles> _namespaces = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<string, (string Digest, long Size)>> _held = new(StringComparer.Ordinal);

    /// <summary>
    /// One call for each namespace, whose answer a reading right after it takes over. Where that one call would be a large one, or anything is in doubt,
    /// it is not asked, and the answer is yes.
    /// </summary>
    public async Task<bool> HasMovedAsync(string cursor, CancellationToken ct)
    {
        if (FileCursor.Parse(cursor) is not { } then || then.Values.Any(n => !FileReader.IsSmall(n.Count, n.Bytes))) return true;
        var moved = false;
        await Parallel.ForEachAsync(await NamesAsync(then.Keys, ct), AtOnce(ct), async (ns, stop) =>
        {
            if (Volatile.Read(ref moved)) return;
            var now = await FilesOf(ns).LookAsync(stop);
            if (now is null || now != (then.GetValueOrDefault(ns) ?? FileSum.Of([]))) Volatile.Write(ref moved, true);
        });
        return moved;
    }

    public async Task<ResourceSet> ReadAsync(KnownState known, CancellationToken ct)
    {
        var entries = known.Inventory.Entries.Values.Where(e => scope.Contains(e.Key)).ToLookup(e => e.Key.Namespace);
        var read = new ConcurrentDictionary<string, ResourceSet>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(await NamesAsync(entries.Select(e => e.Key), ct), AtOnce(ct), async (ns, stop) =>
            read[ns] = await FilesOf(ns).ReadAsync(new KnownState(new Inventory(entries[ns].ToDictionary(e => e.Key)), null), stop));
        _held.Clear();
        foreach (var (ns, set) in read) _held[ns] = set.Resources.Values.ToDictionary(r => r.Key.Id, r => (r.Digest, r.Size), StringComparer.Ordinal);
        return new ResourceSet(Cursor(), read.Values.SelectMany(r => r.Resources).ToDictionary(), [.. read.Values.SelectMany(r => r.Problems)]);
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

        foreach (var (change, now) in done)
        {
            if (!_held.TryGetValue(change.Key.Namespace, out var files)) _held[change.Key.Namespace] = files = new(StringComparer.Ordinal);
            if (now is null) files.Remove(change.Key.Id);
            else files[change.Key.Id] = (now.Digest, now.Size);
        }

        return new ApplyResult(done, Cursor(), null);
    }

    private static IEnumerable<IGrouping<string, Change>> PartsOf(SyncPlan plan) => plan.Writes.GroupBy(c => c.Key.Namespace, StringComparer.Ordinal);

    private static ParallelOptions AtOnce(CancellationToken ct) => new() { MaxDegreeOfParallelism = NamespacesAtOnce, CancellationToken = ct };

    /// <summary>
    /// The server does not list a namespace that has files and no flow (kestra-api.md, section 6): those that Git or the last run name are looked into too.
    /// </summary>
    private async Task<HashSet<string>> NamesAsync(IEnumerable<string> known, CancellationToken ct)
    {
        if (!scope.IncludeChildren) return [scope.Namespace];
        return (await server.Client.ListNamespacesAsync(ct)).Concat(options.Namespaces?.Invoke() ?? []).Concat(known).Where(scope.ContainsNamespace)
            .Where(ns => ns.Length > 0).ToHashSet(StringComparer.Ordinal);
    }

    private KestraFiles FilesOf(string ns) => _namespaces.GetOrAdd(ns, name => new KestraFiles(server, scope.Only(ResourceKind.NamespaceFile, name), sha256, options));

    private string Cursor() => FileCursor.Text(_held.Select(n => KeyValuePair.Create(n.Key, FileSum.Of([.. n.Value.Select(f => (f.Key, f.Value.Digest, f.Value.Size))]))));
}
