using System.Text.Json;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Kestra;

/// <summary>Several kinds of objects as one side of a sync: read and checked one after the other, written kind by kind, and deleted in reverse after every write.</summary>
internal sealed class KestraWhole(KestraServer server, IReadOnlyDictionary<ResourceKind, IResourceStore> kinds) : IResourceStore
{
    public async Task<bool> HasMovedAsync(string cursor, CancellationToken ct)
    {
        var cursors = Split(cursor);
        // The dearest question is asked last: most often a cheap one answers for all.
        foreach (var (kind, store) in kinds.OrderByDescending(k => k.Key))
            if (!cursors.TryGetValue(kind.Word(), out var then) || await store.HasMovedAsync(then, ct)) return true;
        return false;
    }

    public async Task<ResourceSet> ReadAsync(KnownState known, CancellationToken ct)
    {
        var (resources, problems, cursors) = (new Dictionary<ResourceKey, Resource>(), new List<ReadProblem>(), new Dictionary<string, string>());
        var (then, unsupported) = (Split(known.Cursor), new Dictionary<ResourceKind, string>());
        foreach (var (kind, store) in InOrder())
        {
            var part = await store.ReadAsync(known with { Cursor = then.GetValueOrDefault(kind.Word()) }, ct);
            foreach (var (key, resource) in part.Resources) resources.Add(key, resource);
            problems.AddRange(part.Problems);
            foreach (var (lacking, reason) in part.Unsupported) unsupported.Add(lacking, reason);
            cursors[kind.Word()] = part.Revision;
        }

        return new ResourceSet(Joined(cursors), resources, problems) { Unsupported = unsupported };
    }

    public Task<Stream> OpenAsync(Resource resource, CancellationToken ct) => kinds[resource.Key.Kind].OpenAsync(resource, ct);

    public async Task<IReadOnlyList<Objection>> CheckAsync(SyncPlan plan, IResourceStore source, CancellationToken ct)
    {
        var objections = plan.Writes.Where(c => !kinds.ContainsKey(c.Key.Kind)).Select(c => new Objection(c.Key, $"a {c.Key.Kind.Word()} is no part of this task")).ToList();
        foreach (var (kind, store) in InOrder())
            if (Part(plan, kind) is { } part) objections.AddRange(await store.CheckAsync(part, source, ct));
        return objections;
    }

    public async Task<ApplyResult> ApplyAsync(SyncPlan plan, IResourceStore source, IApplyGuard guard, CancellationToken ct)
    {
        var first = MakingRoom(plan);
        var (done, cursors) = (new List<AppliedChange>(), new Dictionary<string, string>());
        var failure = await MakeNamespacesAsync();
        foreach (var (kind, store) in InOrder()) await GoOnAsync(kind, store, c => c.Action != ChangeAction.Deleted || first.Contains(c.Key));
        foreach (var (kind, store) in InOrder().Reverse()) await GoOnAsync(kind, store, c => c.Action == ChangeAction.Deleted && !first.Contains(c.Key));
        return new ApplyResult(done, failure is null ? Joined(cursors) : null, failure);

        async Task<ApplyFailure?> MakeNamespacesAsync()
        {
            try
            {
                await NewNamespaces.MakeAsync(server, plan, guard, ct);
                return null;
            }
            catch (Exception e)
            {
                return new ApplyFailure(null, e); // nothing was done yet, and the report says why
            }
        }

        async Task GoOnAsync(ResourceKind kind, IResourceStore store, Func<Change, bool> which)
        {
            if (failure is not null) return;
            var result = await store.ApplyAsync(plan with { Changes = [.. plan.Writes.Where(c => c.Key.Kind == kind && which(c))] }, source, guard, ct);
            done.AddRange(result.Done);
            cursors[kind.Word()] = result.Cursor ?? "";
            failure = result.Failure;
        }
    }

    /// <summary>A file that lies where a folder must go, or the other way round, is deleted before the upload.</summary>
    private static HashSet<ResourceKey> MakingRoom(SyncPlan plan)
    {
        var written = plan.Writes.Where(c => c.Action != ChangeAction.Deleted && c.Key.Kind == ResourceKind.NamespaceFile).ToLookup(c => c.Key.Namespace);
        return
        [
            .. plan.Writes.Where(c => c.Action == ChangeAction.Deleted && c.Key.Kind == ResourceKind.NamespaceFile
                && written[c.Key.Namespace].Any(w => KestraFiles.Block(c.Key.Id, w.Key.Id))).Select(c => c.Key),
        ];
    }

    private IEnumerable<KeyValuePair<ResourceKind, IResourceStore>> InOrder() => kinds.OrderBy(k => k.Key);

    /// <summary>Null where it has nothing of the kind.</summary>
    private static SyncPlan? Part(SyncPlan plan, ResourceKind kind) =>
        plan.Writes.Where(c => c.Key.Kind == kind).ToList() is { Count: > 0 } changes ? plan with { Changes = changes } : null;

    private static string Joined(Dictionary<string, string> cursors) =>
        cursors.Values.Any(c => c.Length > 0) ? JsonSerializer.Serialize(cursors.Where(c => c.Value.Length > 0).ToDictionary()) : "";

    private static Dictionary<string, string> Split(string? cursor)
    {
        if (string.IsNullOrEmpty(cursor)) return [];
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, string>>(cursor) ?? [];
        }
        catch (JsonException)
        {
            return []; // another version of this program wrote it: read everything
        }
    }
}
