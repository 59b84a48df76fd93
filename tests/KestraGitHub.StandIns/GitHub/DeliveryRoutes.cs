using System.Globalization;
using System.Text.Json.Nodes;

namespace KestraGitHub.StandIns.GitHub;

/// <summary>What became of a hook's deliveries, and sending one again.</summary>
internal static class DeliveryRoutes
{
    private const string OwnersPermission = "organization_hooks:read";

    public static void Add(GitHubStandIn standIn)
    {
        Add((method, path, handler) => standIn.Map(method, path, handler), standIn, "/hooks/{hook}", (call, hook) => hook.Id == call.Id("hook") && hook.Place == call.Repository.FullName);
        standIn.MapOrganisation("GET", "/hooks", call => ListHooks(standIn, call), OwnersPermission);
        Add(
            (method, path, handler) => standIn.MapOrganisation(method, path, handler, OwnersPermission), standIn, "/hooks/{hook}",
            (call, hook) => hook.Id == call.Id("hook") && hook.Place.Length > 0 && hook.Place == call.Part("org"));
        standIn.MapApp("GET", "/app/hook/config", _ => GitHubAnswer.Ok(standIn.Hooks.FirstOrDefault(h => h.Place.Length == 0) is { } hook
            ? hook.Config()
            : new JsonObject { ["content_type"] = "json", ["insecure_ssl"] = "0", ["url"] = "" }));
        Add(standIn.MapApp, standIn, "/app/hook", (_, hook) => hook.Place.Length == 0);
    }

    /// <summary>An owner without hooks is a person here, who can have none.</summary>
    private static GitHubAnswer ListHooks(GitHubStandIn standIn, GitHubCall call) =>
        standIn.Hooks.Where(h => h.Place.Length > 0 && h.Place == call.Part("org")).Select(h => (JsonNode)h.Json(call.BaseUrl, null)).ToList() is { Count: > 0 } hooks ? GitHubAnswer.Page(call, hooks) : GitHubAnswer.NotFound();

    private static void Add(Action<string, string, Func<GitHubCall, GitHubAnswer>> map, GitHubStandIn standIn, string place, Func<GitHubCall, Hook, bool> isOf)
    {
        map("GET", place + "/deliveries", call => HookOf(call) is { } hook ? List(standIn, call, hook) : GitHubAnswer.NotFound());
        map("GET", place + "/deliveries/{delivery}", call => DeliveryOf(call) is { } delivery ? GitHubAnswer.Ok(Whole(standIn, delivery)) : GitHubAnswer.NotFound());
        map("POST", place + "/deliveries/{delivery}/attempts", call =>
        {
            if (DeliveryOf(call) is not { } delivery) return GitHubAnswer.NotFound();
            standIn.SendAgain(standIn.Find(delivery.Repository), HookOf(call)!, delivery);
            return new GitHubAnswer(202, new JsonObject());
        });

        Hook? HookOf(GitHubCall call) => standIn.Hooks.FirstOrDefault(h => isOf(call, h));
        HookDelivery? DeliveryOf(GitHubCall call) => HookOf(call) is { } hook ? standIn.Deliveries.FirstOrDefault(d => d.HookId == hook.Id && d.Id == call.Id("delivery")) : null;
    }

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
        return new GitHubAnswer(200, new JsonArray([.. page.Select(d => Item(standIn, d))]), link);
    }

    private static JsonObject Item(GitHubStandIn standIn, HookDelivery d) => new()
    {
        ["id"] = d.Id, ["guid"] = d.DeliveryId,
        ["delivered_at"] = d.DeliveredAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture),
        ["redelivery"] = d.Redelivery, ["duration"] = Math.Round(d.Duration.TotalSeconds, 2), ["status"] = d.Status, ["status_code"] = d.StatusCode,
        ["event"] = d.Event, ["action"] = null, ["installation_id"] = null, ["repository_id"] = standIn.Find(d.Repository).Id, ["throttled_at"] = null,
    };

    private static JsonObject Whole(GitHubStandIn standIn, HookDelivery d)
    {
        var json = Item(standIn, d);
        json["url"] = d.Url.OriginalString;
        json["request"] = new JsonObject { ["headers"] = Headers(d.RequestHeaders), ["payload"] = JsonNode.Parse(d.Payload) };
        json["response"] = new JsonObject { ["headers"] = Headers(d.ResponseHeaders), ["payload"] = d.ResponseBody };
        return json;
    }

    private static JsonObject Headers(IReadOnlyDictionary<string, string> headers) =>
        new(headers.Select(h => new KeyValuePair<string, JsonNode?>(h.Key, h.Value)));
}
