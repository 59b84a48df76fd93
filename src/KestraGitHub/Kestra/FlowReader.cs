using System.Globalization;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Kestra;

/// <summary>What a reading found.</summary>
/// <param name="Existing">Proof of each flow, for writing.</param>
/// <param name="Cursor">Seen before the rest was read, so that whatever moved meanwhile shows up later.</param>
internal sealed record FlowReading(ResourceSet Set, IReadOnlyDictionary<ResourceKey, ExistingFlow> Existing, FlowCursor? Cursor);

/// <summary>Reads the flows of one scope with as few calls as their state allows: one when nothing moved, two for all of them.</summary>
internal sealed class FlowReader(KestraServer server, Scope scope, bool sha256, Func<IEnumerable<ResourceKey>>? only)
{
    /// <summary>A whole export costs the server as much as ten to twelve single reads (kestra-api.md 11.6).</summary>
    private const int MostSingleReads = 10;
    private const int MovedPage = 50;
    private const int Page = 1000;
    private const int Tries = 3;

    private KestraClient Client => server.Client;

    public static string Text(int? revision) => revision?.ToString(CultureInfo.InvariantCulture) ?? "";

    public Resource Resource(StoredFlow flow) => Resource(flow.Key, flow.Source, Text(flow.Revision));

    public async Task<bool> HasMovedAsync(string cursor, CancellationToken ct) =>
        FlowCursor.Parse(cursor) is not { } then || FlowCursor.Of(server.Uuid, await Client.SearchNewestAsync(scope, 1, 1, ct)) != then;

    public async Task<FlowReading> ReadAsync(KnownState known, CancellationToken ct)
    {
        if (only is not null) return await NamedAsync(only(), ct);
        var newest = await Client.SearchNewestAsync(scope, 1, 1, ct);
        if (FlowCursor.Parse(known.Cursor) is { } then && FlowCursor.Of(server.Uuid, newest) is { } now && now.Server == then.Server)
        {
            List<InventoryEntry> entries = [.. known.Inventory.Entries.Values.Where(e => scope.Contains(e.Key))];
            if (Client.Unmoved(now, then, entries) is { } existing) return Rebuilt(entries, existing, [], now);
            if (now != then && await MovedAsync(then, entries, ct) is { } patched) return patched;
        }

        return await WholeAsync(newest, ct);
    }

    /// <summary>No cursor: what else moves in the namespace is nothing to a task that names its flows.</summary>
    private async Task<FlowReading> NamedAsync(IEnumerable<ResourceKey> keys, CancellationToken ct)
    {
        var flows = new List<StoredFlow>();
        foreach (var key in keys)
            if (await Client.FindFlowAsync(key, ct) is { } flow) flows.Add(flow);
        return new FlowReading(new ResourceSet("", flows.ToDictionary(f => f.Key, Resource), []), flows.ToDictionary(f => f.Key, f => f.Existing), null);
    }

    /// <summary>Only what moved since <paramref name="then"/>; null when that cannot be told, or is dearer than reading everything.</summary>
    private async Task<FlowReading?> MovedAsync(FlowCursor then, List<InventoryEntry> entries, CancellationToken ct)
    {
        var page = await Client.SearchNewestAsync(scope, 1, MovedPage, ct);
        var rows = page.Results!;
        var reachesBack = rows.Count < MovedPage || FlowCursor.Compare(rows[^1].Updated, then.Updated) < 0;
        if (FlowCursor.Of(server.Uuid, page) is not { } now || !reachesBack || rows.Any(r => r.Updated is null)) return null;

        var versions = entries.ToDictionary(e => e.Key, e => e.TargetVersion);
        var moved = rows.Where(r => r.Deleted != true && HasMoved(r)).Select(r => r.Key).ToHashSet();
        if (moved.Count > MostSingleReads || Client.UnmovedBeside(page, moved, entries) is not { } existing) return null;

        var fresh = new List<StoredFlow>();
        foreach (var key in moved)
        {
            if (await Client.FindFlowAsync(key, ct) is not { } flow) return null;
            fresh.Add(flow);
        }

        return Rebuilt([.. entries.Where(e => !moved.Contains(e.Key))], existing, fresh, now);

        bool HasMoved(FlowRow row) => FlowCursor.Compare(row.Updated, then.Updated) switch
        {
            > 0 => true,
            0 => !then.Names(row) && versions.GetValueOrDefault(row.Key) != Text(row.Revision), // written in the same instant, perhaps unseen
            _ => false,
        };
    }

    private FlowReading Rebuilt(
        List<InventoryEntry> entries, IReadOnlyDictionary<ResourceKey, ExistingFlow> existing, List<StoredFlow> fresh, FlowCursor cursor)
    {
        var resources = entries.ToDictionary(e => e.Key, e => new Resource(e.Key, "", e.Digest, e.Likeness, e.TargetVersion, e.Size));
        var proofs = existing.ToDictionary();
        foreach (var flow in fresh) (resources[flow.Key], proofs[flow.Key]) = (Resource(flow), flow.Existing);
        return new FlowReading(new ResourceSet(cursor.ToString(), resources, []), proofs, cursor);
    }

    private async Task<FlowReading> WholeAsync(FlowPage newest, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            IReadOnlyList<ExportedFlow> flows;
            try
            {
                flows = await Client.ExportFlowsAsync(scope, ct);
            }
            catch (KestraException e) when (e.Kind == KestraFailureKind.Internal)
            {
                // Two flows whose names make one entry name break every export that holds both [kestra-api.md 2.2, 11.4].
                flows = await OneByOneAsync(ct);
            }

            if (flows.Count >= newest.Total) return await WholeAsync(flows, FlowCursor.Of(server.Uuid, newest), ct);
            var total = newest.Total;
            newest = await Client.SearchNewestAsync(scope, 1, 1, ct); // Was something deleted in between?
            if (attempt < Tries && (newest.Total <= flows.Count || newest.Total != total)) continue;
            throw new KestraException(
                KestraFailureKind.Unreadable,
                $"the export of {scope.Place} holds {flows.Count} of {newest.Total} flows; none of them is taken for missing");
        }
    }

    private async Task<FlowReading> WholeAsync(IReadOnlyList<ExportedFlow> flows, FlowCursor? cursor, CancellationToken ct)
    {
        var (resources, existing) = (new Dictionary<ResourceKey, Resource>(), new Dictionary<ResourceKey, ExistingFlow>());
        foreach (var flow in flows)
        {
            if (flow.Existing is not { } proof) continue;
            var revision = cursor is { } c && c.Namespace == proof.Key.Namespace && c.Id == proof.Key.Id ? c.Revision : proof.Revision;
            if (!resources.TryAdd(proof.Key, Resource(proof.Key, flow.Source, Text(revision))))
                throw new KestraException(KestraFailureKind.Unreadable, $"the server answered with {proof.Key} twice");
            existing[proof.Key] = proof;
        }

        var broken = flows.Where(f => f.Existing is null).ToList();
        var problems = broken.Count == 0 ? [] : await ProblemsAsync(broken, existing.Keys, ct);
        return new FlowReading(new ResourceSet(cursor?.ToString() ?? "", resources, problems), existing, cursor);
    }

    // A flow whose source does not say whose it is may be any of those that the search names and the export does not.
    private async Task<IReadOnlyList<ReadProblem>> ProblemsAsync(
        List<ExportedFlow> broken, IReadOnlyCollection<ResourceKey> known, CancellationToken ct)
    {
        ResourceKey[] shields = [.. (await KeysAsync(ct)).Where(k => !known.Contains(k))];
        return
        [
            .. broken.Select(b => new ReadProblem(
                ProblemKind.Invalid, ResourceKind.Flow, "", scope.Namespace,
                $"Kestra holds a flow that cannot be read ('{KestraText.OneLine(b.Entry, 120)}'): {b.Problem}", shields, shields.Length == 0)),
        ];
    }

    private async Task<IReadOnlyList<ExportedFlow>> OneByOneAsync(CancellationToken ct)
    {
        var flows = new List<ExportedFlow>();
        foreach (var key in await KeysAsync(ct))
        {
            if (await Client.FindFlowAsync(key, ct) is { } flow) flows.Add(new ExportedFlow(key.ToString(), flow.Source, flow.Existing, null));
        }

        return flows;
    }

    private async Task<IReadOnlyCollection<ResourceKey>> KeysAsync(CancellationToken ct)
    {
        var keys = new HashSet<ResourceKey>();
        for (var page = 1; ; page++)
        {
            var found = await Client.SearchNewestAsync(scope, page, Page, ct);
            keys.UnionWith(found.Results!.Where(r => r.Deleted != true).Select(r => r.Key));
            if (found.Results!.Count < Page) return keys;
        }
    }

    private Resource Resource(ResourceKey key, ReadOnlyMemory<byte> source, string version) =>
        new(key, "", BlobHash.Of(source.Span, sha256), FlowLikeness.Of(source.Span), version, source.Length, source);
}
