using System.Net;
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

    [Fact]
    public async Task An_admin_goes_back_to_a_commit_which_is_held_until_the_branch_is_followed_again()
    {
        const string repository = "definitions-with-a-way-back.git";
        var shop = await Workshop.SharedAsync();
        shop.Git.Create(repository);
        var first = CommitTo(shop, repository, ("a.yaml", Definition("a")));
        var folder = Directory.CreateTempSubdirectory("kg-definitions-").FullName;
        var service = new ServiceProcess(folder, new()
        {
            ["Definitions__Git__Url"] = $"{shop.Server.Url}/{repository}", ["Definitions__Git__Branch"] = "main", ["Definitions__Git__PollInterval"] = "PT1H",
            ["Kestra__Url"] = "http://127.0.0.1:1",
        });
        try
        {
            await service.StartAsync();
            var second = CommitTo(shop, repository, ("a.yaml", Definition("a")), ("b.yaml", Definition("b")));
            await PullAsync(service, second);

            Assert.Equal(HttpStatusCode.NotFound, (await RollBackAsync(service, new string('1', 40))).StatusCode);
            Assert.Equal(HttpStatusCode.BadRequest, (await service.Http.PostAsync("/api/v1/definitions/rollback", null)).StatusCode);
            Assert.Equal(HttpStatusCode.Conflict, (await service.Http.PostAsync("/api/v1/definitions/follow", null)).StatusCode);

            using (var back = await RollBackAsync(service, first))
            {
                var answer = (await back.Content.ReadFromJsonAsync<JsonNode>())!;
                Assert.Equal((HttpStatusCode.OK, first), (back.StatusCode, Text(answer["inForce"]!["commit"])));
                Assert.NotNull(answer["held"]!["since"]);
            }

            Assert.Equal(["a"], await SyncsAsync(service));

            // Held: neither a look nor a newer commit changes it.
            var third = CommitTo(shop, repository, ("a.yaml", Definition("a")), ("c.yaml", Definition("c")));
            await service.Http.PostAsync("/api/v1/definitions/pull", null);
            await Wait.UntilAsync(async () => Text((await StateAsync(service))["head"]) == third, TimeSpan.FromSeconds(30), () => service.Output);
            Assert.Equal(first, Text((await StateAsync(service))["inForce"]!["commit"]));
            var page = await service.Http.GetStringAsync("/definitions");
            Assert.Contains("The branch is not followed", page, StringComparison.Ordinal);
            Assert.Contains(third[..7], page, StringComparison.Ordinal);
            Assert.Contains($"value=\"{second}\"", page, StringComparison.Ordinal);
            Assert.DoesNotContain($"value=\"{first}\"", page, StringComparison.Ordinal);

            Assert.Equal(HttpStatusCode.OK, (await service.Http.PostAsync("/api/v1/definitions/follow", null)).StatusCode);
            await Wait.UntilAsync(async () => (await SyncsAsync(service)).SequenceEqual(["a", "c"]), TimeSpan.FromSeconds(30), () => service.Output);
            var history = (await service.Http.GetFromJsonAsync<JsonNode>("/api/v1/definitions/history"))!["items"]!.AsArray();
            Assert.Equal(
                [(third, "taken", "new: c.yaml"), (first, "followed", ""), (first, "rolledBack", ""), (second, "taken", "new: b.yaml"), (first, "taken", "new: a.yaml")],
                history.Select(e => (Text(e!["commit"]), Text(e["outcome"]), Text(e["detail"]))));
        }
        finally
        {
            await service.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Task<HttpResponseMessage> RollBackAsync(ServiceProcess service, string commit) =>
        service.Http.PostAsJsonAsync("/api/v1/definitions/rollback", new { commit });

    private static async Task PullAsync(ServiceProcess service, string commit)
    {
        await service.Http.PostAsync("/api/v1/definitions/pull", null);
        await Wait.UntilAsync(async () => Text((await StateAsync(service))["inForce"]!["commit"]) == commit, TimeSpan.FromSeconds(30), () => service.Output);
    }

    private static string CommitTo(Workshop shop, string repository, params (string Path, string Text)[] files) =>
        shop.Git.Commit(repository, "main", files.ToDictionary(f => f.Path, f => (SandboxFile)f.Text));

    private static string Commit(Workshop shop, params (string Path, string Text)[] files) =>
        CommitTo(shop, Repository, files);

    private static string Definition(string id) =>
        $"id: {id}\nnamespace: system\ntasks:\n  - id: git\n    type: io.kestra.plugin.git.SyncFlows\n    url: https://github.com/acme/flows\n    branch: main\n    targetNamespace: prod\n";

    private static async Task<IReadOnlyList<string>> SyncsAsync(ServiceProcess service) =>
        [.. (await service.Http.GetFromJsonAsync<JsonNode>("/api/v1/main/syncs"))!["items"]!.AsArray().Select(s => Text(s!["flow"])).Order(StringComparer.Ordinal)];

    private static async Task<JsonNode> StateAsync(ServiceProcess service) => (await service.Http.GetFromJsonAsync<JsonNode>("/api/v1/definitions"))!;

    private static string Text(JsonNode? node) => node?.GetValue<string>() ?? "";
}
