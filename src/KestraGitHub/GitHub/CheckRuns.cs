using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KestraGitHub.GitHub;

/// <summary>Check runs: what only an App may leave at a commit, with a summary and with annotations on lines of files.</summary>
internal sealed class CheckRuns(GitHubClient github)
{
    /// <summary>So many in one call; those of later calls are added to them.</summary>
    private const int AtOnce = 50;

    /// <summary>What GitHub calls the button of a failed check when it is pressed.</summary>
    public const string RunAgain = "run_again";

    /// <param name="id">Of the check run that is to say this; null for a new one.</param>
    /// <param name="unsure">True: some of it may have arrived already, so that is looked at.</param>
    /// <returns>GitHub's number of it.</returns>
    public async Task<string> PutAsync(GitHubRepository repository, string sha, string name, CommitReport report, string? id, bool unsure, CancellationToken ct)
    {
        var there = unsure ? await FindAsync(repository, sha, name, report.Run, ct) : null;
        if (there is { } known && known.Says == (report.EndedAt is null ? "" : Conclusion(report)) && known.Annotations >= report.Annotations.Count) return known.Id;
        var sent = there?.Annotations ?? 0;
        id = there?.Id ?? id;
        do
        {
            var batch = report.Annotations.Skip(sent).Take(AtOnce).ToList();
            id = await SendAsync(repository, sha, name, report, batch, id, ct);
            sent += batch.Count;
        }
        while (sent < report.Annotations.Count);
        return id;
    }

    private async Task<string> SendAsync(GitHubRepository repository, string sha, string name, CommitReport report, List<Annotation> annotations, string? id, CancellationToken ct)
    {
        var scope = ScopeOf(repository);
        if (id is not null)
        {
            try
            {
                await github.SendAsync(scope, new GitHubRequest(HttpMethod.Patch, $"{repository.Path}/check-runs/{id}") { Body = Body(report, annotations) }, ct);
                return id;
            }
            catch (GitHubException e) when (e.Kind == GitHubFailure.NotFound)
            {
                // GitHub drops the old ones of a name at some time: then it is a new one.
            }
        }

        var body = Body(report, annotations);
        (body["name"], body["head_sha"], body["external_id"], body["started_at"]) = (name, sha, report.Run, Time(report.StartedAt));
        var reply = await github.SendAsync(scope, new GitHubRequest(HttpMethod.Post, $"{repository.Path}/check-runs") { Body = body }, ct);
        return (reply.Number("id") ?? 0).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>What a run's check says now: empty while it goes on. Null when there is none.</summary>
    private async Task<(string Id, string Says, int Annotations)?> FindAsync(GitHubRepository repository, string sha, string name, string run, CancellationToken ct)
    {
        var path = $"{repository.Path}/commits/{sha}/check-runs?check_name={Uri.EscapeDataString(name)}&filter=all&per_page=100";
        await foreach (var page in github.PagesAsync(ScopeOf(repository), path, ct))
        foreach (var check in page.Items("check_runs"))
        {
            if (Text(check, "external_id") != run) continue;
            var annotations = check.TryGetProperty("output", out var output) && output.TryGetProperty("annotations_count", out var count) && count.TryGetInt32(out var number) ? number : 0;
            return (check.GetProperty("id").GetInt64().ToString(CultureInfo.InvariantCulture), Text(check, "conclusion") ?? "", annotations);
        }

        return null;
    }

    private static JsonObject Body(CommitReport report, List<Annotation> annotations)
    {
        var output = new JsonObject { ["title"] = report.Description, ["summary"] = report.Summary };
        if (annotations.Count > 0)
        {
            output["annotations"] = new JsonArray([.. annotations.Select(a => (JsonNode)new JsonObject
            {
                ["path"] = a.Path, ["start_line"] = a.Line, ["end_line"] = a.Line, ["annotation_level"] = a.Level, ["title"] = a.Title, ["message"] = a.Message,
            })]);
        }

        var body = new JsonObject { ["status"] = report.EndedAt is null ? "in_progress" : "completed", ["output"] = output };
        if (report.Url is not null) body["details_url"] = report.Url;
        if (report.EndedAt is { } at) (body["conclusion"], body["completed_at"]) = (Conclusion(report), Time(at));
        if (report.State == "failure")
            body["actions"] = new JsonArray(new JsonObject { ["label"] = "Run again", ["description"] = "Asks the sync for the same once more", ["identifier"] = RunAgain });
        return body;
    }

    private static string Conclusion(CommitReport report) => report.State == "error" ? "neutral" : report.State;

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private static GitHubScope ScopeOf(GitHubRepository repository) => GitHubScope.Of(repository, "checks:write");

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
