using System.Net;
using System.Security.Cryptography;
using KestraGitHub.Definitions;
using KestraGitHub.StandIns.GitHub;
using KestraGitHub.Tests.Definitions;

namespace KestraGitHub.Tests.Dashboard;

public sealed class GitHubPageTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kestra-github-page-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task What_the_definitions_need_of_the_App_is_listed_and_asked_for_when_somebody_who_may_wants_it()
    {
        using var key = RSA.Create(2048);
        var pem = key.ExportRSAPrivateKeyPem();
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "acme", "flows.git"));
        await using var github = await GitHubStandIn.StartAsync(new() { Root = _folder.FullName, App = new GitHubApp("Iv1.0123", pem, "checks:write contents:read metadata:read") });
        await using var host = await StartAsync(github, ("GitHub:AppId", "Iv1.0123"), ("GitHub:PrivateKey", pem));

        using var client = await PageTests.SignedInAsync(host, DashboardHost.Admin);
        var quiet = await client.GetStringAsync("/github");
        Assert.Contains("<code>merge_queues</code>", quiet, StringComparison.Ordinal);
        Assert.Contains("not asked yet", quiet, StringComparison.Ordinal);
        Assert.Contains("acme/flows", quiet, StringComparison.Ordinal);
        Assert.Empty(github.Calls);

        var asked = await client.GetStringAsync("/github?check=now");
        Assert.Contains("knows the App kestra-github", asked, StringComparison.Ordinal);
        Assert.Contains("Grant it on the App&#x27;s page: Pull requests, write.", asked, StringComparison.Ordinal);
        Assert.Contains("Its owner has not accepted Pull requests: write, Merge queues: read", asked, StringComparison.Ordinal);
        Assert.Contains("The App is not installed there.", asked, StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE KEY", asked, StringComparison.Ordinal);

        // Who may only look costs GitHub nothing, and sees no more than their part.
        var calls = github.Calls.Count;
        using var viewer = await PageTests.SignedInAsync(host, DashboardHost.Viewer);
        var shown = await viewer.GetStringAsync("/github?check=now");
        Assert.DoesNotContain("Check now", shown, StringComparison.Ordinal);
        using var scoped = await PageTests.SignedInAsync(host, DashboardHost.Scoped);
        Assert.DoesNotContain("acme/gone", await scoped.GetStringAsync("/github"), StringComparison.Ordinal);
        Assert.Equal(calls, github.Calls.Count);
    }

    [Fact]
    public async Task A_GitHub_that_refuses_or_is_not_configured_says_the_cure()
    {
        await using var github = await GitHubStandIn.StartAsync(new() { Root = _folder.FullName, Token = "ghp_right" });
        await using (var host = await StartAsync(github, ("GitHub:Token", "ghp_wrong")))
        {
            using var client = await PageTests.SignedInAsync(host, DashboardHost.Admin);
            var page = await client.GetStringAsync("/github?check=now");
            Assert.Contains("The token is wrong, expired or revoked", page, StringComparison.Ordinal);
            Assert.DoesNotContain("ghp_wrong", page, StringComparison.Ordinal);
        }

        await using var without = await StartAsync(github);
        using var reader = await PageTests.SignedInAsync(without, DashboardHost.Admin);
        Assert.Contains("Set <code>GitHub:AppId</code>", await reader.GetStringAsync("/github?check=now"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hooks_of_other_places_are_not_said_to_be_missing()
    {
        await using var host = await DashboardHost.StartAsync(DashboardSeed.FillAsync, settings: ("GitHub:ApiUrl", "http://127.0.0.1:9"));
        using var client = await PageTests.SignedInAsync(host, DashboardHost.Admin);
        Assert.Contains("No definition with a Webhook trigger has a repository at 127.0.0.1", await client.GetStringAsync("/github"), StringComparison.Ordinal);
        host.Catalog = [];
        await host.ReloadAsync();
        Assert.Contains("No definition has a Webhook trigger", await client.GetStringAsync("/github"), StringComparison.Ordinal);
    }

    private static Task<DashboardHost> StartAsync(GitHubStandIn github, params (string, string)[] settings) => DashboardHost.StartAsync(
        async host =>
        {
            host.Catalog = [Entry("company", "flows"), Entry("system", "gone")];
            await host.ReloadAsync();

            CatalogEntry Entry(string space, string repository)
            {
                var flow = Load.Sync("", "x-kestra-github: { pullRequests: true }\ntriggers:\n  - id: hook\n    type: io.kestra.plugin.core.trigger.Webhook\n    key: \"{{ secret('WEBHOOK_KEY') }}\"\n", github.CloneUrl("acme", repository).AbsoluteUri);
                var definition = Load.Good(flow.Replace("namespace: system", $"namespace: {space}", StringComparison.Ordinal));
                return new($"{space}.yml", definition.Key, definition, []);
            }
        },
        settings: [("GitHub:ApiUrl", github.BaseUrl.GetLeftPart(UriPartial.Authority)), .. settings]);
}
