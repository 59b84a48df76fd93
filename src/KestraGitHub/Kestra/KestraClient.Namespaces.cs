using System.Globalization;
using System.Net.Http.Json;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Kestra;

internal sealed partial class KestraClient
{
    private const int NamespacesOfPage = 1000;

    /// <summary>Every namespace that the server lists: those of flows with all above them, and on the enterprise edition those that were made by name.</summary>
    public async Task<IReadOnlyList<string>> ListNamespacesAsync(CancellationToken ct)
    {
        var names = new List<string>();
        for (var page = 1; ; page++)
        {
            var query = string.Create(CultureInfo.InvariantCulture, $"page={page}&size={NamespacesOfPage}&sort=id%3Aasc");
            var request = Get($"{_tenant}/namespaces/search", query);
            var found = await http.ReadAsync(request, a => a.ReadJsonAsync<NamespacePage>(), ct);
            if (found.Results is not { } rows || rows.Any(r => string.IsNullOrEmpty(r?.Id)))
                throw Fault(KestraFailureKind.Unreadable, request, "the answer has no results, or a namespace without an id");
            names.AddRange(rows.Select(r => r.Id!));
            if (rows.Count < NamespacesOfPage) return names;
        }
    }

    /// <summary>Enterprise edition only.</summary>
    public Task CreateNamespaceAsync(string name, IApplyGuard guard, CancellationToken ct) => http.WriteAsync(
        new KestraRequest(HttpMethod.Post, $"{_tenant}/namespaces", "", KestraRequest.Json, http.Timings.Write, () => JsonContent.Create(new { id = name })), guard, ct);
}
