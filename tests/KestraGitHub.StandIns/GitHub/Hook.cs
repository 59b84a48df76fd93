using System.Text.Json.Nodes;

namespace KestraGitHub.StandIns.GitHub;

/// <summary>A repository's webhook.</summary>
public sealed record Hook(long Id, string Repository, Uri Url, string ContentType, string? Secret, IReadOnlyList<string> Events, bool Active)
{
    internal bool Wants(string githubEvent) => Active && (Events.Contains("*") || Events.Contains(githubEvent));

    internal JsonObject Json(string baseUrl, HookDelivery? last) => new()
    {
        ["type"] = "Repository", ["id"] = Id, ["name"] = "web", ["active"] = Active, ["events"] = new JsonArray([.. Events.Select(e => (JsonNode)e)]),
        ["config"] = Config(), ["url"] = $"{baseUrl}/repos/{Repository}/hooks/{Id}", ["ping_url"] = $"{baseUrl}/repos/{Repository}/hooks/{Id}/pings",
        ["deliveries_url"] = $"{baseUrl}/repos/{Repository}/hooks/{Id}/deliveries",
        ["last_response"] = new JsonObject
        {
            ["code"] = last?.StatusCode, ["status"] = last is null ? "unused" : last.StatusCode is >= 200 and < 300 ? "active" : "invalid",
            ["message"] = last?.Status,
        },
    };

    private JsonObject Config()
    {
        var config = new JsonObject { ["url"] = Url.OriginalString, ["content_type"] = ContentType, ["insecure_ssl"] = "0" };
        if (Secret is not null) config["secret"] = "********";
        return config;
    }
}

/// <summary>One sending of an event to one hook, and what came back. Status code 0: no answer.</summary>
/// <param name="DeliveryId">The event's guid: the same on every hook, and again when it is sent again.</param>
/// <param name="Duration">Seconds.</param>
public sealed record HookDelivery(
    long Id, string DeliveryId, long HookId, string Repository, string Event, DateTimeOffset DeliveredAt, bool Redelivery, TimeSpan Duration,
    int StatusCode, string Status, Uri Url, IReadOnlyDictionary<string, string> RequestHeaders, string Payload,
    IReadOnlyDictionary<string, string> ResponseHeaders, string ResponseBody);

/// <summary>A commit status as it was reported.</summary>
public sealed record CommitStatus(
    long Id, string Repository, string Sha, string State, string? TargetUrl, string? Description, string Context, DateTimeOffset CreatedAt);

/// <summary>A call that the stand-in has no answer for.</summary>
public sealed record UnknownCall(string Method, string Path, string Query);
