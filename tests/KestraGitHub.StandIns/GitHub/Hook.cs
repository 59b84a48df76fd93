using System.Text.Json.Nodes;

namespace KestraGitHub.StandIns.GitHub;

/// <summary>A webhook of a repository, of an organisation, or of the App.</summary>
/// <param name="Place"><c>owner/name</c>; <c>owner</c>; nothing for the App, whose hook hears of everything.</param>
public sealed record Hook(long Id, string Place, Uri Url, string ContentType, string? Secret, IReadOnlyList<string> Events, bool Active)
{
    /// <summary>Where the API has it.</summary>
    internal string Path => Place switch { "" => "/app/hook", _ when Place.Contains('/', StringComparison.Ordinal) => $"/repos/{Place}/hooks/{Id}", _ => $"/orgs/{Place}/hooks/{Id}" };

    /// <summary>The word that its calls carry for that.</summary>
    internal string Kind => Place switch { "" => "integration", _ when Place.Contains('/', StringComparison.Ordinal) => "repository", _ => "organization" };

    internal bool Wants(string githubEvent, Repository of) =>
        Active && (Place.Length == 0 || Place == of.FullName || Place == of.Owner) && (Events.Contains("*") || Events.Contains(githubEvent));

    internal JsonObject Json(string baseUrl, HookDelivery? last) => new()
    {
        ["type"] = Place.Contains('/', StringComparison.Ordinal) ? "Repository" : "Organization", ["id"] = Id, ["name"] = "web", ["active"] = Active, ["events"] = new JsonArray([.. Events.Select(e => (JsonNode)e)]),
        ["config"] = Config(), ["url"] = baseUrl + Path, ["ping_url"] = $"{baseUrl}{Path}/pings",
        ["deliveries_url"] = $"{baseUrl}{Path}/deliveries",
        ["last_response"] = new JsonObject
        {
            ["code"] = last?.StatusCode, ["status"] = last is null ? "unused" : last.StatusCode is >= 200 and < 300 ? "active" : "invalid",
            ["message"] = last?.Status,
        },
    };

    internal JsonObject Config()
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
