using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KestraGitHub.GitHub;

/// <summary>One comment of a pull request that is kept up to date: edited in place, and made anew when somebody deleted it.</summary>
internal sealed class IssueComments(GitHubClient github)
{
    /// <summary>GitHub takes so many characters.</summary>
    public const int Longest = 65_536;

    /// <param name="marker">A line that nobody sees, at the beginning of <paramref name="body"/>: by it the comment is found again.</param>
    /// <param name="id">GitHub's number of it; null when it is not known.</param>
    /// <returns>GitHub's number of it.</returns>
    public async Task<string> PutAsync(GitHubRepository repository, string number, string marker, string body, string? id, CancellationToken ct)
    {
        id ??= await FindAsync(repository, number, marker, ct);
        var content = new JsonObject { ["body"] = body };
        if (id is not null)
        {
            try
            {
                await github.SendAsync(ScopeOf(repository), new GitHubRequest(HttpMethod.Patch, $"{repository.Path}/issues/comments/{id}") { Body = content.DeepClone() }, ct);
                return id;
            }
            catch (GitHubException e) when (e.Kind == GitHubFailure.NotFound)
            {
                // Deleted: somebody wanted it gone, and now there is news.
            }
        }

        var reply = await github.SendAsync(ScopeOf(repository), new GitHubRequest(HttpMethod.Post, $"{repository.Path}/issues/{number}/comments") { Body = content }, ct);
        return (reply.Number("id") ?? 0).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Ours, as an earlier life of this service made it. A person's that only looks like it is left alone where that can be told.</summary>
    private async Task<string?> FindAsync(GitHubRepository repository, string number, string marker, CancellationToken ct)
    {
        await foreach (var page in github.PagesAsync(ScopeOf(repository), $"{repository.Path}/issues/{number}/comments?per_page=100", ct))
        foreach (var comment in page.Items())
        {
            if (!comment.TryGetProperty("body", out var body) || body.GetString()?.StartsWith(marker, StringComparison.Ordinal) != true) continue;
            if (github.IsApp && !(comment.TryGetProperty("user", out var user) && user.ValueKind == JsonValueKind.Object && user.TryGetProperty("type", out var type) && type.GetString() == "Bot")) continue;
            return comment.GetProperty("id").GetInt64().ToString(CultureInfo.InvariantCulture);
        }

        return null;
    }

    private static GitHubScope ScopeOf(GitHubRepository repository) => GitHubScope.Of(repository, "pull_requests:write");
}
