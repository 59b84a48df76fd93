using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace KestraGitHub.IntegrationTests.EndToEnd;

/// <summary>Calls a webhook as GitHub does: the headers, the payload of a push, the signature over its bytes.</summary>
internal static class GitHubHook
{
    public static async Task<HttpResponseMessage> PushAsync(
        HttpClient http, string path, string branch = "main", string? deliveryId = null, string after = "1111111111111111111111111111111111111111", CancellationToken ct = default)
    {
        var body = new JsonObject
        {
            ["ref"] = $"refs/heads/{branch}", ["before"] = new string('2', 40), ["after"] = after, ["created"] = false, ["deleted"] = false, ["forced"] = false,
            ["commits"] = new JsonArray(), ["repository"] = new JsonObject { ["full_name"] = "acme/flows" }, ["sender"] = new JsonObject { ["login"] = "bea" },
        };
        return await SendAsync(http, path, "push", Encoding.UTF8.GetBytes(body.ToJsonString()), deliveryId ?? Guid.NewGuid().ToString(), ServiceProcess.WebhookSecret, ct);
    }

    public static async Task<HttpResponseMessage> SendAsync(
        HttpClient http, string path, string githubEvent, byte[] body, string deliveryId, string secret, CancellationToken ct = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("X-GitHub-Event", githubEvent);
        request.Headers.Add("X-GitHub-Delivery", deliveryId);
        request.Headers.Add("X-Hub-Signature-256", "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body)));
        return await http.SendAsync(request, ct);
    }
}
