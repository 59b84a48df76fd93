using KestraGitHub.IntegrationTests.Endurance;
using KestraGitHub.StandIns.GitHub;

namespace KestraGitHub.IntegrationTests.GitHub;

/// <summary>What a commit says of its sync where an App is installed: a check with annotations, by tokens that are good for this job only.</summary>
public sealed class CheckRunTests
{
    private const string Broken = "id: flow9\nnamespace: team.sync\ntasks:\n  - id: hello\n    type: io.kestra.plugin.core.log.Log\n    message: x\n  - id: nope\n    type: io.kestra.plugin.nope.Nope\n";

    [Fact]
    public async Task A_push_is_a_check_in_progress_and_then_a_success_with_its_summary()
    {
        await using var bench = await GitHubBench.OpenAsync(app: true);
        var sha = bench.CommitFlows(6, "first");
        bench.House.SlowWrites(200);
        await bench.Service.StartAsync();
        var run = await bench.House.PushAsync("sync");
        await bench.UntilAsync(() => bench.GitHub.CheckRuns is [{ Status: "in_progress" }]);
        await bench.House.EndOfAsync(run);
        await bench.UntilAsync(() => bench.GitHub.CheckRuns is [{ Conclusion: "success" }]);

        var check = Assert.Single(bench.GitHub.CheckRuns);
        Assert.Equal((sha, GitHubBench.Context, run, "6 added", $"{GitHubBench.PublicUrl}/runs/{run}"), (check.Sha, check.Name, check.ExternalId, check.Title, check.DetailsUrl));
        Assert.Contains("| added | `flow team.sync/flow1` |", check.Summary, StringComparison.Ordinal);
        Assert.Empty(bench.GitHub.Statuses);
        Assert.Equal((1, 1), (bench.Count("POST", "/check-runs"), bench.Count("PATCH", "/check-runs")));

        // One token for each job, no wider than the job, and as long as GitHub makes them now.
        Assert.Equal(["checks:write", "contents:read"], bench.GitHub.IssuedTokens.Select(t => t.Permissions).Order(StringComparer.Ordinal));
        Assert.All(bench.GitHub.IssuedTokens, t => Assert.Equal(("flows", 520), (t.Repository, t.Value.Length)));
        Assert.All(bench.GitHub.IssuedTokens, t => Assert.DoesNotContain(t.Value, bench.Service.Output, StringComparison.Ordinal));
        Assert.Equal(1, bench.Count("GET", "/installation"));
    }

    [Fact]
    public async Task An_invalid_flow_is_a_red_check_with_an_annotation_on_its_line()
    {
        await using var bench = await GitHubBench.OpenAsync(app: true);
        bench.Commit(("flows/flow9.yml", Broken), ("flows/twice.yml", "id: twice\nnamespace: team.sync\n\nid: other\n"));
        await bench.Service.StartAsync();
        await bench.SyncAsync("failed");
        await bench.UntilAsync(() => bench.GitHub.CheckRuns is [{ Conclusion: "failure" }]);
        var annotations = bench.GitHub.CheckRuns[0].Annotations;
        Assert.Contains(annotations, a => a is { Path: "flows/twice.yml", Line: 4, Level: "failure" });

        bench.Commit(("flows/flow9.yml", Broken));
        await bench.SyncAsync("failed");
        await bench.UntilAsync(() => bench.GitHub.CheckRuns is [_, { Conclusion: "failure" }]);
        var annotation = Assert.Single(bench.GitHub.CheckRuns[1].Annotations);
        Assert.Equal(("flows/flow9.yml", 8), (annotation.Path, annotation.Line));
        Assert.Contains("io.kestra.plugin.nope.Nope", annotation.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_annotations_are_sent_in_parts_and_none_twice()
    {
        await using var bench = await GitHubBench.OpenAsync(app: true);
        bench.Commit([.. Enumerable.Range(1, 120).Select(i => ($"flows/bad{i}.yml", $"id: bad{i}\nnamespace: team.sync\n\t- x\n"))]);
        var patches = 0;
        // One part arrives, and its answer is lost.
        bench.GitHub.Troubles = (method, path) => method == "PATCH" && Interlocked.Increment(ref patches) == 1 ? Trouble.BadGateway with { Done = true } : null;
        await bench.Service.StartAsync();
        await bench.SyncAsync("failed");
        await bench.UntilAsync(() => bench.GitHub.CheckRuns is [{ Conclusion: "failure", Annotations.Count: >= 120 }]);
        Assert.Equal(120, bench.GitHub.CheckRuns[0].Annotations.Select(a => a.Path).Distinct().Count());
        Assert.Equal(120, bench.GitHub.CheckRuns[0].Annotations.Count);
        Assert.All(bench.GitHub.CheckRuns[0].Annotations, a => Assert.Equal(3, a.Line)); // that of the tab
    }

    [Fact]
    public async Task A_token_that_is_refused_is_renewed_once_for_the_API_and_for_Git()
    {
        await using var bench = await GitHubBench.OpenAsync(app: true);
        bench.CommitFlows(1, "first");
        await bench.Service.StartAsync();
        await bench.SyncAsync();
        await bench.UntilAsync(() => bench.GitHub.CheckRuns is [{ Conclusion: "success" }]);
        bench.GitHub.RevokeTokens();
        bench.CommitFlows(2, "second");
        await bench.SyncAsync();
        await bench.UntilAsync(() => bench.GitHub.CheckRuns is [_, { Conclusion: "success" }]);
        Assert.Single(bench.GitHub.Calls, c => c.Status == 401);
    }

    [Fact]
    public async Task A_missing_permission_is_named_and_the_run_is_none_the_worse()
    {
        await using var bench = await GitHubBench.OpenAsync(app: true, permissions: "contents:read metadata:read");
        bench.CommitFlows(1, "first");
        await bench.Service.StartAsync();
        await bench.SyncAsync();
        await bench.UntilAsync(() => bench.Service.Output.Contains("permissions requested are not granted", StringComparison.Ordinal));
    }
}
