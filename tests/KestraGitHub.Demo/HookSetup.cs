using System.Net.Http.Headers;
using System.Net.Http.Json;

namespace KestraGitHub.Demo;

/// <summary>Registers a webhook by the call that one would make to GitHub.</summary>
internal sealed class HookSetup : IDisposable
{
    private readonly HttpClient _http;

    public HookSetup(Uri api, string token)
    {
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = api };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("KestraGitHub.Demo", "1"));
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public void Dispose() => _http.Dispose();

    public async Task CreateAsync(string repository, Uri url, string secret, CancellationToken ct)
    {
        var hook = new { name = "web", active = true, events = new[] { "push" }, config = new { url, secret, content_type = "json" } };
        using var answer = await _http.PostAsJsonAsync($"repos/{repository}/hooks", hook, ct);
        if (!answer.IsSuccessStatusCode) throw new DemoFailure($"GitHub takes no hook: {await answer.Content.ReadAsStringAsync(ct)}");
    }
}
