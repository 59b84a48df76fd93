using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Kestra;

internal sealed partial class KestraClient
{
    private const long LargestFlow = 64L * 1024 * 1024;

    /// <summary>Who was written last in <paramref name="scope"/>, newest first, and how many there are.</summary>
    /// <param name="scope">Null for the whole tenant.</param>
    public async Task<FlowPage> SearchNewestAsync(Scope? scope, int page, int size, CancellationToken ct)
    {
        var query = string.Create(CultureInfo.InvariantCulture, $"page={page}&size={size}&sort=updated%3Adesc");
        var request = Get($"{_tenant}/flows/search", scope is null or { IsTenant: true } ? query : $"{query}&{Filter(scope)}");
        var found = await http.ReadAsync(request, a => a.ReadJsonAsync<FlowPage>(), ct);
        if (found is not { Results: { } rows, Total: >= 0 })
            throw Fault(KestraFailureKind.Unreadable, request, "the answer has no results or no total");
        foreach (var row in rows) Refuse(row.Key, scope, request);
        return found;
    }

    /// <summary>Every flow of <paramref name="scope"/> with its source, in one call.</summary>
    public async Task<IReadOnlyList<ExportedFlow>> ExportFlowsAsync(Scope scope, CancellationToken ct)
    {
        var request = Get($"{_tenant}/flows/export/by-query", Filter(scope), KestraRequest.Bytes);
        var seen = http.Time.GetUtcNow();
        return await http.ReadAsync(request, async answer =>
        {
            await using var file = TemporaryFile.Create();
            await answer.CopyToAsync(file, KestraZip.Largest);
            var flows = new List<ExportedFlow>();
            await ReadZipAsync(answer, file, async (name, content, size) =>
            {
                if (size > LargestFlow) throw answer.Unreadable($"'{KestraText.OneLine(name, 80)}' is too large for a flow");
                var source = await KestraZip.BytesAsync(content, size, ct);
                var identity = FlowIdentity.Of(Encoding.UTF8.GetString(source));
                var key = new ResourceKey(ResourceKind.Flow, identity.Namespace ?? "", identity.Id ?? "");
                if (identity.Problem is null) Refuse(key, scope, request);
                var proof = identity.Problem is null ? new Seen(key, null, BlobHash.Of(source), seen) : null;
                flows.Add(new ExportedFlow(name, source, proof, identity.Problem));
            }, ct);
            return (IReadOnlyList<ExportedFlow>)flows;
        }, ct);
    }

    /// <summary>Null when the server itself says that it is absent.</summary>
    public async Task<StoredFlow?> FindFlowAsync(ResourceKey key, CancellationToken ct)
    {
        try
        {
            var seen = http.Time.GetUtcNow();
            var request = Get(Flow(key), "source=true");
            var body = await http.ReadAsync(request, a => a.ReadJsonAsync<FlowBody>(), ct);
            if (body.Deleted == true) return null;
            if (body.Source is not { } source) throw Fault(KestraFailureKind.Unreadable, request, "the answer has no source");
            var bytes = Encoding.UTF8.GetBytes(source);
            return new StoredFlow(key, body.Revision, bytes, new Seen(key, body.Revision, BlobHash.Of(bytes), seen));
        }
        catch (KestraException e) when (e.Kind == KestraFailureKind.NotFound)
        {
            return null;
        }
    }

    /// <summary>Proof by cursor: <paramref name="newest"/> is what the server says now, and nothing moved since <paramref name="known"/>.</summary>
    /// <returns>Null when something moved.</returns>
    public IReadOnlyDictionary<ResourceKey, ExistingFlow>? Unmoved(FlowCursor newest, FlowCursor known, IEnumerable<InventoryEntry> entries)
    {
        // As many flows as the server counts, or one of the entries may be of a flow that is not there.
        if (newest != known) return null;
        var all = Still(entries);
        return all.Count == known.Total ? all : null;
    }

    /// <summary>The same where some moved: <paramref name="entries"/> are those that the server did not name as moved while its total fits.</summary>
    public IReadOnlyDictionary<ResourceKey, ExistingFlow>? UnmovedBeside(
        FlowPage now, IReadOnlyCollection<ResourceKey> moved, IReadOnlyCollection<InventoryEntry> entries)
    {
        var all = Still(entries.Where(e => !moved.Contains(e.Key)));
        return all.Count + moved.Count == now.Total ? all : null;
    }

    /// <summary>What the server has against each source, in order; null = nothing. Nothing is written.</summary>
    public async Task<IReadOnlyList<string?>> ValidateFlowsAsync(IReadOnlyList<ReadOnlyMemory<byte>> sources, CancellationToken ct)
    {
        // The only body a server takes is limited to 128 parts [11.5]; a part with another name would be answered by an empty list.
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sources.Count, 100);
        var request = new KestraRequest(
            HttpMethod.Post, $"{_tenant}/flows/validate", "", KestraRequest.Json,
            KestraTimings.WithBody(http.Timings.Read, sources.Sum(s => (long)s.Length)),
            () => Form("flows", sources.Select((s, i) => (string.Create(CultureInfo.InvariantCulture, $"{i}.yml"), (HttpContent)Yaml(s)))));
        // It only reads, so it may be sent again like any read.
        var rows = await http.ReadAsync(request, a => a.ReadJsonAsync<List<ValidationRow>>(), ct);
        var reasons = new string?[sources.Count];
        var told = new bool[sources.Count];
        foreach (var row in rows)
        {
            if (row?.Index is not { } index || index < 0 || index >= sources.Count || told[index])
                throw Fault(KestraFailureKind.Unreadable, request, "the rows of the validation are not those of the flows sent");
            told[index] = true;
            reasons[index] = string.IsNullOrWhiteSpace(row.Constraints) ? null : ValidationText.Of(row.Constraints);
        }

        if (rows.Count != sources.Count)
            throw Fault(KestraFailureKind.Unreadable, request, $"{sources.Count} flows were sent to be validated, {rows.Count} rows came back");
        return reasons;
    }

    private Dictionary<ResourceKey, ExistingFlow> Still(IEnumerable<InventoryEntry> entries)
    {
        var now = http.Time.GetUtcNow();
        return entries.Where(e => e.Key.Kind == ResourceKind.Flow).ToDictionary(e => e.Key, e => (ExistingFlow)new Seen(
            e.Key, int.TryParse(e.TargetVersion, NumberStyles.None, CultureInfo.InvariantCulture, out var revision) ? revision : null, null, now));
    }

    // An unknown operation, or a parameter's name of another version, is ignored and everything is returned (kestra-api.md 2.2, 11.1).
    private void Refuse(ResourceKey key, Scope? scope, KestraRequest request)
    {
        if (scope is not null && !scope.Contains(key))
            throw Fault(
                KestraFailureKind.Unreadable, request,
                $"the server answered with {key}, which was not asked for: it does not honour the filter on namespace {scope.Place}");
    }

    private static string Filter(Scope scope) =>
        scope.IsTenant ? "" : $"filters%5Bnamespace%5D%5B{(scope.IncludeChildren ? "PREFIX" : "EQUALS")}%5D={Uri.EscapeDataString(scope.Namespace)}";

    private static async Task ReadZipAsync(KestraAnswer answer, Stream file, Func<string, Stream, long, Task> each, CancellationToken ct)
    {
        try
        {
            file.Position = 0;
            await KestraZip.ReadAsync(file, each, ct);
        }
        catch (KestraZip.TooLargeException e)
        {
            throw answer.TooLarge(e.Message);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw answer.Unreadable($"the export is no whole ZIP: {e.Message}", inner: e);
        }
    }

    private static ReadOnlyMemoryContent Yaml(ReadOnlyMemory<byte> source) =>
        new(source) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-yaml") } };

    private sealed class Seen(ResourceKey key, int? revision, string? digest, DateTimeOffset seen) : ExistingFlow(key, revision, digest, seen);
}
