using System.Text;
using KestraGitHub.IntegrationTests.EndToEnd;
using KestraGitHub.StandIns.Git;

namespace KestraGitHub.IntegrationTests.Conformance;

/// <summary>What a push leaves alone, and what must not go wrong as it does in plugin-git (B).</summary>
public sealed class PushFlowsTests
{
    private const string Dev = "sourceNamespace: dev\n";

    private static string Flow(string id, string ns = "dev", string message = "n0 # keep") => SyncCase.Flow(id, ns, message);

    private static Task<SyncCase> StartAsync(Dictionary<string, SandboxFile> git, params string[] flows) => SyncCase.HoldingAsync(git, flows);

    [Fact]
    public async Task B25_A_file_keeps_its_name_and_its_mode_and_what_is_no_flow_stays()
    {
        await using var one = await StartAsync(
            new()
            {
                ["_flows/a.yaml"] = Flow("a"), ["_flows/other-name.yml"] = Flow("b"), ["_flows/c.yml"] = new(Encoding.UTF8.GetBytes(Flow("c")), "100755"),
                ["_flows/readme.md"] = "of people\n", ["_flows/sub/child.yml"] = Flow("child", "dev.sub"), ["_flows/.kestraignore"] = "kept.yml\n", ["_flows/kept.yml"] = Flow("kept"),
                ["_flows/gone.yaml"] = Flow("gone"),
            },
            Flow("a", message: "new"), Flow("b", message: "new"), Flow("c", message: "new"), Flow("d"), Flow("kept", message: "new"));
        var run = (await one.SyncAsync(Dev + "delete: true", "PushFlows")).Succeeded();
        Assert.Equal("added dev/d, deleted dev/gone, updated dev/a, updated dev/b, updated dev/c", run.Written);
        Assert.Equal("ignored", run.Of("_flows/kept.yml").Action);
        var row = run.Json["changes"]!.AsArray().Single(r => (string?)r!["path"] == "_flows/a.yaml")!;
        Assert.Equal((1, 1), ((int)row["additions"]!, (int)row["deletions"]!));
        Assert.NotEqual((string)row["oldRevision"]!, (string)row["newRevision"]!);
        Assert.Equal(
            ["_flows/.kestraignore", "_flows/a.yaml", "_flows/c.yml", "_flows/d.yml", "_flows/kept.yml", "_flows/other-name.yml", "_flows/readme.md", "_flows/sub/child.yml"],
            one.Files().Keys.Order(StringComparer.Ordinal));
        Assert.Equal((Flow("a", message: "new"), Flow("b", message: "new"), Flow("kept")), (one.Files()["_flows/a.yaml"], one.Files()["_flows/other-name.yml"], one.Files()["_flows/kept.yml"]));
        Assert.Equal("100755", one.Git.Files(one.Repository, "main")["_flows/c.yml"].Mode);

        // Nothing moved since: no commit, and no reading either.
        var calls = one.Kestra.Calls.Count;
        Assert.Equal(("", 4), ((await one.RunAsync()).Succeeded().Written, (await one.RunAsync()).Count("unchanged")));
        Assert.Equal(2, one.Log().Count);
        Assert.DoesNotContain(one.Kestra.Calls.Skip(calls), c => c.Path.Contains("/export", StringComparison.Ordinal));
    }

    [Fact]
    public async Task B11_Deletes_alone_are_pushed_and_an_empty_Kestra_deletes_nothing()
    {
        await using var one = await StartAsync(new() { ["_flows/a.yml"] = Flow("a"), ["_flows/b.yml"] = Flow("b") }, Flow("a"));
        Assert.Equal("deleted dev/b", (await one.SyncAsync(Dev + "delete: true", "PushFlows")).Succeeded().Written);
        one.Kestra.State.DeleteFlow("dev", "a");
        var run = (await one.RunAsync()).Succeeded();
        Assert.Equal("", run.Written);
        Assert.Contains("an empty source never deletes", run.Of("_flows/a.yml").Reason, StringComparison.Ordinal);
        Assert.Equal(["_flows/a.yml"], one.Files().Keys);

        // A selection that meets nothing is no empty Kestra.
        one.Kestra.State.PutFlow(Flow("x"));
        Assert.Equal("deleted dev/a", (await one.SyncAsync(Dev + "delete: true\nflows: a*", "PushFlows")).Succeeded().Written);
        Assert.Empty(one.Files());
    }

    [Fact]
    public async Task Only_deletes_are_pushed_where_that_is_asked_for()
    {
        await using var one = await StartAsync(new() { ["_flows/a.yml"] = Flow("a"), ["_flows/b.yml"] = Flow("b") }, Flow("a", message: "new"), Flow("c"));
        var run = (await one.SyncAsync(Dev + "delete: true\npushMode: DELETE_ONLY", "PushFlows")).Succeeded();
        Assert.Equal(("deleted dev/b", 2), (run.Written, run.Count("skipped")));
        Assert.Equal(Flow("a"), Assert.Single(one.Files()).Value);
    }

    [Fact]
    public async Task B2_A_sibling_is_no_child_and_B24_a_name_that_only_begins_alike_is_not_rewritten()
    {
        const string Subflow = "id: c\nnamespace: \"dev\"\ntasks:\n  - {id: s, type: io.kestra.plugin.core.flow.Subflow, namespace: dev.x, flowId: y}\n"
            + "  - id: t\n    type: io.kestra.plugin.core.flow.Subflow\n    namespace: development # not ours\n    flowId: y\n  - id: u\n    type: io.kestra.plugin.core.log.Log\n    message: |\n      namespace: dev\n";
        await using var one = await StartAsync(new() { ["README.md"] = "r" }, Flow("a"), Flow("b", "dev.sub.deep"), Flow("x", "development"), Flow("y", "dev2"), Subflow);
        var run = (await one.SyncAsync(Dev + "targetNamespace: prod\nincludeChildNamespaces: true", "PushFlows")).Succeeded();
        Assert.Equal("added dev.sub.deep/b, added dev/a, added dev/c", run.Written);
        Assert.Equal(Flow("b", "prod.sub.deep"), one.Files()["_flows/sub/deep/b.yml"]);
        Assert.Equal(Subflow.Replace("\"dev\"", "\"prod\"", StringComparison.Ordinal).Replace("dev.x", "prod.x", StringComparison.Ordinal), one.Files()["_flows/c.yml"]);
        Assert.Equal("", (await one.RunAsync()).Succeeded().Written);
    }

    [Fact]
    public async Task What_lies_in_the_way_is_not_overwritten_but_a_broken_file_of_the_flow_itself_is()
    {
        await using var one = await StartAsync(
            new()
            {
                ["_flows/a.yml"] = "id: [broken", ["_flows/b.yml"] = Flow("someone"), ["_flows/c1.yml"] = Flow("c"), ["_flows/c2.yml"] = Flow("c"),
                ["_flows/d.yml"] = SandboxFile.Link("../README.md"), ["_flows/e.yml/x"] = "a folder\n",
            },
            Flow("a"), Flow("b"), Flow("c", message: "new"), Flow("d"), Flow("e"), Flow("someone"));
        var before = one.Files();
        var run = (await one.SyncAsync(Dev, "PushFlows")).Succeeded();
        Assert.Equal(("updated dev/a", 4), (run.Written, run.Count("invalid")));
        Assert.Equal(Flow("a"), one.Files()["_flows/a.yml"]);
        Assert.Equal(before.Where(f => f.Key != "_flows/a.yml"), one.Files().Where(f => f.Key != "_flows/a.yml"));
        Assert.Contains("Rename that file", run.Of("_flows/b.yml").Reason, StringComparison.Ordinal);

        (await one.SyncAsync(Dev + "gitDirectory: _flows/b.yml/x", "PushFlows")).Failed("_flows/b.yml", "is a file");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_repository_without_a_commit_gets_its_first_one_and_one_of_sha256_another(bool isEmpty)
    {
        await using var one = await SyncCase.StartAsync(sha256: !isEmpty);
        if (!isEmpty) one.Commit(new Dictionary<string, SandboxFile> { ["_flows/a.yml"] = Flow("a") });
        one.Kestra.State.PutFlow(Flow("a", message: "new"));
        Assert.Equal(isEmpty ? "added dev/a" : "updated dev/a", (await one.SyncAsync(Dev, "PushFlows")).Succeeded().Written);
        Assert.Equal((Flow("a", message: "new"), isEmpty ? 1 : 2), (one.Files()["_flows/a.yml"], one.Log().Count));
        Assert.Equal("", (await one.RunAsync()).Succeeded().Written);
    }

    [Fact]
    public async Task A_secret_never_gets_into_a_commit()
    {
        await using var one = await StartAsync(new() { ["README.md"] = "r" }, Flow("a"));
        foreach (var line in new[] { "commitMessage: \"{{ secret('TOKEN_OF_GIT') }}\"", "authorEmail: a@b.c\nauthorName: \"x{{ vars.hidden }}\"" })
        {
            one.Write($"id: {one.Name}\nnamespace: system\nvariables: {{hidden: \"{{{{ secret('TOKEN_OF_GIT') }}}}\"}}\ntasks:\n{one.Task(Dev + line, "PushFlows")}");
            await Wait.UntilAsync(
                async () => (await one.ViewAsync())?.ToJsonString().Contains("draws on a secret", StringComparison.Ordinal) == true, TimeSpan.FromSeconds(60), () => "the definition was taken");
        }
    }
}
