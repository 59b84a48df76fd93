using KestraGitHub.IntegrationTests.EndToEnd;
using KestraGitHub.StandIns.Git;
using KestraGitHub.StandIns.Kestra;

namespace KestraGitHub.IntegrationTests.Conformance;

/// <summary>What NamespaceSync and TenantSync leave alone, and what must not go wrong as it does in plugin-git (B).</summary>
public sealed class WholeSyncTests
{
    private const string ToKestra = "sourceOfTruth: GIT\nwhenMissingInSource: DELETE\n";
    private const string ToGit = "sourceOfTruth: KESTRA\nwhenMissingInSource: DELETE\n";
    private const string Dashboard = "id: sales\ntitle: Sales / overview\ncharts: []\n";

    private static string Flow(string id, string ns = "prod", string message = "n0 # keep") => SyncCase.Flow(id, ns, message);

    [Fact]
    public async Task B1_A_missing_branch_is_an_error_on_reading_and_begins_at_the_default_branch_on_writing()
    {
        await using var one = await SyncCase.HoldingAsync(new() { ["prod/flows/a.yaml"] = Flow("a") }, [Flow("k")]);
        (await one.SyncAsync("branch: nope\n" + ToKestra, "TenantSync")).Failed("'nope'");
        Assert.Equal(["prod/k"], one.Flows.Keys);
        (await one.SyncAsync("branch: nope\n" + ToKestra + "failOnMissingBranch: false", "TenantSync")).Failed("'nope'");
        Assert.Equal("added prod/k", (await one.SyncAsync("branch: nope\nsourceOfTruth: KESTRA\nwhenMissingInSource: KEEP", "TenantSync")).Succeeded().Written);
        Assert.Equal(["prod/flows/a.yaml", "prod/flows/k.yaml"], one.Files("nope").Keys.Order(StringComparer.Ordinal));
        Assert.Equal(one.Log(), one.Log("nope").Skip(1));
    }

    [Fact]
    public async Task B2_Children_are_those_on_the_dot_and_only_where_they_are_asked_for()
    {
        var git = new Dictionary<string, SandboxFile>
        {
            ["dev/flows/a.yaml"] = Flow("a", "dev"), ["dev.sub/flows/b.yaml"] = Flow("b", "dev.sub"), ["dev2/flows/c.yaml"] = Flow("c", "dev2"),
            ["development/files/f.txt"] = "f", ["dev.sub/files/g.txt"] = "g",
        };
        await using var one = await SyncCase.HoldingAsync(git, [Flow("gone", "dev"), Flow("gone", "dev.sub"), Flow("stays", "dev2"), Flow("stays", "development")]);
        Assert.Equal("added dev/a, deleted dev/gone", (await one.SyncAsync("namespace: dev\n" + ToKestra, "NamespaceSync")).Succeeded().Written);
        Assert.Equal("added dev.sub/b, added dev.sub/g.txt, deleted dev.sub/gone", (await one.SyncAsync("namespace: dev\nincludeChildNamespaces: true\n" + ToKestra, "NamespaceSync")).Succeeded().Written);
        Assert.Equal(["dev.sub/b", "dev/a", "dev2/stays", "development/stays"], one.Flows.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Folders_in_folders_are_a_namespace_to_NamespaceSync_and_files_below_files_are_files()
    {
        var git = new Dictionary<string, SandboxFile>
        {
            ["company/team/flows/a.yml"] = Flow("a", "company.team"), ["company.team/flows/sub/b.yaml"] = Flow("b", "company.team"),
            ["company.team/files/flows/c.yaml"] = Flow("c", "company.team.files"), ["company/flows/d.yaml"] = Flow("d", "company"),
        };
        await using var one = await SyncCase.HoldingAsync(git, [Flow("gone", "company.team")]);
        Assert.Equal(
            "added company.team/a, added company.team/b, added company.team/flows/c.yaml, deleted company.team/gone",
            (await one.SyncAsync("namespace: company.team\nincludeChildNamespaces: true\n" + ToKestra, "NamespaceSync")).Succeeded().Written);
        one.Kestra.State.PutFlow(Flow("a", "company.team", "new"));
        Assert.Equal("updated company.team/a", (await one.SyncAsync("namespace: company.team\n" + ToGit, "NamespaceSync")).Succeeded().Written);
        Assert.Equal(Flow("a", "company.team", "new"), one.Files()["company/team/flows/a.yml"]);
        Assert.Equal(git.Keys.Order(StringComparer.Ordinal), one.Files().Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("2.0", "EE")]
    [InlineData("1.3", "OSS")]
    public async Task B9_Dashboards_are_known_by_their_id(string version, string edition)
    {
        await using var one = await SyncCase.HoldingAsync(new() { ["_global/dashboards/old.yaml"] = "id: old\ntitle: Old\n", ["prod/flows/a.yaml"] = Flow("a") }, [Flow("a")], version, edition);
        one.Kestra.State.PutDashboard(Dashboard);
        Assert.Equal("added /sales, deleted /old", (await one.SyncAsync(ToGit, "TenantSync")).Succeeded().Written);
        Assert.Equal(Dashboard, one.Files()["_global/dashboards/sales.yaml"]);

        one.Commit(new Dictionary<string, SandboxFile> { ["_global/dashboards/sales.yaml"] = Dashboard.Replace("overview", "all", StringComparison.Ordinal), ["_global/dashboards/b.yaml"] = "id: c\ntitle: C\ncharts: []\n", ["prod/flows/a.yaml"] = Flow("a") });
        (await one.SyncAsync(ToKestra, "TenantSync")).Failed("_global/dashboards/b.yaml", "rename it to c.yaml");
        var run = (await one.SyncAsync(ToKestra + "onInvalidSyntax: SKIP", "TenantSync")).Succeeded();
        Assert.Equal("updated /sales", run.Written);
        Assert.Contains("Sales / all", one.Kestra.State.ListDashboards()["sales"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sourceOfTruth: GIT")]
    [InlineData("sourceOfTruth: KESTRA")]
    public async Task Kinds_of_the_enterprise_edition_are_skipped_on_open_source_and_never_deleted(string direction)
    {
        var git = new Dictionary<string, SandboxFile>
        {
            ["prod/apps/app.yaml"] = "id: app\nnamespace: prod\ntype: io.kestra.plugin.ee.apps.Execution\n", ["prod/tests/t.yaml"] = "id: t\nnamespace: prod\nflowId: a\ntestCases: []\n",
            ["_global/dashboards/sales.yaml"] = Dashboard, ["prod/flows/a.yaml"] = Flow("a"),
        };
        await using var one = await SyncCase.HoldingAsync(git, [Flow("a")]);
        var run = (await one.SyncAsync(direction, "TenantSync")).Succeeded();
        Assert.Equal(("", 3), (run.Written, run.Count("skipped")));
        foreach (var path in git.Keys.Where(p => !p.Contains("flows", StringComparison.Ordinal))) Assert.Contains("enterprise edition", run.Of(path).Reason, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(git.Keys.Order(StringComparer.Ordinal), one.Files().Keys.Order(StringComparer.Ordinal));
        Assert.Equal(("", 3), ((await one.RunAsync()).Succeeded().Written, (await one.RunAsync()).Count("skipped")));
    }

    [Fact]
    public async Task Apps_and_unit_tests_go_both_ways_on_the_enterprise_edition_into_namespaces_that_are_made_for_them()
    {
        const string App = "id: app\nnamespace: fresh\ntype: io.kestra.plugin.ee.apps.Execution\ndisplayName: App\nflowId: a\n";
        const string Test = "id: t\nnamespace: fresh\nflowId: a\ntestCases:\n  - {id: one, type: io.kestra.core.tests.flow.UnitTest}\n";
        await using var one = await SyncCase.HoldingAsync(new() { ["fresh/apps/app.yaml"] = App, ["fresh/tests/t.yml"] = Test, ["fresh/flows/a.yaml"] = Flow("a", "fresh") }, [], edition: "EE");
        Assert.Equal("added fresh/a, added fresh/app, added fresh/t", (await one.SyncAsync(ToKestra, "TenantSync")).Succeeded().Written);
        Assert.Single(one.Kestra.Calls, c => c.Method == "POST" && c.Path.EndsWith("/namespaces", StringComparison.Ordinal));
        Assert.Equal("", (await one.RunAsync()).Succeeded().Written);

        one.Kestra.State.PutUnitTest(Test.Replace("flowId: a", "flowId: b", StringComparison.Ordinal));
        one.Kestra.State.PutApp(App.Replace("id: app", "id: app2", StringComparison.Ordinal));
        Assert.Equal("added fresh/app2, updated fresh/t", (await one.SyncAsync("namespace: fresh\n" + ToGit, "NamespaceSync")).Succeeded().Written);
        Assert.Contains("flowId: b", one.Files()["fresh/tests/t.yml"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task B10_What_cannot_be_read_is_not_absent()
    {
        var git = new Dictionary<string, SandboxFile> { ["prod/flows/a.yaml"] = Flow("a"), ["prod/flows/draft.yaml"] = Flow("draft"), ["prod/files/f.txt"] = "f" };
        await using var one = await SyncCase.HoldingAsync(git, [Flow("k"), Flow("draft") + "draft: true\n"]);
        foreach (var path in new[] { "/flows/export", "/files/" })
        {
            one.Kestra.Faults.Add(new FaultRule { Effect = FaultEffect.Html, PathContains = path });
            (await one.SyncAsync(ToGit + "onInvalidSyntax: SKIP", "TenantSync")).Failed("HTML", path);
            Assert.Equal(git.Keys.Order(StringComparer.Ordinal), one.Files().Keys.Order(StringComparer.Ordinal));
            one.Kestra.Faults.Clear();
        }

        // No file is left in Kestra, and an upgrade without its migration looks the same.
        var run = (await one.RunAsync()).Succeeded();
        Assert.Equal("added prod/k, deleted prod/a", run.Written);
        Assert.Equal(("skipped", "kept"), (run.Rows.Single(r => r.Key == "prod/draft" && r.Action == "skipped").Action, run.Of("prod/files/f.txt").Action));
        Assert.Equal(["prod/files/f.txt", "prod/flows/draft.yaml", "prod/flows/k.yaml"], one.Files().Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("NamespaceSync", "namespace: prod\n")]
    [InlineData("TenantSync", "")]
    public async Task B30_A_draft_of_Kestra_is_not_deleted_as_long_as_it_is_one(string type, string place)
    {
        await using var one = await SyncCase.HoldingAsync(new() { ["prod/flows/a.yaml"] = Flow("a") }, [Flow("a"), Flow("draft") + "draft: true\n", Flow("gone")]);
        for (var round = 0; round < 2; round++)
        {
            var run = (await one.SyncAsync(place + ToKestra, type)).Succeeded();
            Assert.Equal(round == 0 ? "deleted prod/gone" : "", run.Written);
            Assert.Contains(run.Rows, r => r.Action == "skipped" && r.Key == "prod/draft" && r.Reason.Contains("draft", StringComparison.Ordinal));
            one.Commit(new Dictionary<string, SandboxFile> { ["prod/flows/a.yaml"] = Flow("a"), ["README.md"] = "r" });
        }

        one.Kestra.State.PutFlow(Flow("draft"));
        Assert.Equal("deleted prod/draft", (await one.RunAsync()).Succeeded().Written);
    }

    [Fact]
    public async Task An_empty_source_deletes_nothing_and_a_delete_alone_is_carried_out()
    {
        await using var one = await SyncCase.HoldingAsync(new() { ["README.md"] = "r" }, [Flow("a"), Flow("b")]);
        Assert.Equal(("", 2), ((await one.SyncAsync(ToKestra, "TenantSync")).Succeeded().Written, (await one.RunAsync()).Count("kept")));
        (await one.SyncAsync(ToKestra + "gitDirectory: nowhere", "TenantSync")).Failed("nowhere");
        Assert.Equal("added prod/a, added prod/b", (await one.SyncAsync(ToGit, "TenantSync")).Succeeded().Written);
        one.Kestra.State.DeleteFlow("prod", "a");
        Assert.Equal("deleted prod/a", (await one.RunAsync()).Succeeded().Written);
        one.Kestra.State.DeleteFlow("prod", "b");
        Assert.Equal("", (await one.RunAsync()).Succeeded().Written);
        Assert.Equal(["README.md", "prod/flows/b.yaml"], one.Files().Keys);
    }

    [Fact]
    public async Task B16_Nothing_outside_the_tree_is_touched_and_on_the_way_to_Kestra_nothing_at_all()
    {
        var git = new Dictionary<string, SandboxFile>
        {
            ["mono/prod/flows/a.yaml"] = Flow("a"), ["mono/prod/flows/run.sh"] = "#!/bin/sh\n", ["mono/prod/readme.md"] = "of people", ["mono/prod/files/.gitkeep"] = "",
            ["mono/scripts/x.py"] = "x", ["prod/flows/outside.yaml"] = Flow("outside"), ["gone/flows/z.yml"] = Flow("z", "gone"), ["mono/gone/flows/z.yml"] = Flow("z", "gone"),
            [".github/workflows/ci.yaml"] = "on: push\n", ["mono/prod/other/b.yaml"] = Flow("b"), ["mono/src/files/main.c"] = "int main;", ["mono/src/files/lib/a.c"] = "int a;",
        };
        await using var one = await SyncCase.HoldingAsync(git, [Flow("a", message: "new")]);
        one.Kestra.State.PutFile("prod", "/f.txt", "f");
        var run = (await one.SyncAsync("gitDirectory: mono\n" + ToGit, "TenantSync")).Succeeded();
        Assert.Equal("added prod/f.txt, deleted gone/z, updated prod/a", run.Written);
        Assert.Equal("ignored", run.Of("mono/src/files").Action);
        Assert.Equal(git.Keys.Append("mono/prod/files/f.txt").Where(f => f != "mono/gone/flows/z.yml").Order(StringComparer.Ordinal), one.Files().Keys.Order(StringComparer.Ordinal));
        Assert.Equal(2, one.Log().Count);
        (await one.SyncAsync("gitDirectory: mono\n" + ToKestra, "TenantSync")).Succeeded();
        Assert.Equal(2, one.Log().Count);
    }

    [Fact]
    public async Task B17_The_flow_that_defines_the_sync_is_never_deleted_on_either_side()
    {
        await using var one = await SyncCase.HoldingAsync(new() { ["prod/flows/a.yaml"] = Flow("a") }, [Flow("gone")]);
        one.Namespace = "ops";
        one.Kestra.State.PutFlow(Flow(one.Name, "ops"));
        var run = (await one.SyncAsync(ToKestra, "TenantSync")).Succeeded();
        Assert.Equal("added prod/a, deleted prod/gone", run.Written);
        Assert.Contains(run.Rows, r => r.Action == "protected" && r.Key == $"ops/{one.Name}" && r.Reason.Contains("defines this sync", StringComparison.Ordinal));

        one.Kestra.State.DeleteFlow("ops", one.Name);
        one.Commit(new Dictionary<string, SandboxFile> { ["prod/flows/a.yaml"] = Flow("a"), [$"ops/flows/{one.Name}.yaml"] = Flow(one.Name, "ops"), ["ops/flows/b.yaml"] = Flow("b", "ops") });
        Assert.Equal("deleted ops/b", (await one.SyncAsync(ToGit, "TenantSync")).Succeeded().Written);
        Assert.Contains($"ops/flows/{one.Name}.yaml", one.Files().Keys);
    }

    [Theory]
    [InlineData("OSS")]
    [InlineData("EE")]
    public async Task B18_A_namespace_that_Kestra_does_not_know_yet_is_filled_and_a_404_is_no_missing_namespace(string edition)
    {
        await using var one = await SyncCase.HoldingAsync(new() { ["new.team/flows/a.yaml"] = Flow("a", "new.team"), ["new.team/files/f.txt"] = "f" }, [], edition: edition);
        Assert.Equal("added new.team/a, added new.team/f.txt", (await one.SyncAsync("namespace: new.team\n" + ToKestra, "NamespaceSync")).Succeeded().Written);
        one.Kestra.Faults.Add(new FaultRule { Effect = FaultEffect.Status, Status = 404, PathContains = "/flows/" });
        (await one.SyncAsync("namespace: other\n" + ToGit, "NamespaceSync")).Failed("404", "/flows/");
    }

    [Theory]
    [InlineData(ToKestra)]
    [InlineData(ToGit)]
    public async Task B29_What_is_protected_or_kept_is_a_row_in_both_directions_and_for_files(string direction)
    {
        var toKestra = direction == ToKestra;
        await using var one = await SyncCase.HoldingAsync(new() { ["system.in/files/f.txt"] = "f", ["prod/files/p.txt"] = "p", ["system.in/flows/s.yaml"] = Flow("s", "system.in"), ["prod/flows/a.yaml"] = Flow("a") }, [Flow("a"), Flow("k", "system.in")]);
        one.Kestra.State.PutFile("system.in", "/g.txt", "g");
        one.Kestra.State.PutFile("prod", "/p.txt", "p");
        var run = (await one.SyncAsync(direction, "TenantSync")).Succeeded();
        Assert.Equal(toKestra ? "added system.in/f.txt, added system.in/s" : "added system.in/g.txt, added system.in/k", run.Written);
        Assert.Equal(
            toKestra ? ["protected system.in/g.txt", "protected system.in/k"] : ["protected system.in/f.txt", "protected system.in/s"],
            run.Rows.Where(r => r.Action == "protected").Select(r => $"{r.Action} {r.Key}").Order(StringComparer.Ordinal));
        Assert.All(run.Rows, r => Assert.DoesNotContain(Path.GetTempPath(), $"{r.Path} {r.Reason}", StringComparison.Ordinal));

        run = (await one.SyncAsync(direction + "protectedNamespaces: []", "TenantSync")).Succeeded();
        Assert.Equal(0, run.Count("protected"));
    }

    [Fact]
    public async Task B34_A_folder_that_is_a_link_hides_its_namespace_and_nobody_deletes_it()
    {
        await using var one = await SyncCase.HoldingAsync(
            new() { ["prod"] = SandboxFile.Link("elsewhere"), ["dev/flows"] = SandboxFile.Link("../elsewhere/flows"), ["ok/flows/a.yaml"] = Flow("a", "ok"), ["elsewhere/flows/x.yaml"] = Flow("x", "elsewhere") },
            [Flow("p"), Flow("d", "dev"), Flow("gone", "ok")]);
        var run = (await one.SyncAsync(ToKestra, "TenantSync")).Succeeded();
        Assert.Equal("added elsewhere/x, added ok/a, deleted ok/gone", run.Written);
        Assert.Equal(["dev/d", "prod/p"], run.Rows.Where(r => r.Action == "kept").Select(r => r.Key).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Two_syncs_of_opposite_directions_settle_after_one_round(bool gitFirst)
    {
        var files = new Dictionary<string, SandboxFile> { ["prod/flows/a.yml"] = Flow("a") + "\n\n", ["prod/flows/b.yaml"] = Flow("b").Replace("\n", "\r\n", StringComparison.Ordinal), ["prod/files/f.txt"] = "f" };
        await using var one = await SyncCase.HoldingAsync(files, [Flow("a", message: "theirs"), Flow("k").TrimEnd()]);
        var (toKestra, toGit) = (one.Task("sourceOfTruth: GIT\nwhenMissingInSource: KEEP", "TenantSync"), one.Task("sourceOfTruth: KESTRA\nwhenMissingInSource: KEEP", "TenantSync"));
        foreach (var task in gitFirst ? new[] { toKestra, toGit } : [toGit, toKestra])
        {
            await one.DefineAsync(task);
            (await one.RunAsync()).Succeeded();
        }

        foreach (var task in new[] { toKestra, toGit, toKestra, toGit })
        {
            await one.DefineAsync(task);
            Assert.Equal("", (await one.RunAsync()).Succeeded().Written);
        }

        Assert.Equal(2, one.Log().Count);
    }
}
