using System.Text.Json;
using System.Text.Json.Nodes;

namespace KestraGitHub.GitHub;

/// <param name="Open">False: it was merged, or closed.</param>
/// <param name="Url">Its page.</param>
public sealed record OwnPullRequest(long Number, bool Open, bool Merged, string Url);

/// <summary>Pull requests that this service opens, keeps up to date and closes. A branch has at most one that is open.</summary>
internal sealed class OwnPullRequests(GitHubClient github)
{
    /// <returns>Null where there is no such one (any more).</returns>
    public async Task<OwnPullRequest?> GetAsync(GitHubRepository repository, long number, CancellationToken ct)
    {
        try
        {
            return Read((await github.GetAsync(ScopeOf(repository), $"{repository.Path}/pulls/{number}", ct)).Body);
        }
        catch (GitHubException e) when (e is { Kind: GitHubFailure.NotFound })
        {
            return null;
        }
    }

    /// <summary>The open one from a branch to another one; null where there is none.</summary>
    public async Task<OwnPullRequest?> FindAsync(GitHubRepository repository, string branch, string into, CancellationToken ct)
    {
        var path = $"{repository.Path}/pulls?state=open&head={Uri.EscapeDataString($"{repository.Owner}:{branch}")}&base={Uri.EscapeDataString(into)}&per_page=100";
        await foreach (var page in github.PagesAsync(ScopeOf(repository), path, ct))
        foreach (var pull in page.Items())
        {
            // What GitHub does not understand of a filter it leaves out.
            if (RefOf(pull, "head") == branch && RefOf(pull, "base") == into) return Read(pull);
        }

        return null;
    }

    public async Task<OwnPullRequest> OpenAsync(GitHubRepository repository, string branch, string into, string title, string body, bool draft, CancellationToken ct)
    {
        var content = new JsonObject { ["title"] = title, ["body"] = body, ["head"] = branch, ["base"] = into, ["draft"] = draft, ["maintainer_can_modify"] = true };
        return Read((await github.SendAsync(ScopeOf(repository), new GitHubRequest(HttpMethod.Post, repository.Path + "/pulls") { Body = content }, ct)).Body);
    }

    public Task RewriteAsync(GitHubRepository repository, long number, string title, string body, CancellationToken ct) =>
        PatchAsync(repository, number, new JsonObject { ["title"] = title, ["body"] = body }, ct);

    public Task CloseAsync(GitHubRepository repository, long number, CancellationToken ct) => PatchAsync(repository, number, new JsonObject { ["state"] = "closed" }, ct);

    /// <summary>Labels that are not there yet are made.</summary>
    public Task LabelAsync(GitHubRepository repository, long number, IEnumerable<string> labels, CancellationToken ct) =>
        github.SendAsync(ScopeOf(repository), new GitHubRequest(HttpMethod.Post, $"{repository.Path}/issues/{number}/labels") { Body = new JsonObject { ["labels"] = Texts(labels) } }, ct);

    /// <param name="reviewers">Logins, and teams as <c>org/team</c>.</param>
    public Task AskAsync(GitHubRepository repository, long number, IReadOnlyList<string> reviewers, CancellationToken ct)
    {
        var content = new JsonObject
        {
            ["reviewers"] = Texts(reviewers.Where(r => !r.Contains('/', StringComparison.Ordinal))),
            ["team_reviewers"] = Texts(reviewers.Where(r => r.Contains('/', StringComparison.Ordinal)).Select(r => r.Split('/')[1])),
        };
        return github.SendAsync(ScopeOf(repository), new GitHubRequest(HttpMethod.Post, $"{repository.Path}/pulls/{number}/requested_reviewers") { Body = content }, ct);
    }

    private Task<GitHubReply> PatchAsync(GitHubRepository repository, long number, JsonObject content, CancellationToken ct) =>
        github.SendAsync(ScopeOf(repository), new GitHubRequest(HttpMethod.Patch, $"{repository.Path}/pulls/{number}") { Body = content }, ct);

    private static OwnPullRequest Read(JsonElement pull) => new(
        pull.GetProperty("number").GetInt64(), pull.GetProperty("state").GetString() == "open", pull.TryGetProperty("merged_at", out var at) && at.ValueKind == JsonValueKind.String,
        pull.TryGetProperty("html_url", out var url) ? url.GetString() ?? "" : "");

    private static string? RefOf(JsonElement pull, string side) => pull.TryGetProperty(side, out var at) && at.TryGetProperty("ref", out var name) ? name.GetString() : null;

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(t => (JsonNode)JsonValue.Create(t)!)]);

    private static GitHubScope ScopeOf(GitHubRepository repository) => GitHubScope.Of(repository, "pull_requests:write");
}
