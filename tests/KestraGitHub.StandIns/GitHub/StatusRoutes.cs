using System.Globalization;
using System.Text.Json.Nodes;

namespace KestraGitHub.StandIns.GitHub;

internal static class StatusRoutes
{
    private const int LongestDescription = 140;
    private const int MostOfOneContext = 1000;
    private static readonly string[] States = ["error", "failure", "pending", "success"];

    public static void Add(GitHubStandIn standIn)
    {
        standIn.Map("POST", "/statuses/{sha}", call => Report(standIn, call), "statuses:write");
        standIn.Map("GET", "/commits/{ref}/statuses", call =>
            Sha(call) is { } sha ? GitHubAnswer.Page(call, [.. Of(standIn, call, sha).Select(s => Json(s, call))]) : NoCommit(call.Part("ref")));
        standIn.Map("GET", "/commits/{ref}/status", call => Sha(call) is { } sha ? Combined(standIn, call, sha) : NoCommit(call.Part("ref")));
    }

    private static GitHubAnswer Report(GitHubStandIn standIn, GitHubCall call)
    {
        var (sha, state) = (call.Part("sha"), call.Text("state"));
        if (sha.Length != 40 || call.Repository.Commit(sha) != sha) return NoCommit(sha);
        if (!States.Contains(state)) return GitHubAnswer.Invalid("Status", "state", "invalid");
        var (target, description, context) = (call.Text("target_url"), call.Text("description"), call.Text("context") ?? "default");
        if (description?.Length > LongestDescription)
            return GitHubAnswer.Invalid("Status", "description", "custom", "description is too long (maximum is 140 characters)");
        if (target is not null && (!Uri.TryCreate(target, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https")))
            return GitHubAnswer.Invalid("Status", "target_url", "custom", "target_url must use http(s) scheme");
        if (Of(standIn, call, sha).Count(s => IsSame(s.Context, context)) >= MostOfOneContext)
            return GitHubAnswer.Invalid("Status", "context", "custom", "This SHA and context has reached the maximum number of statuses.");
        var status = new CommitStatus(standIn.NextId(), call.Repository.FullName, sha, state!, target, description, context, DateTimeOffset.UtcNow);
        standIn.Keep(status);
        return new GitHubAnswer(201, Json(status, call));
    }

    private static GitHubAnswer Combined(GitHubStandIn standIn, GitHubCall call, string sha)
    {
        var latest = Of(standIn, call, sha).DistinctBy(s => s.Context, StringComparer.OrdinalIgnoreCase).ToList();
        var state = latest.Exists(s => s.State is "error" or "failure") ? "failure"
            : latest.Count == 0 || latest.Exists(s => s.State == "pending") ? "pending" : "success";
        var api = $"{call.BaseUrl}/repos/{call.Repository.FullName}/commits/{sha}";
        return GitHubAnswer.Ok(new JsonObject
        {
            ["state"] = state, ["statuses"] = new JsonArray([.. latest.Select(s => Json(s, call))]), ["sha"] = sha, ["total_count"] = latest.Count,
            ["repository"] = call.Repository.Json(call.BaseUrl), ["commit_url"] = api, ["url"] = api + "/status",
        });
    }

    private static JsonObject Json(CommitStatus s, GitHubCall call)
    {
        var at = s.CreatedAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        return new JsonObject
        {
            ["url"] = $"{call.BaseUrl}/repos/{s.Repository}/statuses/{s.Sha}", ["id"] = s.Id, ["node_id"] = $"SC_{s.Id}", ["state"] = s.State,
            ["description"] = s.Description, ["target_url"] = s.TargetUrl, ["context"] = s.Context, ["created_at"] = at, ["updated_at"] = at,
            ["creator"] = new JsonObject { ["login"] = call.Repository.Owner, ["id"] = call.Repository.OwnerId, ["type"] = "User" },
        };
    }

    /// <summary>Newest first.</summary>
    private static IEnumerable<CommitStatus> Of(GitHubStandIn standIn, GitHubCall call, string sha) =>
        standIn.Statuses.Where(s => s.Repository == call.Repository.FullName && s.Sha == sha).Reverse();

    private static string? Sha(GitHubCall call) => call.Repository.Commit(call.Part("ref"));

    private static bool IsSame(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);

    private static GitHubAnswer NoCommit(string reference) => GitHubAnswer.Error(422, $"No commit found for SHA: {reference}");
}
