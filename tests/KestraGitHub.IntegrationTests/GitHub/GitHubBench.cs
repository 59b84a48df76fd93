using System.Security.Cryptography;
using System.Text.Json;
using KestraGitHub.IntegrationTests.Endurance;
using KestraGitHub.IntegrationTests.EndToEnd;
using KestraGitHub.StandIns.Git;
using KestraGitHub.StandIns.GitHub;

namespace KestraGitHub.IntegrationTests.GitHub;

/// <summary>The built service beside a stand-in GitHub that holds the repository and takes what is said of its commits.</summary>
internal sealed class GitHubBench : IAsyncDisposable
{
    public const string Repository = "acme/flows";
    public const string Context = "kestra-github/system/sync";
    public const string Token = "ghp_a0b1c2d3e4f5g6h7i8j9";
    public const string PublicUrl = "https://syncs.example.org/kgh";

    private GitHubBench(House house, GitHubStandIn github) => (House, GitHub) = (house, github);

    public House House { get; }

    public GitHubStandIn GitHub { get; }

    public ServiceProcess Service => House.Service;

    /// <summary>Statuses of the sync, oldest first, as <c>state: description</c>.</summary>
    public IEnumerable<string> Said => GitHub.Statuses.Where(s => s.Context == Context).Select(s => $"{s.State}: {s.Description}");

    public int Count(string method, string part) => GitHub.Calls.Count(c => c.Method == method && c.Path.Contains(part, StringComparison.Ordinal));

    /// <param name="app">True: an App signs in; false: a token.</param>
    /// <param name="ownGit">True: the task names no credential, so that Git goes by GitHub's.</param>
    public static async Task<GitHubBench> OpenAsync(bool app = false, bool ownGit = true, string permissions = "checks:write contents:write metadata:read statuses:write")
    {
        using var key = RSA.Create(2048);
        var pem = key.ExportRSAPrivateKeyPem();
        // What looks for lost deliveries has tests of its own; here every call counts.
        var house = await House.OpenAsync(("GitHub__PollInterval", "PT0S"));
        house.Repositories.Create(Repository + ".git");
        var github = await GitHubStandIn.StartAsync(new GitHubStandInOptions { Root = house.Repositories.Root, Token = Token, App = app ? new GitHubApp("Iv1.0123", pem, permissions) : null });
        house.Settings["GitHub__ApiUrl"] = github.BaseUrl.AbsoluteUri;
        house.Settings["Http__PublicUrl"] = PublicUrl;
        if (app) (house.Settings["GitHub__AppId"], house.Settings["GitHub__PrivateKey"]) = ("Iv1.0123", pem.Replace("\n", "\\n", StringComparison.Ordinal));
        else house.Settings["GitHub__Token"] = Token;
        house.Define("sync", url: github.CloneUrl("acme", "flows").AbsoluteUri, taskLines: ownGit ? "" : $"\n    username: bea\n    password: {Token}");
        return new GitHubBench(house, github);
    }

    public string Commit(params (string Path, string Text)[] files) =>
        House.Repositories.Commit(Repository + ".git", "main", files.Append(("README.md", "# flows\n")).ToDictionary(f => f.Item1, f => (SandboxFile)f.Item2), "a commit");

    public string CommitFlows(int count, string message) => Commit([.. Enumerable.Range(1, count).Select(i => ($"flows/flow{i}.yml", House.Flow("sync", i, message)))]);

    public async Task<JsonElement> SyncAsync(string state = "succeeded") => await House.EndOfAsync(await House.PushAsync("sync"), state);

    public Task UntilAsync(Func<bool> condition) => Wait.UntilAsync(() => Task.FromResult(condition()), House.Patience,
        () => $"said: {string.Join(" | ", Said)}\nchecks: {string.Join(" | ", GitHub.CheckRuns.Select(c => $"{c.Status} {c.Conclusion} {c.Title}"))}\n"
            + $"calls: {string.Join(" | ", GitHub.Calls.Select(c => $"{c.Method} {c.Path} {c.Status}"))}\n{Service.Output}");

    public async ValueTask DisposeAsync()
    {
        // The stand-in looks into the repositories as long as it runs: they go after it.
        Service.Kill();
        await GitHub.DisposeAsync();
        await House.DisposeAsync();
        Assert.Empty(GitHub.UnknownCalls);
    }
}
