using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using KestraGitHub.IntegrationTests.EndToEnd;
using KestraGitHub.StandIns.Git;
using KestraGitHub.StandIns.Kestra;

namespace KestraGitHub.IntegrationTests.Conformance;

/// <summary>The examples of TenantSync and NamespaceSync on Kestra's page "Version Control with Git", run as they stand: only the hosts are others.</summary>
public sealed class SeedRunTests
{
    private const string Team = "company.team";

    [Theory]
    [InlineData("1.3")]
    [InlineData("2.0")]
    public async Task A_tenant_goes_to_Git_and_a_namespace_comes_back(string version)
    {
        var shop = await Workshop.SharedAsync();
        await using var kestra = await KestraStandIn.StartAsync(new KestraStandInOptions { Version = version });
        var address = kestra.BaseUrl.GetLeftPart(UriPartial.Authority);
        var settings = Workshop.Settings();
        (settings["Kestra__Url"], settings["Kestra__Username"], settings["Kestra__Password"]) = (address, "admin@kestra.io", "Kestra1234");
        settings["SECRET_KESTRA_PASSWORD"] = Convert.ToBase64String(Encoding.UTF8.GetBytes("Kestra1234"));
        await using var service = new ServiceProcess(Directory.CreateDirectory(Path.Combine(shop.Git.Root, $"seed-{version}")).FullName, settings);
        var repository = $"seed-{version}.git";
        shop.Git.Create(repository);
        shop.Git.Commit(repository, "main", new Dictionary<string, SandboxFile> { ["README.md"] = "r", [$"{Team}/flows/gone.yaml"] = SyncCase.Flow("gone", Team), ["system/flows/kept.yaml"] = SyncCase.Flow("kept", "system") });
        foreach (var example in new[] { "tenant-sync", "namespace-sync" })
        {
            var text = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Data", "seed", example + ".yml"));
            await File.WriteAllTextAsync(
                Path.Combine(service.DefinitionsPath, example + ".yml"),
                text.Replace("https://github.com/org/repo", $"{shop.Server.Url}/{repository}", StringComparison.Ordinal).Replace("http://localhost:8080", address, StringComparison.Ordinal));
        }

        await service.StartAsync();
        kestra.State.PutFlow(SyncCase.Flow("a", Team));
        kestra.State.PutFlow(SyncCase.Flow("b", "other"));
        kestra.State.PutFile(Team, "/scripts/etl.py", "print()\n");
        var tenant = await RunAsync(service, "tenant_git_sync");
        Assert.Equal("added company.team/a, added company.team/scripts/etl.py, added other/b, deleted company.team/gone", tenant.Written);
        Assert.Contains(tenant.Rows, r => r.Action == "protected" && r.Key == "system/kept");
        var git = shop.Git.Files(repository, "main");
        Assert.Equal(["README.md", $"{Team}/files/scripts/etl.py", $"{Team}/flows/a.yaml", "other/flows/b.yaml", "system/flows/kept.yaml"], git.Keys.Order(StringComparer.Ordinal));

        kestra.State.PutFlow(SyncCase.Flow("of-the-page", Team));
        shop.Git.Commit(repository, "main", git.ToDictionary(f => f.Key, f => (SandboxFile)f.Value.Text).Append(new($"{Team}/flows/new.yaml", SyncCase.Flow("new", Team))).ToDictionary());
        var space = await RunAsync(service, "namespace_git_sync");
        Assert.Equal("added company.team/new", space.Written);
        Assert.Equal(["company.team/a", "company.team/new", "company.team/of-the-page", "other/b"], kestra.State.ListFlows().Select(f => $"{f.Namespace}/{f.Id}"));
        Assert.Equal("", (await RunAsync(service, "namespace_git_sync")).Written);
    }

    private static async Task<Run> RunAsync(ServiceProcess service, string flow)
    {
        using var answer = await service.Http.PostAsJsonAsync($"/api/v1/main/syncs/system/{flow}/runs", new { });
        Assert.True(answer.StatusCode == HttpStatusCode.Accepted, $"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        var id = (await answer.Content.ReadFromJsonAsync<JsonNode>())!["id"]!.GetValue<string>();
        Run? run = null;
        await Wait.UntilAsync(
            async () => (run = new Run((await service.Http.GetFromJsonAsync<JsonNode>($"/api/v1/runs/{id}"))!)).Ended, TimeSpan.FromSeconds(120), () => $"the run did not end: {run?.Json}\n{service.Output}");
        return run!.Succeeded();
    }
}
