using System.Globalization;
using System.Text;
using System.Text.Json;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Kestra;

internal sealed partial class KestraClient
{
    private const int ObjectsPage = 200;

    /// <summary>All of them that the tenant has and these credentials may see. No filter: one that a server does not know it ignores without a word (11.1).</summary>
    public async Task<IReadOnlyList<ObjectRow>> ListObjectsAsync(ObjectRoutes routes, CancellationToken ct)
    {
        var rows = new List<ObjectRow>();
        for (var page = 1; ; page++)
        {
            var query = string.Create(CultureInfo.InvariantCulture, $"page={page}&size={ObjectsPage}");
            var request = Get($"{_tenant}/{routes.Search}", routes.Sort.Length == 0 ? query : $"{query}&sort={routes.Sort}");
            var found = await http.ReadAsync(request, a => a.ReadJsonAsync<ObjectPage>(), ct);
            if (found is not { Results: { } results, Total: { } total })
                throw Fault(KestraFailureKind.Unreadable, request, "the answer has no results or no total");
            rows.AddRange(results);
            if (results.Count == ObjectsPage) continue;
            // A page beyond the end says a total of 0 (11.4); pages without an order may give one twice and leave out another.
            rows = [.. rows.DistinctBy(routes.AddressOf)];
            return rows.Count >= total
                ? rows
                : throw Fault(KestraFailureKind.Unreadable, request, $"{rows.Count} of {total} came; none of the others is taken for missing");
        }
    }

    /// <summary>One with its source; null when the server itself says that it is absent.</summary>
    public async Task<ObjectRow?> FindObjectAsync(ObjectRoutes routes, string address, CancellationToken ct)
    {
        try
        {
            var row = await http.ReadAsync(Get($"{_tenant}/{routes.Base}/{address}", ""), a => a.ReadJsonAsync<ObjectRow>(), ct);
            return row.Deleted == true ? null : row;
        }
        catch (KestraException e) when (e.Kind == KestraFailureKind.NotFound)
        {
            return null;
        }
    }

    /// <summary>The sources of these, in one call and in any order.</summary>
    public async Task<IReadOnlyList<string>> ExportObjectsAsync(ObjectRoutes routes, IReadOnlyList<string> uids, CancellationToken ct)
    {
        var request = new KestraRequest(
            HttpMethod.Post, $"{_tenant}/{routes.Base}/export", "", KestraRequest.Bytes, http.Timings.Read, () => new StringContent(JsonSerializer.Serialize(new { uids }), Encoding.UTF8, KestraRequest.Json));
        // It only reads, so it may be sent again like any read.
        return await http.ReadAsync(request, async answer =>
        {
            await using var file = TemporaryFile.Create();
            await answer.CopyToAsync(file, KestraZip.Largest);
            var sources = new List<string>();
            await ReadZipAsync(answer, file, async (_, content, size) => sources.Add(Encoding.UTF8.GetString(await KestraZip.BytesAsync(content, size, ct))), ct);
            return (IReadOnlyList<string>)sources;
        }, ct);
    }

    /// <summary>What the server has against a source; null = nothing. Nothing is written.</summary>
    /// <exception cref="KestraException">Of kind RouteMissing where it holds no such objects.</exception>
    public async Task<string?> ValidateObjectAsync(ObjectRoutes routes, ReadOnlyMemory<byte> source, CancellationToken ct)
    {
        // It only reads, so it may be sent again like any read.
        var row = await http.ReadAsync(Write(HttpMethod.Post, $"{_tenant}/{routes.Base}/validate", source), a => a.ReadJsonAsync<ValidationRow>(), ct);
        return string.IsNullOrWhiteSpace(row.Constraints) ? null : ValidationText.Of(row.Constraints);
    }

    public Task<ObjectRow> CreateObjectAsync(ObjectRoutes routes, ReadOnlyMemory<byte> source, IApplyGuard guard, CancellationToken ct) =>
        http.WriteAsync(Write(HttpMethod.Post, $"{_tenant}/{routes.Base}", source), guard, a => a.ReadJsonAsync<ObjectRow>(), ct);

    /// <param name="address">Of an object that was just read: a PUT of an absent one is suspect of never being answered (11.1).</param>
    public Task<ObjectRow> UpdateObjectAsync(ObjectRoutes routes, string address, ReadOnlyMemory<byte> source, IApplyGuard guard, CancellationToken ct) =>
        http.WriteAsync(Write(HttpMethod.Put, $"{_tenant}/{routes.Base}/{address}", source), guard, a => a.ReadJsonAsync<ObjectRow>(), ct);

    public Task DeleteObjectAsync(ObjectRoutes routes, string address, IApplyGuard guard, CancellationToken ct) =>
        http.WriteAsync(Delete($"{_tenant}/{routes.Base}/{address}", ""), guard, ct);
}
