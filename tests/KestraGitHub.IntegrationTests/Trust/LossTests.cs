using KestraGitHub.IntegrationTests.Conformance;
using KestraGitHub.StandIns.Git;

namespace KestraGitHub.IntegrationTests.Trust;

/// <summary>What plugin-git lost on a real Kestra (plugin-git.md, 5.1 and 7), each by its name.</summary>
public sealed class LossTests
{
    private static string Flow(string id, string ns = "prod", string message = "n0 # keep") => SyncCase.Flow(id, ns, message);

    [Fact]
    public async Task A_wrong_directory_deletes_nothing()
    {
        foreach (var directory in new[] { "flwos", "docs", "empty" })
        {
            await using var one = await SyncCase.HoldingAsync(
                new() { ["_flows/a.yaml"] = Flow("a"), ["docs/readme.md"] = "r", ["empty/.gitkeep"] = "" }, [Flow("a"), Flow("b")]);
            var run = await one.SyncAsync($"targetNamespace: prod\ngitDirectory: {directory}\ndelete: true");
            Assert.Equal(0, run.Count("deleted"));
            Assert.Equal(["prod/a", "prod/b"], one.Flows.Keys.Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task A_wrong_directory_that_holds_other_flows_deletes_nothing_of_what_is_owned()
    {
        var files = new Dictionary<string, SandboxFile> { ["_old/z.yaml"] = Flow("z") };
        foreach (var id in "abcdefgh") files[$"_flows/{id}.yaml"] = Flow($"{id}");
        await using var one = await SyncCase.HoldingAsync(files, []);
        Assert.Equal(8, (await one.SyncAsync("targetNamespace: prod\ngitDirectory: _flows\ndelete: true")).Succeeded().Count("added"));
        (await one.SyncAsync("targetNamespace: prod\ngitDirectory: _old\ndelete: true")).Waits("8 objects would be deleted", "100 %");
        Assert.Equal(8, one.Flows.Count);
    }

    [Fact]
    public async Task A_missing_branch_replaces_nothing()
    {
        foreach (var (type, properties) in new[]
        {
            ("SyncFlows", "branch: nope\ntargetNamespace: prod\ngitDirectory: _flows\ndelete: true"),
            ("NamespaceSync", "branch: nope\nnamespace: prod\nsourceOfTruth: GIT\nfailOnMissingBranch: false"),
        })
        {
            await using var one = await SyncCase.HoldingAsync(new() { ["_flows/a.yaml"] = Flow("a"), ["prod/flows/a.yaml"] = Flow("a") }, [Flow("a", message: "live"), Flow("b")]);
            (await one.SyncAsync(properties, type)).Failed("'nope'");
            Assert.Equal([Flow("a", message: "live").TrimEnd(), Flow("b").TrimEnd()], one.Flows.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => f.Value));
        }
    }

    [Fact]
    public async Task Dev_with_children_and_delete_does_not_touch_development_and_dev2()
    {
        await using var one = await SyncCase.HoldingAsync(
            new() { ["_flows/a.yaml"] = Flow("a", "dev"), ["_flows/sub/b.yaml"] = Flow("b", "dev.sub") },
            [Flow("gone", "dev"), Flow("gone", "dev.sub"), Flow("stays", "development"), Flow("stays", "dev2"), Flow("stays", "dev-x")]);
        var run = (await one.SyncAsync("targetNamespace: dev\nincludeChildNamespaces: true\ngitDirectory: _flows\ndelete: true")).Succeeded();
        Assert.Equal("added dev.sub/b, added dev/a, deleted dev.sub/gone, deleted dev/gone", run.Written);
        Assert.Equal(["dev-x/stays", "dev.sub/b", "dev/a", "dev2/stays", "development/stays"], one.Flows.Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("ignoreInvalidFlows: false")]
    [InlineData("ignoreInvalidFlows: true")]
    public async Task An_invalid_file_does_not_delete_the_valid_live_flow(string invalid)
    {
        await using var one = await SyncCase.HoldingAsync(new() { ["_flows/a.yaml"] = Flow("a"), ["_flows/b.yaml"] = Flow("b") }, []);
        Assert.Equal(2, (await one.SyncAsync($"targetNamespace: prod\ngitDirectory: _flows\ndelete: true\n{invalid}")).Succeeded().Count("added"));
        one.Commit(new Dictionary<string, SandboxFile> { ["_flows/a.yaml"] = Flow("a"), ["_flows/b.yaml"] = "id: b\nnamespace: prod\ntasks:\n  - id: [oops\n" });
        var run = await one.RunAsync();
        Assert.Equal((0, 1), (run.Count("deleted"), run.Count("invalid")));
        Assert.Equal(Flow("b").TrimEnd(), one.Flows["prod/b"]);
    }
}
