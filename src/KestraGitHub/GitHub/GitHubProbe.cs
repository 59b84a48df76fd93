using System.Text.Json;

namespace KestraGitHub.GitHub;

/// <summary>Whether GitHub takes what we sign in with, and grants what we need.</summary>
internal sealed class GitHubProbe(GitHubClient github, GitHubOptions options)
{
    /// <summary>What the App must be granted, and what it is for.</summary>
    private static readonly (string Name, string Level, string For)[] Needed =
        [("contents", "read", "reading repositories"), ("checks", "write", "checks at commits"), ("metadata", "read", "everything")];

    /// <returns>What was found, in one line.</returns>
    /// <exception cref="GitHubException">Something is missing.</exception>
    public async Task<string> LookAsync(CancellationToken ct)
    {
        if (!github.IsApp)
        {
            // Costs nothing, needs no permission, and is refused to a token that is none.
            var limits = await github.GetAsync(new GitHubScope("", null, ""), "/rate_limit", ct);
            return $"{options.Api.Host} takes the token{Left(limits)}";
        }

        var app = await github.GetAsync(GitHubScope.App, "/app", ct);
        var missing = Needed.Where(n => !Grants(app, n.Name, n.Level)).Select(n => $"{n.Name}: {n.Level} (for {n.For})").ToList();
        if (missing.Count > 0) throw new GitHubException(GitHubFailure.Forbidden, $"The App {app.Text("slug")} lacks {string.Join(", ", missing)}. Grant it on the App's page, and accept it where the App is installed.");
        return $"{options.Api.Host} knows the App {app.Text("slug")}, which is granted what is needed";
    }

    private static string Left(GitHubReply limits) =>
        limits.Body.ValueKind == JsonValueKind.Object && limits.Body.TryGetProperty("resources", out var resources) && resources.TryGetProperty("core", out var core)
        && core.TryGetProperty("remaining", out var remaining) ? $"; {remaining} calls are left this hour" : "";

    private static bool Grants(GitHubReply app, string name, string level) =>
        app.Body.TryGetProperty("permissions", out var granted) && granted.TryGetProperty(name, out var has) && has.GetString() is { } held && (held == level || held == "write");
}
