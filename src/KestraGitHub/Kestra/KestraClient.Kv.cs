using System.Text.Json;

namespace KestraGitHub.Kestra;

internal sealed partial class KestraClient
{
    /// <summary>
    /// A value of the key-value store as JSON, or null where the key is not there or has expired (404 and 410, kestra-api.md 5.3). Only of this one namespace:
    /// what is inherited must be asked for.
    /// </summary>
    public async Task<string?> GetKvAsync(string ns, string key, CancellationToken ct)
    {
        try
        {
            var request = Get($"{_tenant}/namespaces/{Uri.EscapeDataString(ns)}/kv/{Uri.EscapeDataString(key)}", "");
            return (await http.ReadAsync(request, a => a.ReadJsonAsync<KvAnswer>(), ct)).Value.GetRawText();
        }
        catch (KestraException e) when (e.Kind == KestraFailureKind.NotFound)
        {
            return null;
        }
    }

    private sealed record KvAnswer(JsonElement Value);
}
