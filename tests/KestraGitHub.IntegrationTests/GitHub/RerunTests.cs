using System.Text.Json;
using KestraGitHub.IntegrationTests.EndToEnd;
using KestraGitHub.IntegrationTests.Endurance;
using KestraGitHub.StandIns.GitHub;

namespace KestraGitHub.IntegrationTests.GitHub;

/// <summary>An App with one hook for all events, as GitHub has it: pull requests, merge queues, and the buttons beside checks.</summary>
public sealed class RerunTests
{
    private const string Broken = "id: flow9\nnamespace: team.sync\ntasks:\n  - id: nope\n    type: io.kestra.plugin.nope.Nope\n";

    [Fact]
    public async Task The_button_of_a_red_check_asks_for_the_same_once_more_and_its_commit_is_told_anew()
    {
        await using var bench = await GitHubBench.OpenAsync(app: true);
        var sha = bench.Commit(("flows/twice.yml", "id: twice\nnamespace: team.sync\n\nid: other\n"));
        await bench.Service.StartAsync();
        var first = (await bench.SyncAsync("failed")).GetProperty("id").GetString();
        await bench.UntilAsync(() => bench.GitHub.CheckRuns is [{ Conclusion: "failure" }]);
        Assert.Equal(["run_again"], bench.GitHub.CheckRuns[0].Actions);

        // At the App's address, and sent twice: a file that was refused for good is looked at again, which no push of the same commit would do.
        Hook(bench, "/webhook/github");
        var guid = bench.GitHub.Press(bench.GitHub.CheckRuns[0]);
        await bench.UntilAsync(() => bench.GitHub.CheckRuns is [_, { Conclusion: "failure" }]);
        bench.GitHub.SendAgain(guid);
        await bench.UntilAsync(() => bench.GitHub.Deliveries.Count(d => d.DeliveryId == guid) == 2);
        Assert.Equal(200, bench.GitHub.Deliveries[^1].StatusCode);
        var again = bench.GitHub.CheckRuns[1];
        Assert.Equal((sha, 2), (again.Sha, (await RunsAsync(bench)).Count));
        var run = (await RunsAsync(bench))[0];
        Assert.Equal(("rerun", "bea", again.ExternalId), (run.GetProperty("trigger").GetProperty("kind").GetString(), run.GetProperty("trigger").GetProperty("by").GetString(), run.GetProperty("id").GetString()));
        Assert.DoesNotContain("not tried again", run.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.NotEqual(first, again.ExternalId);

        // At the sync's own address, by our own button; what is not ours, or not the last word, starts nothing.
        Hook(bench, House.Hook("sync"));
        foreach (var nothing in (string[])[bench.GitHub.Press(again, app: 99), bench.GitHub.Press(bench.GitHub.CheckRuns[0]), bench.GitHub.Press(again, "another_button")])
            await bench.UntilAsync(() => bench.GitHub.Deliveries.Any(d => d.DeliveryId == nothing && d.StatusCode == 200 && d.ResponseBody.Contains("ignored", StringComparison.Ordinal)));
        bench.GitHub.Press(again, "run_again");
        await bench.UntilAsync(() => bench.GitHub.CheckRuns is [_, _, { Conclusion: "failure" }]);
        Assert.Equal(3, (await RunsAsync(bench)).Count);

        // All checks of a commit that the branch has left: what is newest is applied, and both commits say so.
        var newest = bench.CommitFlows(2, "mended");
        bench.GitHub.PressAll(GitHubBench.Repository, sha);
        await bench.UntilAsync(() => bench.GitHub.CheckRuns.LastOrDefault(c => c.Sha == sha) is { Conclusion: "success" } && bench.GitHub.CheckRuns.LastOrDefault(c => c.Sha == newest) is { Conclusion: "success" });
        Assert.Equal($"Superseded by {newest[..7]}: 2 added", bench.GitHub.CheckRuns.Last(c => c.Sha == sha).Title);
        Assert.Empty(bench.GitHub.CheckRuns.Last(c => c.Sha == newest).Actions);
    }

    [Fact]
    public async Task Pull_requests_merge_groups_and_the_buttons_of_plans_work_at_the_address_for_all()
    {
        await using var bench = await GitHubBench.OpenAsync(app: true, permissions: "checks:write contents:write metadata:read pull_requests:write statuses:write");
        File.AppendAllText(Path.Combine(bench.Service.DefinitionsPath, "sync.yml"), "\n  pullRequests: true\n");
        bench.House.Define("silent", url: bench.GitHub.CloneUrl("acme", "flows").AbsoluteUri);
        var pulls = new PullRequestBench(bench);
        bench.CommitFlows(2, "first");
        await bench.Service.StartAsync();
        await bench.SyncAsync();
        Hook(bench, "/webhook/github");

        var head = pulls.Branch("change", ("flows/flow9.yml", Broken));
        var pull = bench.GitHub.Pulls.Open(GitHubBench.Repository, "change");
        await bench.UntilAsync(() => pulls.CheckOf(head) is { Conclusion: "failure" } && pulls.Comments is [{ Edits: 0 }]);
        var check = pulls.CheckOf(head)!;
        bench.GitHub.Press(check);
        await bench.UntilAsync(() => pulls.CheckOf(head) is { Conclusion: "failure" } again && again.Id != check.Id && pulls.Comments is [{ Edits: 1 }]);

        // A plan of what was pushed since has nothing to say any more.
        var next = pulls.Branch("change", PullRequestBench.Flow(1, "second"));
        bench.GitHub.Pulls.Pushed(pull);
        await bench.UntilAsync(() => pulls.CheckOf(next) is { Conclusion: "success" });
        var late = bench.GitHub.Press(pulls.CheckOf(head)!);
        await bench.UntilAsync(() => bench.GitHub.Deliveries.Any(d => d.DeliveryId == late && d.ResponseBody.Contains("was pushed to since", StringComparison.Ordinal)));

        var group = bench.GitHub.Pulls.Enqueue(pull);
        await bench.UntilAsync(() => pulls.CheckOf(group) is { Conclusion: "success" });
        bench.GitHub.Pulls.Close(pull);
        await bench.UntilAsync(() => bench.GitHub.Deliveries.Count(d => d.Event == "pull_request") == 3);

        // Who said nothing of pull requests is not even told; who did has them in its list.
        var deliveries = await bench.House.AllAsync("/api/v1/deliveries");
        Assert.DoesNotContain(deliveries, d => d.GetProperty("flow").GetString() == "silent");
        Assert.Contains(deliveries, d => d.GetProperty("event").GetString() == "merge_group" && d.GetProperty("flow").GetString() == "sync");
        Assert.Contains(deliveries, d => d.GetProperty("event").GetString() == "pull_request" && d.GetProperty("reason").GetString()?.Contains("is closed", StringComparison.Ordinal) == true);
        Assert.DoesNotContain(bench.House.Kestra.State.ListFlows(), f => f.Source.Contains("second", StringComparison.Ordinal));
        Assert.DoesNotContain(await bench.House.AllAsync("/api/v1/runs"), r => r.GetProperty("finishedAt").ValueKind == JsonValueKind.Null);
    }

    private static void Hook(GitHubBench bench, string path) =>
        bench.GitHub.AddHook("", new Uri(bench.Service.BaseUrl, path), ServiceProcess.WebhookSecret, "pull_request", "merge_group", "check_run", "check_suite");

    private static Task<List<JsonElement>> RunsAsync(GitHubBench bench) => bench.House.AllAsync("/api/v1/runs");
}
