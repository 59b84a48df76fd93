using System.Text.Json.Nodes;

namespace KestraGitHub.StandIns.GitHub;

internal static class RepositoryRoutes
{
    public static void Add(GitHubStandIn standIn)
    {
        standIn.Map("GET", "", call => GitHubAnswer.Ok(call.Repository.Json(call.BaseUrl)));

        // Seam: pull requests, contents and branches belong here, each family in a file of its own.
    }

    /// <summary>Asked for free.</summary>
    public static GitHubAnswer RateLimit() => GitHubAnswer.Ok(new JsonObject
    {
        ["resources"] = new JsonObject { ["core"] = new JsonObject { ["limit"] = 5000, ["remaining"] = 4999, ["used"] = 1, ["reset"] = DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds() } },
    });

    public static GitHubAnswer Meta() => GitHubAnswer.Ok(new JsonObject
    {
        ["verifiable_password_authentication"] = false,
        ["hooks"] = new JsonArray("127.0.0.1/32", "::1/128"), ["web"] = new JsonArray("127.0.0.1/32"),
        ["api"] = new JsonArray("127.0.0.1/32"), ["git"] = new JsonArray("127.0.0.1/32"),
    });
}
