namespace KestraGitHub.IntegrationTests.GitHub;

/// <summary>A comment for the picture in the README, as a real pull request gets it: <c>tests/picture.sh</c> sets KESTRA_GITHUB_COMMENT to a file.</summary>
public sealed class CommentPicture
{
    private static readonly string? Target = Environment.GetEnvironmentVariable("KESTRA_GITHUB_COMMENT");

    [Fact]
    public async Task A_comment_can_be_pictured()
    {
        if (Target is null) return;
        await using var bench = await GitHubBench.OpenAsync(app: true, permissions: "checks:write contents:write metadata:read pull_requests:write");
        var pulls = new PullRequestBench(bench);
        File.AppendAllText(Path.Combine(bench.Service.DefinitionsPath, "sync.yml"), "\n  approval: onDelete\n  pullRequests: true\n");
        bench.Commit(Flow("nightly_load", "Log"), Flow("customers", "Log"), Flow("old_export", "Log"), Flow("report", "Log"));
        await bench.Service.StartAsync();
        await bench.SyncAsync();
        bench.House.Kestra.State.PutFlow(Flow("customers", "Log", "by hand").Text);
        using var looked = await bench.Service.Http.PostAsync("/api/v1/main/syncs/system/sync/drift", null);
        looked.EnsureSuccessStatusCode();

        bench.GitHub.AddHook("", new Uri(bench.Service.BaseUrl, "/webhook/github"), EndToEnd.ServiceProcess.WebhookSecret, "pull_request");
        pulls.Branch("change", Flow("nightly_load", "Log", "again", "triggers:\n  - id: nightly\n    type: io.kestra.plugin.core.trigger.Schedule\n    cron: \"30 5 * * 1-5\"\n    timezone: Europe/Paris\n"),
            Flow("customers", "Log"), Flow("weekly_report", "Log"), Flow("report", "Return"));
        bench.GitHub.Pulls.Open(GitHubBench.Repository, "change");
        await bench.UntilAsync(() => pulls.Comments.Count == 1);
        await File.WriteAllTextAsync(Target, pulls.Comments[0].Body);
    }

    private static (string Path, string Text) Flow(string id, string type, string message = "hello", string more = "") => (
        $"flows/{id}.yml",
        $"id: {id}\nnamespace: team.sync\ntasks:\n  - id: say\n    type: io.kestra.plugin.core.{(type == "Log" ? "log.Log" : "debug.Return")}\n    {(type == "Log" ? "message" : "format")}: {message}\n{more}");
}
