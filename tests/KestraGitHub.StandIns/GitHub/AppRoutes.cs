using System.Globalization;
using System.Text.Json.Nodes;

namespace KestraGitHub.StandIns.GitHub;

/// <summary>What an App asks about itself, by its JWT.</summary>
internal static class AppRoutes
{
    public const long Installation = 4711;

    public static void Add(GitHubServer server, GitHubStandInOptions options, InstallationTokens tokens)
    {
        if (options.App is not { } app) return;
        server.MapApp("GET", "/app", (_, _) => GitHubAnswer.Ok(new JsonObject
        {
            ["id"] = 1234, ["client_id"] = app.Id, ["slug"] = "kestra-github", ["name"] = "KestraGitHub", ["permissions"] = Permissions(app.Permissions), ["events"] = new JsonArray("push", "check_run"),
        }));
        server.MapApp("GET", "/repos/{owner}/{repo}/installation", (http, _) =>
            server.Find((string)http.Request.RouteValues["owner"]!, (string)http.Request.RouteValues["repo"]!) is null ? GitHubAnswer.NotFound() : GitHubAnswer.Ok(Json(app)));
        server.MapApp("GET", "/orgs/{org}/installation", (_, _) => GitHubAnswer.Ok(Json(app)));
        server.MapApp("POST", "/app/installations/{id}/access_tokens", (http, body) => Issue(http, body, app, tokens));
    }

    /// <summary>The App as payloads have it.</summary>
    public static JsonObject Json(long id, string clientId) => new() { ["id"] = id, ["client_id"] = id == 1234 ? clientId : "Iv1.another", ["slug"] = "kestra-github" };

    private static GitHubAnswer Issue(HttpContext http, JsonObject body, GitHubApp app, InstallationTokens tokens)
    {
        if ((string)http.Request.RouteValues["id"]! != Installation.ToString(CultureInfo.InvariantCulture)) return GitHubAnswer.NotFound();
        var asked = body["permissions"] is JsonObject wanted ? string.Join(' ', wanted.Select(p => $"{p.Key}:{p.Value}")) : app.Permissions;
        var all = new InstallationToken("", null, app.Permissions, default);
        if (!asked.Split(' ').All(all.Allows)) return GitHubAnswer.Error(422, "The permissions requested are not granted to this installation.");
        var token = tokens.Issue(GitHubCall.TextOf((body["repositories"] as JsonArray)?[0]), asked);
        return new GitHubAnswer(201, new JsonObject
        {
            ["token"] = token.Value, ["expires_at"] = token.Expires.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
            ["permissions"] = Permissions(asked), ["repository_selection"] = token.Repository is null ? "all" : "selected",
        });
    }

    private static JsonObject Json(GitHubApp app) => new() { ["id"] = Installation, ["app_id"] = 1234, ["permissions"] = Permissions(app.Permissions), ["suspended_at"] = null };

    private static JsonObject Permissions(string text) => new(text.Split(' ').Select(p => p.Split(':')).Select(p => KeyValuePair.Create<string, JsonNode?>(p[0], p[1])));
}
