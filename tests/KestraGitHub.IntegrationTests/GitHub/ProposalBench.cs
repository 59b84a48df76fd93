using System.Text.Json;
using KestraGitHub.IntegrationTests.Endurance;
using KestraGitHub.StandIns.Git;
using KestraGitHub.StandIns.GitHub;

namespace KestraGitHub.IntegrationTests.GitHub;

/// <summary>A service whose sync brings Kestra's changes to Git by a pull request.</summary>
internal sealed class ProposalBench(GitHubBench bench) : IAsyncDisposable
{
    public const string Repository = GitHubBench.Repository + ".git";

    public GitHubBench Bench => bench;

    public House House => bench.House;

    public GitSandbox Git => bench.House.Repositories;

    public IReadOnlyList<PullRequestOfStandIn> Pulls => bench.GitHub.Pulls.All;

    /// <summary>Calls of the API about pull requests.</summary>
    public IEnumerable<string> Calls => bench.GitHub.Calls.Where(c => c.Path.Contains("/pulls", StringComparison.Ordinal) || c.Path.Contains("/issues", StringComparison.Ordinal)).Select(c => $"{c.Method} {c.Path}");

    /// <param name="task">Properties of the task, each on a line.</param>
    /// <param name="policy">Lines below <c>x-kestra-github</c>.</param>
    public static async Task<ProposalBench> OpenAsync(string type, string task, string policy, bool app = false)
    {
        var bench = await GitHubBench.OpenAsync(app, permissions: "checks:write contents:write metadata:read pull_requests:write statuses:write");
        File.WriteAllText(Path.Combine(bench.Service.DefinitionsPath, "sync.yml"), $$"""
            id: sync
            namespace: system
            tasks:
              - id: git
                type: io.kestra.plugin.git.{{type}}
                url: {{bench.GitHub.CloneUrl("acme", "flows").AbsoluteUri}}
                username: bea
                password: {{GitHubBench.Token}}
                gitDirectory: flows
                {{task.ReplaceLineEndings("\n    ")}}
            triggers:
              - id: hook
                type: io.kestra.plugin.core.trigger.Webhook
                key: key-of-sync
            x-kestra-github:
              debounce: PT0S
              {{policy.ReplaceLineEndings("\n  ")}}
            """);
        return new ProposalBench(bench);
    }

    public void Edit(int flow, string message) => House.Kestra.State.PutFlow(House.Flow("sync", flow, message));

    /// <summary>A file of a branch; null where there is none.</summary>
    public string? FileOf(string branch, string path) =>
        Git.Tip(Repository, branch) is null ? null : Git.Files(Repository, branch).TryGetValue(path, out var file) ? file.Text : null;

    public Task<JsonElement> RunAsync(string state = "succeeded") => bench.SyncAsync(state);

    /// <summary>A commit on a branch with one file set, all else as it stands.</summary>
    public string Commit(string branch, string path, string text)
    {
        var files = Git.Files(Repository, branch).ToDictionary(f => f.Key, f => (SandboxFile)f.Value.Text);
        files[path] = text;
        return Git.Commit(Repository, branch, files, "by hand");
    }

    public ValueTask DisposeAsync() => bench.DisposeAsync();
}
