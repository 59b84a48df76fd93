using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using KestraGitHub.Definitions;

namespace KestraGitHub.Cli;

/// <summary>The API of a running service, as far as the commands need it. What it refuses becomes an exit code.</summary>
internal sealed class ServiceClient : IDisposable
{
    private readonly HttpClient _http;

    public ServiceClient(Uri url, string token)
    {
        Url = url;
        var root = url.AbsoluteUri.EndsWith('/') ? url : new Uri(url.AbsoluteUri + "/");
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = root, Timeout = TimeSpan.FromSeconds(100) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public Uri Url { get; }

    public void Dispose() => _http.Dispose();

    public async Task<string> StartAsync(SyncKey sync, bool dryRun, string? revision, CancellationToken ct, bool force = false, string? onConflict = null)
    {
        var wish = new JsonObject { ["dryRun"] = dryRun, ["revision"] = revision, ["force"] = force };
        // Only where it is asked for: an older service does not know the word.
        if (onConflict is not null) wish["onConflict"] = onConflict;
        return IdOf(await PostAsync(PathOf(sync) + "/runs", wish, ct));
    }

    public async Task<JsonNode> PostAsync(string path, object content, CancellationToken ct)
    {
        using var body = JsonContent.Create(content);
        return await SendAsync(HttpMethod.Post, path, body, ct);
    }

    public static string PathOf(SyncKey sync) => $"api/v1/{Part(sync.Tenant)}/syncs/{Part(sync.Namespace)}/{Part(sync.Flow)}";

    /// <summary>Asks for a run that takes back another one (<c>undo</c>), or brings back what it deleted (<c>restore</c>).</summary>
    public async Task<string> PutBackAsync(string run, string how, string[] objects, CancellationToken ct) =>
        IdOf(await PostAsync($"api/v1/runs/{Part(run)}/{how}", new { objects = objects.Length > 0 ? objects : null }, ct));

    /// <summary>The rows of a list.</summary>
    public async Task<JsonArray> ListAsync(string path, CancellationToken ct) => (await GetAsync(path, ct))["items"] as JsonArray ?? throw NotOurs();

    public Task<JsonNode> GetAsync(string path, CancellationToken ct) => SendAsync(HttpMethod.Get, path, null, ct);

    public Task<JsonNode> PostAsync(string path, CancellationToken ct) => SendAsync(HttpMethod.Post, path, null, ct);

    /// <exception cref="CommandFault">An address takes such a part away, and asks for something else.</exception>
    public static string Part(string text) => IsPart(text)
        ? Uri.EscapeDataString(text)
        : throw new CommandFault(ExitCodes.Invalid, $"'{text}' is no name and no id.");

    /// <summary>Whether an address keeps it: it takes dots away, and asks for something else.</summary>
    public static bool IsPart(string text) => text is not ("" or "." or "..");

    private string IdOf(JsonNode run) => Listing.Text(run, "id") is { Length: > 0 } id ? id : throw NotOurs();

    private async Task<JsonNode> SendAsync(HttpMethod method, string path, HttpContent? body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body };
        try
        {
            using var answer = await _http.SendAsync(request, ct);
            if (answer.StatusCode == HttpStatusCode.NoContent) return new JsonObject();
            if (answer.IsSuccessStatusCode) return await answer.Content.ReadFromJsonAsync<JsonNode>(ct) as JsonObject ?? throw NotOurs();
            throw Refused(answer.StatusCode, await ProblemAsync(answer, ct));
        }
        catch (HttpRequestException e)
        {
            throw new CommandFault(ExitCodes.Error, $"{Url} does not answer: {e.Message}");
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new CommandFault(ExitCodes.TimedOut, $"{Url} does not answer in time.");
        }
        catch (System.Text.Json.JsonException)
        {
            throw NotOurs();
        }
    }

    public CommandFault NotOurs() => new(ExitCodes.Error, $"{Url} answers, but not as this service does. Check --server.");

    private CommandFault Refused(HttpStatusCode status, JsonObject? problem)
    {
        var said = Listing.Text(problem, "detail") is { Length: > 0 } detail ? detail : $"it answers {(int)status}";
        var faults = (problem?["faults"] as JsonArray ?? []).OfType<JsonObject>().Select(f => new Fault(
            f["file"]?.GetValue<string>() ?? "", f["line"]?.GetValue<int>() ?? 0, f["column"]?.GetValue<int>() ?? 0, f["message"]?.GetValue<string>() ?? "",
            f["cure"]?.GetValue<string>() ?? "")).ToList();
        var code = status switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => ExitCodes.SignIn,
            HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity => ExitCodes.Invalid,
            HttpStatusCode.Conflict => faults.Count > 0 ? ExitCodes.Invalid : ExitCodes.Blocked,
            HttpStatusCode.GatewayTimeout => ExitCodes.TimedOut,
            _ => ExitCodes.Error,
        };
        return new CommandFault(code, $"{Url}: {said}") { Faults = faults };
    }

    private static async Task<JsonObject?> ProblemAsync(HttpResponseMessage answer, CancellationToken ct)
    {
        try
        {
            return await answer.Content.ReadFromJsonAsync<JsonNode>(ct) as JsonObject;
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }
}
