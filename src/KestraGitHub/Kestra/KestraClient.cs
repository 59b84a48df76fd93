using System.Net.Http.Headers;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Kestra;

/// <summary>
/// The calls we make, and no other. There is no bulk write, no import, no delete by query: those wipe namespaces when a parameter is forgotten
/// (kestra-api.md 2.4, 11.1).
/// </summary>
internal sealed partial class KestraClient(KestraHttp http, string tenant)
{
    /// <summary>Older proofs are renewed by a read before they are acted on: a PUT of a flow that went meanwhile may never be answered, and ends the server (11.1).</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(15);

    private readonly string _tenant = Uri.EscapeDataString(tenant);

    /// <summary>Requests sent so far.</summary>
    public int Calls => http.Calls;

    public TimeProvider Time => http.Time;

    public Task<KestraConfiguration> GetConfigurationAsync(CancellationToken ct) =>
        http.ReadAsync(Get("configs", ""), a => a.ReadJsonAsync<KestraConfiguration>(), ct);

    private KestraRequest Get(string path, string query, string accept = KestraRequest.Json) =>
        new(HttpMethod.Get, path, query, accept, http.Timings.Read);

    // The HTTP library sends a request without a body again, up to three times, when a kept connection ends before the answer. A file's delete
    // must never be doubled (kestra-api.md section 3); an empty body is what makes the library refrain.
    private KestraRequest Delete(string path, string query) =>
        new(HttpMethod.Delete, path, query, KestraRequest.Anything, http.Timings.Write, () => new ByteArrayContent([]));

    private string Flow(ResourceKey key) => $"{_tenant}/flows/{Uri.EscapeDataString(key.Namespace)}/{Uri.EscapeDataString(key.Id)}";

    private string Files(string ns, string call = "") => $"{_tenant}/namespaces/{Uri.EscapeDataString(ns)}/files{call}";

    private KestraException Fault(KestraFailureKind kind, KestraRequest request, string reason) =>
        new(kind, request.Method.Method, http.PathOf(request), null, reason);

    /// <summary>
    /// Form data whose head is the plainest there is. The file name decides whether the server unpacks an upload (<c>.zip</c>), so no caller
    /// chooses it (kestra-api.md section 3).
    /// </summary>
    private static MultipartFormDataContent Form(string name, IEnumerable<(string FileName, HttpContent Content)> parts)
    {
        var boundary = $"part-{Guid.NewGuid():N}";
        var form = new MultipartFormDataContent(boundary);
        form.Headers.ContentType = MediaTypeHeaderValue.Parse($"multipart/form-data; boundary={boundary}");
        foreach (var (fileName, content) in parts)
        {
            content.Headers.ContentDisposition = new ContentDispositionHeaderValue("form-data")
            {
                Name = $"\"{name}\"",
                FileName = $"\"{fileName}\"",
            };
            form.Add(content);
        }

        return form;
    }
}
