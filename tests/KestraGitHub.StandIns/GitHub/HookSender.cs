using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace KestraGitHub.StandIns.GitHub;

/// <summary>Sends one delivery, once: GitHub never tries again by itself.</summary>
internal sealed class HookSender(TimeSpan timeout) : IDisposable
{
    private const int LargestPayload = 25 * 1024 * 1024;
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { Timeout = timeout };

    public void Dispose() => _http.Dispose();

    /// <summary>Null when the payload is too large: then nothing is sent and nothing recorded.</summary>
    public async Task<HookDelivery?> SendAsync(
        long id, Hook hook, Repository repository, string guid, string githubEvent, string payload, bool redelivery, CancellationToken ct)
    {
        var isJson = hook.ContentType == "json";
        var form = isJson ? "" : "payload=" + Uri.EscapeDataString(payload).Replace("%20", "+", StringComparison.Ordinal);
        var body = Encoding.UTF8.GetBytes(isJson ? payload : form);
        if (body.Length > LargestPayload) return null;
        using var request = new HttpRequestMessage(HttpMethod.Post, hook.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(isJson ? "application/json" : "application/x-www-form-urlencoded");
        var headers = Headers(hook, repository, guid, githubEvent, body);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        headers["Content-Type"] = request.Content.Headers.ContentType.ToString();

        var (at, clock) = (DateTimeOffset.UtcNow, Stopwatch.StartNew());
        HookDelivery Result(int code, string status, IReadOnlyDictionary<string, string> back, string text) => new(
            id, guid, hook.Id, repository.FullName, githubEvent, at, redelivery, clock.Elapsed, code, status,
            hook.Url, headers, payload, back, text);
        try
        {
            using var answer = await _http.SendAsync(request, ct);
            var text = await answer.Content.ReadAsStringAsync(ct);
            var code = (int)answer.StatusCode;
            var status = answer.IsSuccessStatusCode ? "OK" : $"Invalid HTTP Response: {code}";
            var answered = answer.Headers.Concat(answer.Content.Headers).ToDictionary(h => h.Key, h => string.Join(", ", h.Value));
            return Result(code, status, answered, text);
        }
        catch (HttpRequestException)
        {
            return Result(0, "failed to connect to host", new Dictionary<string, string>(), "");
        }
        catch (OperationCanceledException)
        {
            return Result(0, "timed out", new Dictionary<string, string>(), "");
        }
    }

    private static Dictionary<string, string> Headers(Hook hook, Repository repository, string guid, string githubEvent, byte[] body)
    {
        var headers = new Dictionary<string, string>
        {
            ["Accept"] = "*/*", ["User-Agent"] = "GitHub-Hookshot/5ta9d1n", ["X-GitHub-Event"] = githubEvent, ["X-GitHub-Delivery"] = guid,
            ["X-GitHub-Hook-ID"] = hook.Id.ToString(CultureInfo.InvariantCulture), ["X-GitHub-Hook-Installation-Target-Type"] = hook.Kind,
            ["X-GitHub-Hook-Installation-Target-ID"] = repository.Id.ToString(CultureInfo.InvariantCulture),
        };
        if (hook.Secret is not { } secret) return headers;
        var key = Encoding.UTF8.GetBytes(secret);
#pragma warning disable CA5350 // GitHub still sends the old signature beside the new one.
        headers["X-Hub-Signature"] = "sha1=" + Convert.ToHexStringLower(HMACSHA1.HashData(key, body));
#pragma warning restore CA5350
        headers["X-Hub-Signature-256"] = "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(key, body));
        return headers;
    }
}
