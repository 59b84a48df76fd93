using System.Globalization;
using System.Text.Json.Nodes;

namespace KestraGitHub.StandIns.GitHub;

/// <summary>A repository's hooks. Unlike GitHub's, they may call 127.0.0.1: nothing else is there to call.</summary>
internal static class HookRoutes
{
    private const int MostForOneEvent = 20;

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

    private static IEnumerable<Hook> Of(GitHubStandIn standIn, GitHubCall call) => standIn.Hooks.Where(h => h.Place == call.Repository.FullName);

    private static HookDelivery? Last(GitHubStandIn standIn, Hook hook) => standIn.Deliveries.LastOrDefault(d => d.HookId == hook.Id);
}
