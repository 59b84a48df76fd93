using KestraGitHub.IntegrationTests.Endurance;
using KestraGitHub.StandIns.GitHub;

namespace KestraGitHub.IntegrationTests.GitHub;

/// <summary>What a pull request says of what merging it would change, from its opening to its merge.</summary>
public sealed class PullRequestTests
{
    private const string Marker = "<!-- kestra-github:main/system/sync -->";

    [Fact]
    public async Task A_pull_request_gets_a_status_and_one_comment_that_follows_its_pushes_and_its_merge_applies()
    {
        await using var bench = await PullRequestBench.OpenAsync();
        var before = bench.House.Kestra.State.ListFlows().Select(f => f.Source).Order(StringComparer.Ordinal).ToList();
        var calls = bench.Calls;
        var head = bench.Branch("change", PullRequestBench.Flow(1, "second"), PullRequestBench.Flow(2, "first"), PullRequestBench.Flow(4, "first"));
        var pull = bench.GitHub.Pulls.Open(GitHubBench.Repository, "change");
        await bench.UntilAsync(() => bench.Comments.Count == 1 && bench.StatusOf(head)?.State == "success");
        Assert.Equal("Plan: 1 deleted, 1 added, 1 updated, 1 unchanged", bench.StatusOf(head)!.Description);
        var body = bench.Comments[0].Body;
        Assert.StartsWith(Marker, body, StringComparison.Ordinal);
        Assert.Contains("#### Deletions (1)", body, StringComparison.Ordinal);
        Assert.Contains("| deleted | `flow team.sync/flow3` |", body, StringComparison.Ordinal);
        Assert.Contains("| updated | `flow team.sync/flow1` | +1\u00a0−1 |", body, StringComparison.Ordinal);
        Assert.Contains("tasks ~hello", body, StringComparison.Ordinal);
        Assert.InRange(bench.Calls - calls, 3, 4);

        // Planned, and nothing else.
        Assert.Equal(before, bench.House.Kestra.State.ListFlows().Select(f => f.Source).Order(StringComparer.Ordinal));
        var sync = await bench.House.GetAsync("/api/v1/main/syncs/system/sync");
        Assert.DoesNotContain("pullRequest", sync.GetProperty("lastRun").ToString(), StringComparison.Ordinal);

        calls = bench.Calls;
        var next = bench.Branch("change", PullRequestBench.Flow(1, "third"), PullRequestBench.Flow(2, "first"), PullRequestBench.Flow(3, "first"));
        bench.GitHub.Pulls.Pushed(pull);
        await bench.UntilAsync(() => bench.Comments is [{ Edits: 1 }] && bench.StatusOf(next)?.State == "success");
        Assert.DoesNotContain("Deletions", bench.Comments[0].Body, StringComparison.Ordinal);
        Assert.InRange(bench.Calls - calls, 3, 4);

        bench.GitHub.Pulls.Merge(pull);
        var merged = bench.House.Repositories.Tip(GitHubBench.Repository + ".git", "main")!;
        await bench.UntilAsync(() => bench.StatusOf(merged)?.State == "success");
        Assert.Contains(bench.House.Kestra.State.ListFlows(), f => f.Source.Contains("third", StringComparison.Ordinal));
        Assert.Single(bench.Comments);
    }

    [Fact]
    public async Task A_comment_that_was_deleted_is_made_anew_and_one_whose_answer_was_lost_is_not_made_twice()
    {
        await using var bench = await PullRequestBench.OpenAsync(app: true);
        var posts = 0;
        // The comment arrives, and its answer is lost.
        bench.GitHub.Troubles = (method, path) => method == "POST" && path.EndsWith("/comments", StringComparison.Ordinal) && Interlocked.Increment(ref posts) == 1 ? Trouble.BadGateway with { Done = true } : null;
        bench.Branch("change", PullRequestBench.Flow(1, "second"));
        var pull = bench.GitHub.Pulls.Open(GitHubBench.Repository, "change");
        await bench.UntilAsync(() => bench.Comments is [{ Edits: 1 }]);
        Assert.True(bench.Comments[0].ByBot);

        bench.GitHub.Pulls.Delete(bench.Comments[0]);
        var head = bench.Branch("change", PullRequestBench.Flow(1, "third"));
        bench.GitHub.Pulls.Pushed(pull);
        await bench.UntilAsync(() => bench.Comments is [{ Edits: 0 }] && bench.CheckOf(head) is { Conclusion: "success" });
        Assert.StartsWith(Marker, bench.Comments[0].Body, StringComparison.Ordinal);
        Assert.StartsWith("Plan: ", bench.CheckOf(head)!.Title, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_invalid_flow_makes_the_pull_request_red_with_an_annotation_on_its_line()
    {
        await using var bench = await PullRequestBench.OpenAsync(app: true);
        var head = bench.Branch("broken", ("flows/flow9.yml", "id: flow9\nnamespace: team.sync\ntasks:\n  - id: hello\n    type: io.kestra.plugin.core.log.Log\n    message: x\n  - id: nope\n    type: io.kestra.plugin.nope.Nope\n"));
        bench.GitHub.Pulls.Open(GitHubBench.Repository, "broken");
        await bench.UntilAsync(() => bench.CheckOf(head) is { Conclusion: "failure" } && bench.Comments.Count == 1);
        var annotation = Assert.Single(bench.CheckOf(head)!.Annotations);
        Assert.Equal(("flows/flow9.yml", 8L), (annotation.Path, annotation.Line));
        Assert.Contains("`flows/flow9.yml:8`", bench.Comments[0].Body, StringComparison.Ordinal);

        // What is wrong in a pull request is no fault of the sync's own branch.
        bench.Bench.CommitFlows(2, "second");
        await bench.UntilAsync(() => bench.CheckOf(bench.House.Repositories.Tip(GitHubBench.Repository + ".git", "main")!) is { Conclusion: "success" });
    }

    [Fact]
    public async Task A_fork_is_refused_unless_the_sync_says_otherwise()
    {
        await using (var bench = await PullRequestBench.OpenAsync(app: true))
        {
            var head = bench.Branch("theirs", PullRequestBench.Flow(1, "second"));
            bench.GitHub.Pulls.Open(GitHubBench.Repository, "theirs", fork: "mallory/flows");
            await bench.UntilAsync(() => bench.CheckOf(head) is { Conclusion: "neutral" });
            Assert.Contains("fork", bench.CheckOf(head)!.Title, StringComparison.Ordinal);
            Assert.Empty(bench.Comments);
        }

        await using var open = await PullRequestBench.OpenAsync("pullRequests: { forks: true, comment: false }");
        var planned = open.Branch("theirs", PullRequestBench.Flow(1, "second"));
        open.GitHub.Pulls.Open(GitHubBench.Repository, "theirs", fork: "");
        await open.UntilAsync(() => open.StatusOf(planned)?.State == "success");
        Assert.Empty(open.Comments);
    }

    [Fact]
    public async Task Without_the_policy_pull_requests_and_merge_groups_are_left_alone()
    {
        await using var bench = await PullRequestBench.OpenAsync(policy: null);
        var calls = bench.Calls;
        bench.Branch("change", PullRequestBench.Flow(1, "second"));
        bench.GitHub.Pulls.Enqueue(bench.GitHub.Pulls.Open(GitHubBench.Repository, "change"));
        await bench.UntilAsync(() => bench.GitHub.Deliveries.Count(d => d.Event is "pull_request" or "merge_group") == 2);
        Assert.All(bench.GitHub.Deliveries, d => Assert.Equal(200, d.StatusCode));
        await Task.Delay(1500);
        Assert.Equal(calls, bench.Calls);
        Assert.Single((await bench.House.GetAsync("/api/v1/runs")).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task A_merge_queues_group_is_let_through_and_runs_nothing()
    {
        await using var bench = await PullRequestBench.OpenAsync();
        bench.Branch("change", PullRequestBench.Flow(1, "second"));
        var pull = bench.GitHub.Pulls.Open(GitHubBench.Repository, "change");
        await bench.UntilAsync(() => bench.Comments.Count == 1);
        var runs = (await bench.House.AllAsync("/api/v1/runs")).Count;
        var group = bench.GitHub.Pulls.Enqueue(pull);
        await bench.UntilAsync(() => bench.StatusOf(group)?.State == "success");
        Assert.Equal(runs, (await bench.House.AllAsync("/api/v1/runs")).Count);
    }

    [Fact]
    public async Task A_plan_waits_for_the_merge_of_the_newest_push_and_says_when_there_is_none()
    {
        await using var bench = await PullRequestBench.OpenAsync();
        bench.GitHub.Pulls.HoldsMerges = true;
        var head = bench.Branch("change", PullRequestBench.Flow(1, "second"));
        var pull = bench.GitHub.Pulls.Open(GitHubBench.Repository, "change");
        await bench.UntilAsync(() => bench.StatusOf(head)?.State == "pending");
        bench.GitHub.Pulls.MakeMerges();
        await bench.UntilAsync(() => bench.StatusOf(head)?.State == "success");

        // The merge of the push before is still there, and is not what is planned.
        bench.Bench.CommitFlows(1, "elsewhere");
        var conflicting = bench.Branch("change", PullRequestBench.Flow(1, "third"));
        bench.GitHub.Pulls.Pushed(pull);
        await bench.UntilAsync(() => bench.StatusOf(conflicting)?.State == "failure");
        Assert.Contains("conflicts", bench.StatusOf(conflicting)!.Description, StringComparison.Ordinal);
        Assert.Contains("conflicts", bench.Comments.Single().Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_newer_push_and_a_close_end_the_plans_before()
    {
        await using var bench = await PullRequestBench.OpenAsync();
        bench.GitHub.Pulls.HoldsMerges = true;
        var first = bench.Branch("change", PullRequestBench.Flow(1, "second"));
        var pull = bench.GitHub.Pulls.Open(GitHubBench.Repository, "change");
        await bench.UntilAsync(() => bench.StatusOf(first)?.State == "pending");
        var second = bench.Branch("change", PullRequestBench.Flow(1, "third"));
        bench.GitHub.Pulls.Pushed(pull);
        await bench.UntilAsync(() => bench.StatusOf(first)?.State == "error" && bench.StatusOf(second)?.State == "pending");
        Assert.Contains("Superseded", bench.StatusOf(first)!.Description, StringComparison.Ordinal);
        bench.GitHub.Pulls.Close(pull);
        await bench.UntilAsync(() => bench.StatusOf(second)?.State == "error");
        Assert.Empty(bench.Comments);
        Assert.DoesNotContain(await bench.House.AllAsync("/api/v1/runs"), r => r.GetProperty("finishedAt").ValueKind == System.Text.Json.JsonValueKind.Null);
    }

    [Fact]
    public async Task A_plan_is_told_after_the_service_was_killed()
    {
        await using var bench = await PullRequestBench.OpenAsync();
        bench.GitHub.Troubles = (_, path) =>
        {
            if (path.EndsWith("/comments", StringComparison.Ordinal)) bench.Bench.Service.Kill();
            return path.EndsWith("/comments", StringComparison.Ordinal) ? Trouble.BadGateway : null;
        };
        bench.Branch("change", PullRequestBench.Flow(1, "second"));
        bench.GitHub.Pulls.Open(GitHubBench.Repository, "change");
        await bench.UntilAsync(() => bench.GitHub.Calls.Any(c => c.Path.EndsWith("/comments", StringComparison.Ordinal)));
        bench.GitHub.Troubles = null;
        await bench.Bench.Service.StartAsync();
        await bench.UntilAsync(() => bench.Comments.Count == 1);
    }
}
