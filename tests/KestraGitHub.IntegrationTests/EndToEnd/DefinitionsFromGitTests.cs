using System.Net.Http.Json;
using System.Text.Json.Nodes;
using KestraGitHub.IntegrationTests.Conformance;
using KestraGitHub.StandIns.Git;

namespace KestraGitHub.IntegrationTests.EndToEnd;

/// <summary>A service whose definitions come from a repository: swapped as a whole, kept while a commit has faults, and there again without the Git server.</summary>
public sealed class DefinitionsFromGitTests
{
    private const string Repository = "definitions-of-a-service.git";

    [Fact]
    public async Task A_commit_is_taken_as_a_whole_or_not_at_all_and_outlives_the_Git_server()
    {
        var shop = await Workshop.SharedAsync();
        shop.Git.Create(Repository);
        var good = Commit(shop, ("ops/a.yaml", Definition("a")), ("ops/sub/b.yml", Definition("b")), ("elsewhere/c.yaml", Definition("c")), ("ops/.hidden.yaml", "id: ["));
        var folder = Directory.CreateTempSubdirectory("kg-definitions-").FullName;
        var service = new ServiceProcess(folder, new()
        {
            ["Definitions__Git__Url"] = $"{shop.Server.Url}/{Repository}", ["Definitions__Git__Branch"] = "main", ["Definitions__Git__Directory"] = "ops",
            ["Definitions__Git__PollInterval"] = "PT1H", ["Kestra__Url"] = "http://127.0.0.1:1",
        });
        try
        {
            await service.StartAsync();
            Assert.Equal(["a", "b"], await SyncsAsync(service));
            var state = await StateAsync(service);
            Assert.Equal(("git", good, "ops"), (Text(state["from"]), Text(state["inForce"]!["commit"]), Text(state["directory"])));

            var broken = Commit(shop, ("ops/a.yaml", Definition("renamed")), ("ops/sub/b.yml", "id: b\nnamespace: system\ntasks: []\n"));
            await service.Http.PostAsync("/api/v1/definitions/pull", null);
            await Wait.UntilAsync(async () => (await StateAsync(service))["refused"] is not null, TimeSpan.FromSeconds(30), () => service.Output);
            state = await StateAsync(service);
            Assert.Equal((good, broken), (Text(state["inForce"]!["commit"]), Text(state["refused"]!["commit"])));
            Assert.Contains("sub/b.yml", Text(state["refused"]!["faults"]), StringComparison.Ordinal);
            Assert.Equal(["a", "b"], await SyncsAsync(service));
            Assert.Equal("refused", Text((await service.Http.GetFromJsonAsync<JsonNode>("/health/ready"))!["definitionsFromGit"]));

            var mended = Commit(shop, ("ops/a.yaml", Definition("renamed")), ("ops/sub/b.yml", Definition("b")));
            using (var push = await GitHubHook.PushAsync(service.Http, "/webhook/github")) Assert.True(push.IsSuccessStatusCode);
            await Wait.UntilAsync(async () => Text((await StateAsync(service))["inForce"]!["commit"]) == mended, TimeSpan.FromSeconds(30), () => service.Output);
            // What the nodes agree on comes first, then each loads it.
            await Wait.UntilAsync(async () => (await SyncsAsync(service)).SequenceEqual(["b", "renamed"]), TimeSpan.FromSeconds(30), () => service.Output);

            // The same again at a start that finds no Git server: the repository is gone.
            await service.StopAsync();
            Directory.Move(shop.Git.PathOf(Repository), shop.Git.PathOf("away-" + Repository));
            await service.StartAsync();
            Assert.Equal(["b", "renamed"], await SyncsAsync(service));
        }
        finally
        {
            await service.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Commit(Workshop shop, params (string Path, string Text)[] files) =>
        shop.Git.Commit(Repository, "main", files.ToDictionary(f => f.Path, f => (SandboxFile)f.Text));

    private static string Definition(string id) =>
        $"id: {id}\nnamespace: system\ntasks:\n  - id: git\n    type: io.kestra.plugin.git.SyncFlows\n    url: https://github.com/acme/flows\n    branch: main\n    targetNamespace: prod\n";

    private static async Task<IReadOnlyList<string>> SyncsAsync(ServiceProcess service) =>
        [.. (await service.Http.GetFromJsonAsync<JsonNode>("/api/v1/main/syncs"))!["items"]!.AsArray().Select(s => Text(s!["flow"])).Order(StringComparer.Ordinal)];

    private static async Task<JsonNode> StateAsync(ServiceProcess service) => (await service.Http.GetFromJsonAsync<JsonNode>("/api/v1/definitions"))!;

    private static string Text(JsonNode? node) => node?.GetValue<string>() ?? "";
}
