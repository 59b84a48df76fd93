using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace KestraGitHub.Demo;

/// <summary>The service's API, as any script would use it.</summary>
internal sealed class ServiceApi : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly HttpClient _http;

    public ServiceApi(Uri url, string token)
    {
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = url, Timeout = TimeSpan.FromSeconds(10) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Asks until there is an answer that is one.</summary>
    public static async Task<T> UntilAsync<T>(Func<Task<T?>> ask, string complaint, CancellationToken ct) where T : class
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        try
        {
            while (true)
            {
                if (await ask() is { } answer) return answer;
                await Task.Delay(25, patience.Token);
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new DemoFailure($"{complaint} within {Patience.TotalSeconds:0} seconds.");
        }
    }

    /// <summary>Waits until the service has read the definition, which it must have done without a fault.</summary>
    public async Task WaitForSyncAsync(ServiceChild service, CancellationToken ct)
    {
        var sync = await UntilAsync(
            async () => service.HasEnded
                ? throw new DemoFailure("The service ended instead of starting.")
                : await ReadAsync("/api/v1/main/syncs/system/sync_from_git", ct),
            "The service did not get ready", ct);
        if (sync["faults"] is JsonArray { Count: > 0 } faults) throw new DemoFailure($"The service refuses the definition: {faults.ToJsonString()}");
    }

    public Task<JsonObject> WaitForRunAsync(string id, CancellationToken ct) => UntilAsync(
        async () => await ReadAsync($"/api/v1/runs/{id}", ct) is { } run && (string?)run["state"] is ("succeeded" or "failed" or "cancelled")
            ? run
            : null,
        $"The run {id} did not end", ct);

    private async Task<JsonObject?> ReadAsync(string path, CancellationToken ct)
    {
        try
        {
            using var answer = await _http.GetAsync(path, ct);
            if (answer.StatusCode == HttpStatusCode.Unauthorized) throw new DemoFailure($"Another service than ours answers at {_http.BaseAddress}.");
            return answer.IsSuccessStatusCode ? JsonNode.Parse(await answer.Content.ReadAsStringAsync(ct)) as JsonObject : null;
        }
        catch (HttpRequestException)
        {
            return null; // Not listening yet.
        }
    }
}
