using KestraGitHub.IntegrationTests.Endurance;
using KestraGitHub.IntegrationTests.EndToEnd;
using KestraGitHub.StandIns.GitHub;

namespace KestraGitHub.IntegrationTests.GitHub;

/// <summary>What a commit says of its sync where a person's token is all there is.</summary>
public sealed class CommitStatusTests
{
    private const string Broken = "id: flow9\nnamespace: team.sync\ntasks:\n  - id: hello\n    type: io.kestra.plugin.core.log.Log\n    message: x\n  - id: nope\n    type: io.kestra.plugin.nope.Nope\n";

    [Fact]
    public async Task A_push_makes_its_commit_pending_and_then_green_for_one_call_each()
    {
        await using var bench = await GitHubBench.OpenAsync();
        var sha = bench.CommitFlows(6, "first");
        bench.House.SlowWrites(200);
        await bench.Service.StartAsync();
        var run = await bench.House.PushAsync("sync");
        await bench.UntilAsync(() => bench.Said.Any());
        await bench.House.EndOfAsync(run);
        await bench.UntilAsync(() => bench.Said.Count() == 2);

        Assert.Equal(["pending: Syncing", "success: 6 added"], bench.Said);
        Assert.All(bench.GitHub.Statuses, s => Assert.Equal((sha, $"{GitHubBench.PublicUrl}/runs/{run}"), (s.Sha, s.TargetUrl)));
        Assert.Equal(2, bench.GitHub.Calls.Count);

        // Looked at again, nothing is new: nothing is said.
        await bench.SyncAsync();
        await Task.Delay(1500);
        Assert.Equal(2, bench.GitHub.Calls.Count);
        Assert.DoesNotContain(GitHubBench.Token, bench.Service.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_invalid_flow_makes_its_commit_red_with_the_reason()
    {
        await using var bench = await GitHubBench.OpenAsync(ownGit: false);
        bench.Commit(("flows/flow9.yml", Broken));
        await bench.Service.StartAsync();
        await bench.SyncAsync("failed");
        await bench.UntilAsync(() => bench.Said.Any(s => s.StartsWith("failure", StringComparison.Ordinal)));
        Assert.All(bench.GitHub.Statuses, s => Assert.True(s.Description!.Length <= 140));

        bench.CommitFlows(1, "mended");
        await bench.SyncAsync();
        await bench.UntilAsync(() => bench.Said.Last() == "success: 1 added");
    }

    [Fact]
    public async Task A_GitHub_that_is_away_delays_no_run_and_is_told_once_when_it_is_back()
    {
        await using var bench = await GitHubBench.OpenAsync();
        bench.CommitFlows(2, "first");
        bench.GitHub.Troubles = (_, _) => Trouble.BadGateway;
        await bench.Service.StartAsync();
        await bench.SyncAsync();
        await bench.UntilAsync(() => bench.GitHub.Calls.Count > 0);
        await bench.Service.StopAsync();
        bench.GitHub.Troubles = null;
        await bench.Service.StartAsync();
        await bench.UntilAsync(() => bench.Said.Contains("success: 2 added"));
        await Task.Delay(1000);
        Assert.Single(bench.Said, s => s.StartsWith("success", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_status_that_arrived_while_the_service_was_killed_is_not_sent_again()
    {
        await using var bench = await GitHubBench.OpenAsync();
        bench.CommitFlows(2, "first");
        // It arrives, and its answer does not: the service is gone by then.
        bench.GitHub.Troubles = (method, _) => method == "POST" ? new Trouble(502, "", Done: true) { Before = bench.Service.Kill } : null;
        await bench.Service.StartAsync();
        await bench.House.PushAsync("sync");
        await bench.UntilAsync(() => bench.GitHub.Statuses.Count == 1);
        bench.GitHub.Troubles = null;
        await bench.Service.StartAsync();
        await bench.UntilAsync(() => bench.Said.Contains("success: 2 added"));
        await Task.Delay(1000);
        Assert.Equal(bench.Said.Distinct(), bench.Said);
    }

    [Fact]
    public async Task A_secondary_limit_is_waited_out()
    {
        await using var bench = await GitHubBench.OpenAsync();
        bench.CommitFlows(2, "first");
        var refused = 0;
        bench.GitHub.Troubles = (_, _) => Interlocked.Increment(ref refused) == 1 ? Trouble.SecondaryLimit(3) : null;
        await bench.Service.StartAsync();
        await bench.SyncAsync();
        await bench.UntilAsync(() => bench.Said.Contains("success: 2 added"));
        Assert.Equal(403, bench.GitHub.Calls[0].Status);
        Assert.Equal(bench.GitHub.Calls.Count, bench.Said.Count() + 1);
    }

    [Fact]
    public async Task A_renamed_repository_is_told_under_its_new_name()
    {
        await using var bench = await GitHubBench.OpenAsync();
        var sha = bench.CommitFlows(2, "first");
        bench.GitHub.Troubles = (_, _) => Trouble.BadGateway;
        await bench.Service.StartAsync();
        await bench.SyncAsync();
        bench.GitHub.Rename(GitHubBench.Repository, "acme/renamed");
        bench.GitHub.Troubles = null;
        await bench.UntilAsync(() => bench.Said.Contains("success: 2 added"));
        Assert.All(bench.GitHub.Statuses, s => Assert.Equal(("acme/renamed", sha), (s.Repository, s.Sha)));
    }

    [Fact]
    public async Task Without_a_token_GitHub_is_never_called()
    {
        await using var bench = await GitHubBench.OpenAsync(ownGit: false);
        bench.House.Settings.Remove("GitHub__Token");
        bench.CommitFlows(1, "first");
        await bench.Service.StartAsync();
        await bench.SyncAsync();
        await Task.Delay(1500);
        Assert.Empty(bench.GitHub.Calls);
    }
}
