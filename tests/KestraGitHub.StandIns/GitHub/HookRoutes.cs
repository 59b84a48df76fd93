using System.Globalization;
using System.Text.Json.Nodes;

namespace KestraGitHub.StandIns.GitHub;

/// <summary>A repository's hooks. Unlike GitHub's, they may call 127.0.0.1: nothing else is there to call.</summary>
internal static class HookRoutes
{
    private const int MostForOneEvent = 20;

    // Seam: an App's own hook has the same deliveries under /app/hook.
    public static void Add(GitHubStandIn standIn)
    {
        standIn.Map("GET", "/hooks", call => GitHubAnswer.Page(call, [.. Of(standIn, call).Select(h => h.Json(call.BaseUrl, Last(standIn, h)))]));
        standIn.Map("POST", "/hooks", call => Create(standIn, call));
        standIn.Map("GET", "/hooks/{hook}", call => With(standIn, call, hook => GitHubAnswer.Ok(hook.Json(call.BaseUrl, Last(standIn, hook)))));
        standIn.Map("DELETE", "/hooks/{hook}", call => With(standIn, call, hook =>
        {
            standIn.Remove(hook);
            return new GitHubAnswer(204);
        }));
        standIn.Map("POST", "/hooks/{hook}/pings", call => With(standIn, call, hook =>
        {
            standIn.Ping(call.Repository, hook);
            return new GitHubAnswer(204);
        }));
    }

    internal static GitHubAnswer With(GitHubStandIn standIn, GitHubCall call, Func<Hook, GitHubAnswer> then) =>
        Of(standIn, call).FirstOrDefault(h => h.Id == call.Id("hook")) is { } hook ? then(hook) : GitHubAnswer.NotFound();

    private static GitHubAnswer Create(GitHubStandIn standIn, GitHubCall call)
    {
        var config = call.Body["config"] as JsonObject ?? [];
        string? Config(string name) => GitHubCall.TextOf(config[name]);
        if (call.Text("name") is { } name && name != "web") return GitHubAnswer.Invalid("Hook", "name", "invalid");
        if (!Uri.TryCreate(Config("url"), UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            return GitHubAnswer.Invalid("Hook", "url", "missing_field");
        var contentType = Config("content_type") ?? "form";
        if (contentType is not ("json" or "form")) return GitHubAnswer.Invalid("Hook", "content_type", "invalid");
        var events = call.Body["events"] is JsonArray list ? list.Select(GitHubCall.TextOf).OfType<string>().ToList() : ["push"];
        var active = call.Body["active"] is not JsonValue flag || !flag.TryGetValue<bool>(out var on) || on;

        // An empty secret is none.
        var secret = Config("secret") is { Length: > 0 } own ? own : standIn.Options.Secret;
        var hooks = Of(standIn, call).ToList();
        if (hooks.Exists(h => h.Url == url && h.ContentType == contentType && h.Events.Intersect(events).Any()))
            return GitHubAnswer.Invalid("Hook", "url", "custom", "Hook already exists on this repository");
        if (events.Exists(e => hooks.Count(h => h.Events.Contains(e)) >= MostForOneEvent))
            return GitHubAnswer.Invalid("Hook", "events", "custom", $"The \"{events[0]}\" event cannot have more than {MostForOneEvent} hooks");
        var hook = new Hook(standIn.NextId(), call.Repository.FullName, url, contentType, secret, events, active);
        standIn.Add(hook, call.Repository);
        return new GitHubAnswer(201, hook.Json(call.BaseUrl, null));
    }

    private static IEnumerable<Hook> Of(GitHubStandIn standIn, GitHubCall call) => standIn.Hooks.Where(h => h.Repository == call.Repository.FullName);

    private static HookDelivery? Last(GitHubStandIn standIn, Hook hook) => standIn.Deliveries.LastOrDefault(d => d.HookId == hook.Id);
}

/// <summary>What became of a hook's deliveries, and sending one again.</summary>
internal static class DeliveryRoutes
{
    public static void Add(GitHubStandIn standIn)
    {
        standIn.Map("GET", "/hooks/{hook}/deliveries", call => HookRoutes.With(standIn, call, hook => List(standIn, call, hook)));
        standIn.Map("GET", "/hooks/{hook}/deliveries/{delivery}", call =>
            With(standIn, call, (_, delivery) => GitHubAnswer.Ok(Whole(delivery, call))));
        standIn.Map("POST", "/hooks/{hook}/deliveries/{delivery}/attempts", call => With(standIn, call, (hook, delivery) =>
        {
            standIn.SendAgain(call.Repository, hook, delivery);
            return new GitHubAnswer(202, new JsonObject());
        }));
    }

    private static GitHubAnswer With(GitHubStandIn standIn, GitHubCall call, Func<Hook, HookDelivery, GitHubAnswer> then) =>
        HookRoutes.With(standIn, call, hook =>
            standIn.Deliveries.FirstOrDefault(d => d.HookId == hook.Id && d.Id == call.Id("delivery")) is { } delivery
                ? then(hook, delivery)
                : GitHubAnswer.NotFound());

    /// <summary>Newest first. The cursor, opaque to callers, is the last id they saw.</summary>
    private static GitHubAnswer List(GitHubStandIn standIn, GitHubCall call, Hook hook)
    {
        var status = call.Query("status");
        var before = long.TryParse(call.Query("cursor")?.TrimStart('v'), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? id
            : long.MaxValue;
        var all = standIn.Deliveries.Where(d => d.HookId == hook.Id && d.Id < before).OrderByDescending(d => d.Id)
            .Where(d => status switch { "success" => d.StatusCode is >= 200 and < 400, "failure" => d.StatusCode is >= 400 and < 600, _ => true })
            .ToList();
        var page = all.Take(call.PageSize).ToList();
        var kind = status is null ? "" : $"&status={Uri.EscapeDataString(status)}";
        var link = all.Count > page.Count ? $"<{call.Url}?per_page={call.PageSize}&cursor=v{page[^1].Id}{kind}>; rel=\"next\"" : null;
        return new GitHubAnswer(200, new JsonArray([.. page.Select(d => Item(d, call))]), link);
    }

    private static JsonObject Item(HookDelivery d, GitHubCall call) => new()
    {
        ["id"] = d.Id, ["guid"] = d.DeliveryId,
        ["delivered_at"] = d.DeliveredAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture),
        ["redelivery"] = d.Redelivery, ["duration"] = Math.Round(d.Duration.TotalSeconds, 2), ["status"] = d.Status, ["status_code"] = d.StatusCode,
        ["event"] = d.Event, ["action"] = null, ["installation_id"] = null, ["repository_id"] = call.Repository.Id, ["throttled_at"] = null,
    };

    private static JsonObject Whole(HookDelivery d, GitHubCall call)
    {
        var json = Item(d, call);
        json["url"] = d.Url.OriginalString;
        json["request"] = new JsonObject { ["headers"] = Headers(d.RequestHeaders), ["payload"] = JsonNode.Parse(d.Payload) };
        json["response"] = new JsonObject { ["headers"] = Headers(d.ResponseHeaders), ["payload"] = d.ResponseBody };
        return json;
    }

    private static JsonObject Headers(IReadOnlyDictionary<string, string> headers) =>
        new(headers.Select(h => new KeyValuePair<string, JsonNode?>(h.Key, h.Value)));
}
