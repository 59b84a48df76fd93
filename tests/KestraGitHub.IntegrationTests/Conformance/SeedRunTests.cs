using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using KestraGitHub.IntegrationTests.EndToEnd;
using KestraGitHub.StandIns.Git;
using KestraGitHub.StandIns.Kestra;

namespace KestraGitHub.IntegrationTests.Conformance;

/// <summary>
/// The examples of Kestra's page "Version Control with Git", run as they stand: only the hosts are others, and by ssh there is a key.
/// </summary>
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
            await File.WriteAllTextAsync(
                Path.Combine(service.DefinitionsPath, example + ".yml"), Here(await ReadAsync(example), $"{shop.Server.Url}/{repository}", address));
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

    /// <summary>Example, the flow that it is, and what has to be where afterwards: <c>kestra …</c> or <c>branch …</c>.</summary>
    private static readonly (string Example, string Flow, string[] There)[] Examples =
    [
        ("sync-flows", "sync_from_git", ["kestra git/of-a-directory"]),
        ("webhook", "sync_from_git", ["kestra git/of-flows"]),
        ("sync-namespace-files", "sync_from_git", ["kestra prod:scripts/f.txt"]),
        ("push-flows", "push_to_git", ["kestra _flows/edited.yml"]),
        ("push-namespace-files", "push_to_git", ["dev _files/n.txt"]),
        ("tenant-sync", "tenant_git_sync", ["main dev/flows/edited.yaml", "main dev/files/n.txt"]),
        ("namespace-sync", "namespace_git_sync", ["kestra company.team/of-team"]),
    ];

    [Theory]
    [InlineData("http", "1.3")]
    [InlineData("ssh", "2.0")]
    public async Task Each_example_does_what_the_page_says(string transport, string version)
    {
        using var git = new GitSandbox();
        await using var http = await GitHttpServer.StartAsync(git.Root);
        var (key, pub) = GitSshServer.MakeKey(Path.Combine(git.Root, "key"), "ed25519");
        await using var ssh = await GitSshServer.StartAsync(Path.Combine(git.Root, "sshd"), pub);
        await File.WriteAllTextAsync(Path.Combine(git.Root, "known_hosts"), ssh.KnownHost);
        git.Create("all.git");
        git.Commit("all.git", "main", new Dictionary<string, SandboxFile>
        {
            ["your_git_dir/of-a-directory.yml"] = SyncCase.Flow("of-a-directory"), ["_flows/of-flows.yml"] = SyncCase.Flow("of-flows"),
            ["_files/scripts/f.txt"] = "f", [$"{Team}/flows/of-team.yaml"] = SyncCase.Flow("of-team", Team),
        });
        var url = transport == "http" ? $"{http.Url}/all.git" : ssh.UrlOf(git.PathOf("all.git")) + "\n    privateKey: \"{{ secret('SSH_KEY') }}\"";
        foreach (var (example, flow, there) in Examples)
        {
            await using var kestra = await KestraStandIn.StartAsync(new KestraStandInOptions { Version = version });
            kestra.State.PutFlow(SyncCase.Flow("edited", "dev"));
            kestra.State.PutFile("dev", "/n.txt", "n");
            kestra.State.PutFlow(SyncCase.Flow("of-team", Team));
            var address = kestra.BaseUrl.GetLeftPart(UriPartial.Authority);
            var settings = Workshop.Settings();
            (settings["Kestra__Url"], settings["Kestra__Username"], settings["Kestra__Password"]) = (address, "admin@kestra.io", "Kestra1234");
            (settings["Git__AllowedProtocols__0"], settings["Git__AllowedProtocols__1"]) = ("http", "ssh");
            settings["Git__KnownHostsFile"] = Path.Combine(git.Root, "known_hosts");
            foreach (var (name, value) in new[] { ("KESTRA_PASSWORD", "Kestra1234"), ("GITHUB_ACCESS_TOKEN", "token"), ("WEBHOOK_KEY", "a-key-of-the-hook"), ("SSH_KEY", key) })
                settings["SECRET_" + name] = Convert.ToBase64String(Encoding.UTF8.GetBytes(value));
            await using var service = new ServiceProcess(Directory.CreateDirectory(Path.Combine(git.Root, example)).FullName, settings);
            await File.WriteAllTextAsync(Path.Combine(service.DefinitionsPath, "example.yml"), Here(await ReadAsync(example), url, address));
            await service.StartAsync();
            await RunAsync(service, flow);

            // Not what this run wrote: the example's own schedule may have been quicker.
            var held = new[] { "main", "kestra", "dev" }.Where(b => git.Tip("all.git", b) is not null)
                .SelectMany(b => git.Files("all.git", b).Keys.Select(f => $"{b} {f}"))
                .Concat(kestra.State.ListFlows().Select(f => $"kestra {f.Namespace}/{f.Id}"))
                .Concat(kestra.State.ListFiles("prod").Select(f => $"kestra prod:{f.TrimStart('/')}"));
            Assert.Empty(there.Except(held));
        }
    }

    private static Task<string> ReadAsync(string example) => File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Data", "seed", example + ".yml"));

    private static string Here(string example, string repository, string kestra)
    {
        foreach (var there in new[] { "https://github.com/kestra-io/scripts # required string", "https://github.com/kestra-io/scripts", "https://github.com/kestra-io/flows", "https://github.com/kestra/scripts", "https://github.com/org/repo" })
            example = example.Replace(there, repository, StringComparison.Ordinal);
        return example.Replace("http://localhost:8080", kestra, StringComparison.Ordinal);
    }

    private static async Task<Run> RunAsync(ServiceProcess service, string flow)
    {
        using var answer = await service.Http.PostAsJsonAsync($"/api/v1/main/syncs/system/{flow}/runs", new { });
        Assert.True(answer.StatusCode == HttpStatusCode.Accepted, $"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        var id = (await answer.Content.ReadFromJsonAsync<JsonNode>())!["id"]!.GetValue<string>();
        Run? run = null;
        await Wait.UntilAsync(
            async () =>
            {
                run = new Run((await service.Http.GetFromJsonAsync<JsonNode>($"/api/v1/runs/{id}"))!);
                // What the page's task deletes by default and never applied, a person has to look at: the others' files of the one repository.
                if (run.WaitingFor == "approval") (await service.Http.PostAsJsonAsync($"/api/v1/runs/{id}/approve", new { })).Dispose();
                return run.Ended;
            }, TimeSpan.FromSeconds(120), () => $"the run did not end: {run?.Json}\n{service.Output}");
        return run!.Succeeded();
    }
}
