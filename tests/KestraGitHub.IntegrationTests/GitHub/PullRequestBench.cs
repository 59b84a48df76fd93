using KestraGitHub.IntegrationTests.Endurance;
using KestraGitHub.IntegrationTests.EndToEnd;
using KestraGitHub.StandIns.Git;
using KestraGitHub.StandIns.GitHub;

namespace KestraGitHub.IntegrationTests.GitHub;

/// <summary>A repository whose hook calls the service, with a branch for a pull request.</summary>
internal sealed class PullRequestBench(GitHubBench bench) : IAsyncDisposable
{
    public GitHubBench Bench => bench;

    public GitHubStandIn GitHub => bench.GitHub;

    public House House => bench.House;

    public IReadOnlyList<IssueComment> Comments => GitHub.Pulls.Comments;

    public CommitStatus? StatusOf(string sha) => GitHub.Statuses.LastOrDefault(s => s.Sha == sha && s.Context == GitHubBench.Context);

    public CheckRun? CheckOf(string sha) => GitHub.CheckRuns.LastOrDefault(c => c.Sha == sha && c.Name == GitHubBench.Context);

    /// <summary>The service at work after a first sync of <paramref name="flows"/> flows, and the calls that it made of GitHub forgotten.</summary>
    /// <param name="policy">Below <c>x-kestra-github</c>, as <c>pullRequests: true</c>; null for none.</param>
    public static async Task<PullRequestBench> OpenAsync(string? policy = "pullRequests: true", bool app = false, int flows = 3)
    {
        var bench = await GitHubBench.OpenAsync(app, permissions: "checks:write contents:write metadata:read pull_requests:write statuses:write");
        if (policy is not null) File.AppendAllText(Path.Combine(bench.House.Service.DefinitionsPath, "sync.yml"), $"\n  {policy}\n");
        bench.CommitFlows(flows, "first");
        await bench.Service.StartAsync();
        await bench.SyncAsync();
        await bench.UntilAsync(() => app ? bench.GitHub.CheckRuns is [{ Conclusion: "success" }] : bench.Said.Any(s => s.StartsWith("success", StringComparison.Ordinal)));
        bench.GitHub.AddHook(GitHubBench.Repository, new Uri(bench.Service.Http.BaseAddress!, House.Hook("sync")), ServiceProcess.WebhookSecret, "push", "pull_request", "merge_group");
        await bench.UntilAsync(() => bench.GitHub.Deliveries.Any(d => d.Event == "ping"));
        return new PullRequestBench(bench);
    }

    /// <summary>A commit with exactly these flow files on a branch that begins where main is.</summary>
    public string Branch(string name, params (string Path, string Text)[] files)
    {
        var repository = GitHubBench.Repository + ".git";
        if (House.Repositories.Tip(repository, name) is null) GitSandbox.Run(House.Repositories.PathOf(repository), ["update-ref", $"refs/heads/{name}", "refs/heads/main"]);
        return House.Repositories.Commit(repository, name, files.Append(("README.md", "# flows\n")).ToDictionary(f => f.Item1, f => (SandboxFile)f.Item2), "a change");
    }

    public static (string Path, string Text) Flow(int number, string message) => ($"flows/flow{number}.yml", House.Flow("sync", number, message));

    /// <summary>Calls of the API about the repository, without those for tokens.</summary>
    public int Calls => GitHub.Calls.Count(c => c.Path.StartsWith("/repos/", StringComparison.Ordinal) && !c.Path.EndsWith("/installation", StringComparison.Ordinal));

    public Task UntilAsync(Func<bool> condition) => bench.UntilAsync(condition);

    public ValueTask DisposeAsync() => bench.DisposeAsync();
}
