using System.Text;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Kestra;

/// <summary>One dashboard, app or unit test as the server holds it.</summary>
/// <param name="Address">What names it in an address.</param>
internal sealed record StoredObject(ResourceKey Key, string Address, ReadOnlyMemory<byte> Source, string Version);

/// <summary>What a reading found.</summary>
internal sealed record ObjectReading(ResourceSet Set, IReadOnlyDictionary<ResourceKey, string> Addresses);

/// <summary>Reads the objects of one kind: the list, and each source that the list does not bring.</summary>
internal sealed class ObjectReader(KestraServer server, ObjectRoutes routes, Scope scope, bool sha256)
{
    private const int FewSingleReads = 3;
    private const int ExportBatch = 200;

    public async Task<ObjectReading> ReadAsync(Inventory known, CancellationToken ct)
    {
        var (resources, addresses, problems) = (new Dictionary<ResourceKey, Resource>(), new Dictionary<ResourceKey, string>(), new List<ReadProblem>());
        var rows = await server.Client.ListObjectsAsync(routes, ct);
        List<ObjectRow> inScope = [.. rows.Where(r => r.Deleted != true && scope.Contains(KeyOf(r)))];
        var exported = await ExportedAsync([.. inScope.Where(r => r.Text is null && Known(KeyOf(r), r, known) is null)], ct);
        foreach (var row in inScope)
        {
            var listed = KeyOf(row);
            if (routes.AddressOf(row) is not { } address) throw Nameless();
            if (Known(listed, row, known) is { } same)
            {
                (resources[listed], addresses[listed]) = (same, address);
                continue;
            }

            // A list may come without sources, and with one from before ids stood in them (kestra-api.md section 4).
            var (source, problem) = await SourceAsync(row.Text is null && exported.TryGetValue(listed, out var text) ? row with { Source = text } : row, listed, address, ct);
            if (source is null && problem is null) continue; // deleted since it was listed
            if (problem is not null) problems.Add(Problem(listed, problem));
            else if (resources.TryAdd(listed, Resource(new StoredObject(listed, address, source!.Value, row.Updated ?? "")))) addresses[listed] = address;
            else problems.Add(Problem(listed, "the server holds it twice; delete one of them there"));
        }

        foreach (var twice in problems.SelectMany(p => p.Shields)) resources.Remove(twice);
        return new ObjectReading(new ResourceSet(CursorOf(rows), resources, problems), addresses);
    }

    /// <summary>Equal texts: nothing of the list was written in between.</summary>
    public async Task<string> CursorAsync(CancellationToken ct) => CursorOf(await server.Client.ListObjectsAsync(routes, ct));

    private string CursorOf(IEnumerable<ObjectRow> rows) => BlobHash.Of(Encoding.UTF8.GetBytes(string.Join('\n', rows
        .Where(r => r.Deleted != true).Select(r => $"{KeyOf(r)} {routes.AddressOf(r)} {r.Updated} {r.Text}").Order(StringComparer.Ordinal))));

    /// <summary>What the server holds under <paramref name="key"/> now; null when nothing.</summary>
    /// <param name="address">Null where it is not known: then it is looked for in the list.</param>
    public async Task<StoredObject?> FindAsync(ResourceKey key, string? address, CancellationToken ct)
    {
        address ??= key.Kind == ResourceKind.App
            ? (await server.Client.ListObjectsAsync(routes, ct)).Where(r => KeyOf(r) == key).Select(routes.AddressOf).FirstOrDefault()
            : routes.AddressOf(new ObjectRow(null, key.Namespace, key.Id, null, null, null, null));
        if (address is null || await server.Client.FindObjectAsync(routes, address, ct) is not { } row) return null;
        return row.Text is { } text ? Stored(key, row, text) : throw Nameless();
    }

    public StoredObject Stored(ResourceKey key, ObjectRow row, string text) =>
        new(key, routes.AddressOf(Named(row, key)) ?? throw Nameless(), Encoding.UTF8.GetBytes(text), row.Updated ?? "");

    public Resource Resource(StoredObject held) => new(
        held.Key, "", BlobHash.Of(held.Source.Span, sha256), SourceLikeness.Of(held.Key.Kind, held.Source), held.Version, held.Source.Length, held.Source);

    /// <summary>What a source says it is; the reason where it does not say it, or says something else.</summary>
    public static string? Fault(ResourceKey key, ReadOnlyMemory<byte> source)
    {
        var identity = FlowIdentity.Of(Encoding.UTF8.GetString(source.Span));
        if (identity.Id is null) return identity.Problem;
        var ns = key.Kind == ResourceKind.Dashboard ? "" : identity.Namespace;
        return (ns, identity.Id) == (key.Namespace, key.Id) ? identity.Peculiarity
            : $"its source says {KestraText.OneLine($"{ns}/{identity.Id}", 260)}, and Kestra goes by the source";
    }

    /// <summary>The sources of many in one call, by what each says it is. What is missing in it is read by itself.</summary>
    private async Task<IReadOnlyDictionary<ResourceKey, string>> ExportedAsync(List<ObjectRow> rows, CancellationToken ct)
    {
        var found = new Dictionary<ResourceKey, string>();
        if (!routes.Exports || rows.Count <= FewSingleReads) return found;
        try
        {
            foreach (var part in rows.Select(r => r.Uid).OfType<string>().Chunk(ExportBatch))
            foreach (var source in await server.Client.ExportObjectsAsync(routes, part, ct))
            {
                var identity = FlowIdentity.Of(source);
                if (identity.Problem is null) found[new ResourceKey(routes.Kind, identity.Namespace!, identity.Id!)] = source;
            }
        }
        catch (KestraException e) when (e.Kind is KestraFailureKind.Internal or KestraFailureKind.TooLarge or KestraFailureKind.NotFound or KestraFailureKind.RouteMissing)
        {
            // One of them was deleted meanwhile, or two have names that meet in the ZIP: each is read by itself.
        }

        return found;
    }

    private async Task<(ReadOnlyMemory<byte>? Source, string? Problem)> SourceAsync(ObjectRow row, ResourceKey key, string address, CancellationToken ct)
    {
        if (row.Text is { } text && Fault(key, Encoding.UTF8.GetBytes(text)) is null) return (Encoding.UTF8.GetBytes(text), null);
        if (await server.Client.FindObjectAsync(routes, address, ct) is not { } found) return (null, null);
        if (found.Text is not { } whole) return (null, "the server does not say its source");
        var bytes = Encoding.UTF8.GetBytes(whole);
        return Fault(key, bytes) is { } fault ? (null, fault) : (bytes, null);
    }

    /// <summary>Not read again where the server says that nothing wrote it since the last run. A dashboard's text is needed to be made a file of.</summary>
    private static Resource? Known(ResourceKey key, ObjectRow row, Inventory known) =>
        key.Kind != ResourceKind.Dashboard && row is { Text: null, Updated: { Length: > 0 } updated } && known.Entries.GetValueOrDefault(key) is { } entry && entry.TargetVersion == updated
            ? new Resource(key, "", entry.Digest, entry.Likeness, entry.TargetVersion, entry.Size)
            : null;

    private static ReadProblem Problem(ResourceKey key, string reason) =>
        new(ProblemKind.Invalid, key.Kind, "", key.Namespace, $"Kestra holds a {key.Kind.Word()} '{KestraText.OneLine(key.Id, 120)}' that cannot be read: {reason}", [key]);

    private ResourceKey KeyOf(ObjectRow row) => new(routes.Kind, routes.Kind == ResourceKind.Dashboard ? "" : row.Namespace ?? "", row.Id ?? "");

    private static ObjectRow Named(ObjectRow row, ResourceKey key) => row with { Namespace = row.Namespace ?? key.Namespace, Id = row.Id ?? key.Id };

    private KestraException Nameless() => new(KestraFailureKind.Unreadable, $"the server answered with a {routes.Kind.Word()} that has no name or no source");
}
