using System.Globalization;
using System.Text.Json.Nodes;

namespace KestraGitHub.StandIns.GitHub;

/// <summary>A check run as it stands, with all the annotations that were added to it.</summary>
public sealed class CheckRun(long id, string repository, string sha, string name, string? externalId)
{
    public long Id => id;
    public string Repository => repository;
    public string Sha => sha;
    public string Name => name;
    public string? ExternalId => externalId;
    public string Status { get; internal set; } = "queued";
    public string? Conclusion { get; internal set; }
    public string? DetailsUrl { get; internal set; }
    public string? Title { get; internal set; }
    public string? Summary { get; internal set; }
    public List<CheckAnnotation> Annotations { get; } = [];

    /// <summary>Identifiers of its buttons.</summary>
    public IReadOnlyList<string> Actions { get; internal set; } = [];
}

public sealed record CheckAnnotation(string Path, long Line, string Level, string Message);

/// <summary>Check runs hang on commits as statuses do, but only an App may write them.</summary>
internal static class CheckRunRoutes
{
    private const int LongestText = 65_535;
    private const int MostAnnotations = 50;
    private static readonly string[] Conclusions = ["action_required", "cancelled", "failure", "neutral", "success", "skipped", "timed_out"];

    public static void Add(GitHubStandIn standIn)
    {
        standIn.Map("POST", "/check-runs", call => Create(standIn, call), "checks:write", onlyApps: true);
        standIn.Map("PATCH", "/check-runs/{id}", call => standIn.CheckRuns.FirstOrDefault(c => c.Id == call.Id("id") && c.Repository == call.Repository.FullName) is { } check
            ? Fault(call) ?? GitHubAnswer.Ok(Set(check, call))
            : GitHubAnswer.NotFound(), "checks:write", onlyApps: true);
        standIn.Map("GET", "/commits/{ref}/check-runs", call => List(standIn, call), "checks:read");
    }

    private static GitHubAnswer Create(GitHubStandIn standIn, GitHubCall call)
    {
        if (call.Text("name") is not { Length: > 0 } name) return GitHubAnswer.Invalid("CheckRun", "name", "missing_field");
        if (call.Text("head_sha") is not { Length: 40 } sha || call.Repository.Commit(sha) != sha) return GitHubAnswer.Error(422, $"No commit found for SHA: {call.Text("head_sha")}");
        if (Fault(call) is { } fault) return fault;
        var check = new CheckRun(standIn.NextId(), call.Repository.FullName, sha, name, call.Text("external_id"));
        standIn.Keep(check);
        return new GitHubAnswer(201, Set(check, call));
    }

    private static GitHubAnswer? Fault(GitHubCall call)
    {
        if (call.Text("status") is { } status && status is not ("queued" or "in_progress" or "completed")) return GitHubAnswer.Invalid("CheckRun", "status", "invalid");
        if (call.Text("conclusion") is { } conclusion && !Conclusions.Contains(conclusion)) return GitHubAnswer.Invalid("CheckRun", "conclusion", "invalid");
        if (call.Text("status") == "completed" && call.Text("conclusion") is null) return GitHubAnswer.Invalid("CheckRun", "conclusion", "missing_field");
        if (call.Body["actions"] is JsonArray actions && (actions.Count > 3 || !actions.All(a => Fits(a, "label", 20) && Fits(a, "description", 40) && Fits(a, "identifier", 20))))
            return GitHubAnswer.Invalid("CheckRun", "actions", "invalid");
        if (call.Body["output"] is not JsonObject output) return null;
        if (GitHubCall.TextOf(output["title"]) is null || GitHubCall.TextOf(output["summary"]) is not { } summary) return GitHubAnswer.Invalid("CheckRun", "output", "missing_field");
        if (summary.Length > LongestText) return GitHubAnswer.Invalid("CheckRun", "summary", "custom", "summary exceeds a maximum bytesize of 65535");
        if (output["annotations"] is not JsonArray annotations) return null;
        if (annotations.Count > MostAnnotations) return GitHubAnswer.Invalid("CheckRun", "annotations", "custom", "annotations exceeds a maximum quantity of 50");
        return annotations.All(a => a is JsonObject o && o["path"] is not null && o["start_line"] is not null && o["end_line"] is not null && o["message"] is not null
                && GitHubCall.TextOf(o["annotation_level"]) is "notice" or "warning" or "failure" && (GitHubCall.TextOf(o["title"])?.Length ?? 0) <= 255)
            ? null
            : GitHubAnswer.Invalid("CheckRun", "annotations", "invalid");
    }

    private static bool Fits(JsonNode? action, string name, int most) => GitHubCall.TextOf(action?[name]) is { Length: > 0 } text && text.Length <= most;

    private static JsonObject Set(CheckRun check, GitHubCall call)
    {
        lock (check.Annotations)
        {
            check.Status = call.Text("conclusion") is not null ? "completed" : call.Text("status") ?? check.Status;
            check.Conclusion = call.Text("conclusion") ?? check.Conclusion;
            check.DetailsUrl = call.Text("details_url") ?? check.DetailsUrl;
            if (call.Body["actions"] is JsonArray actions) check.Actions = [.. actions.Select(a => (string)a!["identifier"]!)];
            if (call.Body["output"] is JsonObject output)
            {
                (check.Title, check.Summary) = (GitHubCall.TextOf(output["title"]), GitHubCall.TextOf(output["summary"]));
                foreach (var annotation in output["annotations"] as JsonArray ?? [])
                    check.Annotations.Add(new((string)annotation!["path"]!, (long)annotation["start_line"]!, (string)annotation["annotation_level"]!, (string)annotation["message"]!));
            }
        }

        return Json(check, call);
    }

    private static GitHubAnswer List(GitHubStandIn standIn, GitHubCall call)
    {
        if (call.Repository.Commit(call.Part("ref")) is not { } sha) return GitHubAnswer.Error(422, $"No commit found for SHA: {call.Part("ref")}");
        var all = standIn.CheckRuns.Where(c => c.Repository == call.Repository.FullName && c.Sha == sha && (call.Query("check_name") is not { } name || c.Name == name)).Reverse().ToList();
        if (call.Query("filter") != "all") all = [.. all.DistinctBy(c => c.Name)];
        var page = GitHubAnswer.Page(call, [.. all.Select(c => Json(c, call))]);
        return page with { Body = new JsonObject { ["total_count"] = all.Count, ["check_runs"] = page.Body } };
    }

    private static JsonObject Json(CheckRun c, GitHubCall call) => new()
    {
        ["id"] = c.Id, ["name"] = c.Name, ["head_sha"] = c.Sha, ["external_id"] = c.ExternalId, ["status"] = c.Status, ["conclusion"] = c.Conclusion, ["details_url"] = c.DetailsUrl,
        ["html_url"] = $"{call.BaseUrl}/{c.Repository}/runs/{c.Id.ToString(CultureInfo.InvariantCulture)}", ["app"] = new JsonObject { ["id"] = 1234, ["slug"] = "kestra-github" },
        ["output"] = new JsonObject { ["title"] = c.Title, ["summary"] = c.Summary, ["annotations_count"] = c.Annotations.Count },
    };
}
