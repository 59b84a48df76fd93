using System.Text.Json.Nodes;

namespace KestraGitHub.StandIns.GitHub;

/// <summary>What the API can do with pull requests beside reading one: list, open, edit, label, ask for reviews.</summary>
internal sealed class PullRequestRoutes(GitHubStandIn standIn, PullRequests pulls)
{
    private const int LongestTitle = 256;
    private const int LongestBody = 65_536;

    /// <summary>Who may be asked for a review, beside teams.</summary>
    private static readonly string[] Collaborators = ["bea", "carl"];

    public void Add()
    {
        standIn.Map("GET", "/pulls", List, "pull_requests:read");
        standIn.Map("POST", "/pulls", Open, "pull_requests:write");
        standIn.Map("PATCH", "/pulls/{number}", Edit, "pull_requests:write");
        standIn.Map("POST", "/issues/{number}/labels", Label, "pull_requests:write");
        standIn.Map("POST", "/pulls/{number}/requested_reviewers", Ask, "pull_requests:write");
    }

    /// <summary>A filter by head counts only with its owner; without, it is as if it were not there.</summary>
    private GitHubAnswer List(GitHubCall call)
    {
        var found = pulls.All.Where(p => p.Repository == call.Repository.FullName && (call.Query("state") ?? "open") is var state && (state == "all" || p.State == state));
        if (call.Query("head") is { } head && head.Contains(':', StringComparison.Ordinal)) found = found.Where(p => $"{(p.Fork ?? p.Repository).Split('/')[0]}:{p.Branch}" == head);
        if (call.Query("base") is { } into) found = found.Where(p => p.Base == into);
        return GitHubAnswer.Page(call, [.. found.OrderByDescending(p => p.Number).Select(p => (JsonNode)pulls.Json(p, call.Repository))]);
    }

    private GitHubAnswer Open(GitHubCall call)
    {
        var (title, head, into) = (call.Text("title"), call.Text("head"), call.Text("base"));
        if (string.IsNullOrWhiteSpace(title)) return GitHubAnswer.Invalid("PullRequest", "title", "missing_field");
        if (head is null || call.Repository.Commit($"refs/heads/{head}") is null) return GitHubAnswer.Invalid("PullRequest", "head", "invalid");
        if (into is null || call.Repository.Commit($"refs/heads/{into}") is null) return GitHubAnswer.Invalid("PullRequest", "base", "invalid");
        if (TooLong(title, call.Text("body")) is { } fault) return fault;
        var owner = call.Repository.FullName.Split('/')[0];
        if (pulls.All.Any(p => p.Repository == call.Repository.FullName && p is { State: "open", Fork: null } && p.Branch == head && p.Base == into))
            return GitHubAnswer.Invalid("PullRequest", "head", "custom", $"A pull request already exists for {owner}:{head}.");
        if (call.Repository.Git("rev-list", "--max-count=1", $"refs/heads/{head}", $"^refs/heads/{into}").Trim().Length == 0)
            return GitHubAnswer.Invalid("PullRequest", "base", "custom", $"No commits between {into} and {head}");
        var pull = pulls.Open(call.Repository.FullName, head, title, into, body: call.Text("body") ?? "", draft: call.Body["draft"]?.GetValue<bool>() ?? false);
        return new GitHubAnswer(201, pulls.Json(pull, call.Repository));
    }

    private GitHubAnswer Edit(GitHubCall call)
    {
        if (pulls.Find(call) is not { } pull) return GitHubAnswer.NotFound();
        if (TooLong(call.Text("title"), call.Text("body")) is { } fault) return fault;
        if (call.Text("state") is not (null or "open" or "closed")) return GitHubAnswer.Invalid("PullRequest", "state", "invalid");
        if (call.Text("title") is { } title) pull.Title = title;
        if (call.Text("body") is { } body) (pull.Body, pull.Edits) = (body, pull.Edits + 1);
        if (call.Text("state") == "closed" && pull.State == "open") pulls.Close(pull);
        return GitHubAnswer.Ok(pulls.Json(pull, call.Repository));
    }

    private GitHubAnswer Label(GitHubCall call)
    {
        if (pulls.Find(call) is not { } pull) return GitHubAnswer.NotFound();
        pull.Labels.UnionWith(Texts(call, "labels"));
        return GitHubAnswer.Ok(new JsonArray([.. pull.Labels.Select(l => (JsonNode)new JsonObject { ["name"] = l })]));
    }

    private GitHubAnswer Ask(GitHubCall call)
    {
        if (pulls.Find(call) is not { } pull) return GitHubAnswer.NotFound();
        if (Texts(call, "reviewers").Except(Collaborators).Any())
            return GitHubAnswer.Error(422, "Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the repository.");
        pull.Reviewers.UnionWith(Texts(call, "reviewers").Concat(Texts(call, "team_reviewers").Select(t => "team " + t)));
        return new GitHubAnswer(201, pulls.Json(pull, call.Repository));
    }

    private static IEnumerable<string> Texts(GitHubCall call, string name) => (call.Body[name] as JsonArray ?? []).Select(GitHubCall.TextOf).OfType<string>();

    private static GitHubAnswer? TooLong(string? title, string? body) =>
        title?.Length > LongestTitle ? GitHubAnswer.Invalid("PullRequest", "title", "custom", "title is too long (maximum is 256 characters)")
        : body?.Length > LongestBody ? GitHubAnswer.Invalid("PullRequest", "body", "custom", "body is too long (maximum is 65536 characters)")
        : null;
}
