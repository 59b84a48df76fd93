using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KestraGitHub.GitHub;

/// <summary>Statuses of commits: all that a token of a person may leave there.</summary>
internal sealed class CommitStatuses(GitHubClient github)
{
    /// <returns>GitHub's number of it.</returns>
    public async Task<string> CreateAsync(GitHubRepository repository, string sha, string context, CommitReport report, CancellationToken ct)
    {
        var body = new JsonObject { ["state"] = report.State, ["context"] = context, ["description"] = report.Description };
        if (report.Url is not null) body["target_url"] = report.Url;
        var reply = await github.SendAsync(ScopeOf(repository), new GitHubRequest(HttpMethod.Post, $"{repository.Path}/statuses/{sha}") { Body = body }, ct);
        return (reply.Number("id") ?? 0).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>The number of the newest status of the context when it says just this: nobody heard whether it had arrived.</summary>
    public async Task<string?> FindAsync(GitHubRepository repository, string sha, string context, CommitReport report, CancellationToken ct)
    {
        await foreach (var page in github.PagesAsync(ScopeOf(repository), $"{repository.Path}/commits/{sha}/statuses?per_page=100", ct))
        foreach (var status in page.Items())
        {
            if (!context.Equals(Text(status, "context"), StringComparison.OrdinalIgnoreCase)) continue;
            return (Text(status, "state"), Text(status, "description"), Text(status, "target_url")) == (report.State, report.Description, report.Url)
                ? status.GetProperty("id").GetInt64().ToString(CultureInfo.InvariantCulture)
                : null;
        }

        return null;
    }

    private static GitHubScope ScopeOf(GitHubRepository repository) => GitHubScope.Of(repository, "statuses:write");

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
