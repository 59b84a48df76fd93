using System.Text;
using KestraGitHub.IntegrationTests.EndToEnd;
using KestraGitHub.StandIns.Git;

namespace KestraGitHub.IntegrationTests.Conformance;

/// <summary>SyncFlows: the rows of plugin-git's own tests (C-FS), and what must not go wrong as it does there (X, B).</summary>
public sealed class SyncFlowsTests
{
    private const string Ns = "my.namespace";

    private static string Flow(string id, string ns = "prod", string message = "n0 # keep") => SyncCase.Flow(id, ns, message);

    /// <summary>Plugin-git's branch `sync`, and what its tests put into Kestra before.</summary>
    private static async Task<SyncCase> UpstreamAsync(bool broken, string deletedIn, params string[] more)
    {
        var one = await SyncCase.StartAsync();
        one.Namespace = Ns;
        one.Commit(new Dictionary<string, SandboxFile>
        {
            ["to_clone/.kestraignore"] = "file_to_ignore.txt\n", ["to_clone/_flows/.kestraignore"] = "kestra-ignored-flow.yml\n",
            ["to_clone/_flows/first-flow.yml"] = Flow("first-flow", "whatever", "new"), ["to_clone/_flows/second-flow.yml"] = Flow("second-flow", "whatever"),
            ["to_clone/_flows/unchanged-flow.yaml"] = Flow("unchanged-flow", Ns), ["to_clone/_flows/kestra-ignored-flow.yml"] = Flow("kestra-ignored-flow"),
            ["to_clone/_flows/nested/namespace/nested_flow.yaml"] = Flow("nested-flow", "whatever"),
        }, "sync");
        foreach (var source in (string[])[Flow("first-flow", Ns, "old"), Flow("flow-to-delete", deletedIn), Flow(one.Name, Ns), Flow("unchanged-flow", Ns), Flow("unpresent-on-git-flow", "another.namespace"), .. more])
            one.Kestra.State.PutFlow(source);
        if (broken) one.Kestra.State.PutFlow($"id: validation-failed-flow\nnamespace: {Ns}\ntasks:\n  - id: x\n    type: unknown.type\n");
        return one;
    }

    private const string Properties = $"branch: sync\ngitDirectory: to_clone/_flows\ntargetNamespace: {Ns}\n";
    private const string Rows = $"added {Ns}/second-flow, updated {Ns}/first-flow";
    private const string NestedRows = $"added {Ns}.nested.namespace/nested-flow, {Rows}";

    [Fact]
    public async Task C_FS_1_With_delete_and_children_all_that_is_not_in_Git_goes_but_the_sync_itself()
    {
        await using var one = await UpstreamAsync(broken: true, Ns + ".child");
        var run = (await one.SyncAsync(Properties + "delete: true\nincludeChildNamespaces: true\nignoreInvalidFlows: true")).Succeeded();
        Assert.Equal($"added {Ns}.nested.namespace/nested-flow, added {Ns}/second-flow, deleted {Ns}.child/flow-to-delete, deleted {Ns}/validation-failed-flow, updated {Ns}/first-flow", run.Written);
        var row = run.Json["changes"]!.AsArray().Single(r => (string?)r!["id"] == "first-flow")!;
        Assert.Equal(("1", "2", 1, 1), ((string)row["oldRevision"]!, (string)row["newRevision"]!, (int)row["additions"]!, (int)row["deletions"]!));
        Assert.Equal(6, one.Flows.Count);
        Assert.Equal(Flow("first-flow", Ns, "new").TrimEnd(), one.Flows[$"{Ns}/first-flow"]);
        Assert.Contains("defines this sync", run.Rows.Single(r => r.Key == $"{Ns}/{one.Name}").Reason, StringComparison.Ordinal);
        Assert.Equal("ignored", run.Of("to_clone/_flows/kestra-ignored-flow.yml").Action);
        Assert.True(one.Flows.ContainsKey("another.namespace/unpresent-on-git-flow"));
    }

    [Fact]
    public async Task C_FS_2_Without_delete_everything_stays()
    {
        await using var one = await UpstreamAsync(broken: false, Ns);
        Assert.Equal(NestedRows, (await one.SyncAsync(Properties + "includeChildNamespaces: true")).Succeeded().Written);
        Assert.Equal(7, one.Flows.Count);
    }

    [Fact]
    public async Task C_FS_3_Without_children_no_child_is_read_written_or_deleted()
    {
        await using var one = await UpstreamAsync(broken: false, Ns, Flow("flow-to-delete", Ns + ".child"));
        Assert.Equal($"added {Ns}/second-flow, deleted {Ns}/flow-to-delete, updated {Ns}/first-flow", (await one.SyncAsync(Properties + "delete: true")).Succeeded().Written);
        Assert.Equal(6, one.Flows.Count);
        Assert.True(one.Flows.ContainsKey($"{Ns}.child/flow-to-delete"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task C_FS_4_A_dry_run_says_all_and_writes_nothing(bool inTask)
    {
        await using var one = await UpstreamAsync(broken: false, Ns + ".child");
        var before = one.Flows;
        var run = (await one.SyncAsync(Properties + "delete: true\nincludeChildNamespaces: true" + (inTask ? "\ndryRun: true" : ""), dryRun: !inTask)).Succeeded();
        Assert.Equal($"added {Ns}.nested.namespace/nested-flow, added {Ns}/second-flow, deleted {Ns}.child/flow-to-delete, updated {Ns}/first-flow", run.Written);
        Assert.Equal(before, one.Flows);
        Assert.DoesNotContain(one.Kestra.Calls, c => c.Method is "PUT" or "DELETE" || (c.Method == "POST" && !c.Path.EndsWith("/validate", StringComparison.Ordinal)));

        // Nothing is remembered of it either: the real one does all of it.
        if (!inTask) Assert.Equal(run.Written, (await one.RunAsync()).Succeeded().Written);
    }

    [Fact]
    public async Task C_FS_5_A_missing_directory_fails_by_name()
    {
        await using var one = await UpstreamAsync(broken: false, Ns);
        (await one.SyncAsync($"branch: sync\ngitDirectory: nonexistent/path\ntargetNamespace: {Ns}\ndelete: true")).Failed("nonexistent/path", "sync");
        (await one.SyncAsync($"branch: sync\ngitDirectory: to_clone/_flows/first-flow.yml\ntargetNamespace: {Ns}\ndelete: true")).Failed("first-flow.yml", "is a file");
        Assert.Equal(5, one.Flows.Count);
    }

    [Fact]
    public async Task C_FS_6_and_7_and_X_4_An_invalid_flow_stops_everything_or_is_left_out_and_its_live_version_stays()
    {
        await using var one = await SyncCase.StartAsync();
        one.Commit(new Dictionary<string, SandboxFile>
        {
            ["_flows/ok.yaml"] = Flow("ok"), ["_flows/bad.yaml"] = "id: bad\nnamespace: prod\ntasks:\n  - id: x\n    type: unknown.type\n", ["_flows/broken.yaml"] = "id: broken\ntasks: [\n",
        });
        foreach (var id in new[] { "bad", "broken", "gone" }) one.Kestra.State.PutFlow(Flow(id));
        (await one.SyncAsync("targetNamespace: prod\ndelete: true")).Failed("_flows/b", "nothing was written");
        Assert.Equal(3, one.Flows.Count);
        var run = (await one.SyncAsync("targetNamespace: prod\ndelete: true\nignoreInvalidFlows: true")).Succeeded();
        Assert.Equal("added prod/ok, deleted prod/gone", run.Written);
        Assert.Equal(2, run.Count("invalid"));
        Assert.Contains("unknown.type", run.Of("_flows/bad.yaml").Reason, StringComparison.Ordinal);
        Assert.Equal(["prod/bad", "prod/broken", "prod/ok"], one.Flows.Keys);
    }

    [Fact]
    public async Task X_1_and_B2_A_namespace_that_only_begins_alike_is_no_child()
    {
        await using var one = await SyncCase.StartAsync();
        one.Commit(new Dictionary<string, SandboxFile> { ["_flows/a.yaml"] = Flow("a", "dev"), ["_flows/sub/c.yaml"] = Flow("c") });
        foreach (var ns in new[] { "development", "development.x", "dev2", "dev.old" }) one.Kestra.State.PutFlow(Flow("x", ns));
        var run = (await one.SyncAsync("targetNamespace: dev\ndelete: true\nincludeChildNamespaces: true")).Succeeded();
        Assert.Equal("added dev.sub/c, added dev/a, deleted dev.old/x", run.Written);
        Assert.Equal(["dev.sub/c", "dev/a", "dev2/x", "development.x/x", "development/x"], one.Flows.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task X_2_and_B1_A_missing_branch_is_an_error_never_the_default_branch()
    {
        await using var one = await SyncCase.StartAsync();
        one.Commit(new Dictionary<string, SandboxFile> { ["_flows/a.yaml"] = Flow("a") });
        one.Kestra.State.PutFlow(Flow("live"));
        (await one.SyncAsync("branch: nope\ntargetNamespace: prod\ndelete: true")).Failed("'nope'");
        Assert.Equal(["prod/live"], one.Flows.Keys);
    }

    [Theory]
    [InlineData("1.3")]
    [InlineData("2.0")]
    public async Task X_3_and_B3_and_B3b_Runs_can_be_repeated_and_find_nothing_to_do(string version)
    {
        await using var one = await SyncCase.StartAsync(version);
        one.Commit(new Dictionary<string, SandboxFile> { ["_flows/a.yaml"] = Flow("a") + "\n\n", ["_flows/b.yaml"] = "---\n" + Flow("b").Replace("\n", "\r\n", StringComparison.Ordinal) });
        one.Kestra.State.PutFlow(Flow("a").TrimEnd());
        (await one.SyncAsync("targetNamespace: prod")).Succeeded();
        for (var i = 0; i < 2; i++)
        {
            var again = (await one.RunAsync()).Succeeded();
            Assert.Equal(("", 2), (again.Written, again.Count("unchanged")));
        }

        Assert.Equal("", (await one.RunAsync(dryRun: true)).Succeeded().Written);
        Assert.Empty(one.Kestra.UnknownCalls);
        Assert.Equal(1, one.Kestra.State.GetFlow("prod", "b")!.Revision);
    }

    [Theory]
    [InlineData("gitDirectory: nope\nfailOnMissingDirectory: false")]
    [InlineData("gitDirectory: empty")]
    [InlineData("gitDirectory: docs")]
    [InlineData("gitDirectory: broken\nignoreInvalidFlows: true")]
    public async Task B4_A_directory_that_is_missing_or_has_no_flow_deletes_nothing(string directory)
    {
        await using var one = await SyncCase.StartAsync();
        one.Commit(new Dictionary<string, SandboxFile> { ["empty/.gitkeep"] = "", ["docs/readme.md"] = "# hi\n", ["broken/x.yaml"] = "[", ["_flows/a.yaml"] = Flow("a") });
        one.Kestra.State.PutFlow(Flow("live"));
        var run = (await one.SyncAsync($"targetNamespace: prod\ndelete: true\n{directory}")).Succeeded();
        Assert.Equal(("", 1), (run.Written, run.Count("kept")));
        Assert.Equal(["prod/live"], one.Flows.Keys);
    }

    [Fact]
    public async Task X_7_and_B6_Patterns_of_kestraignore_speak_of_the_directory_and_nothing_above_it()
    {
        await using var one = await SyncCase.StartAsync();
        one.Commit(new Dictionary<string, SandboxFile>
        {
            ["_flows/.kestraignore"] = "tmp/\n_flows/\ndata\n/sub/only.yaml\n", ["_flows/a.yaml"] = Flow("a"), ["_flows/tmp/t.yaml"] = Flow("t"), ["_flows/sub/only.yaml"] = Flow("only"), ["_flows/sub/b.yaml"] = Flow("b"),
        });
        one.Kestra.State.PutFlow(Flow("gone"));
        var run = (await one.SyncAsync("targetNamespace: prod\ndelete: true\nincludeChildNamespaces: true")).Succeeded();
        Assert.Equal("added prod.sub/b, added prod/a, deleted prod/gone", run.Written);
        Assert.Equal(2, run.Count("ignored"));
    }

    [Fact]
    public async Task X_8_and_B13_Names_that_no_URI_can_hold_are_synced()
    {
        await using var one = await SyncCase.StartAsync();
        var names = new[] { "a b.yaml", "c%20d.yaml", "e#f?.yaml", "größe 漢.yaml", "\"q\".yaml" };
        one.Commit(names.Select((n, i) => ($"_flows/{n}", Flow($"f{i}"))).ToDictionary(f => f.Item1, f => (SandboxFile)f.Item2));
        Assert.Equal(names.Length, (await one.SyncAsync("targetNamespace: prod")).Succeeded().Count("added"));
    }

    [Fact]
    public async Task X_9_and_X_14_The_whole_repository_as_directory_takes_flows_only()
    {
        await using var one = await SyncCase.StartAsync();
        one.Commit(new Dictionary<string, SandboxFile> { ["a.yaml"] = Flow("a"), ["README.md"] = "# hi\n", ["x.py"] = "print()\n", [".gitignore"] = "x\n" });
        Assert.Equal("added prod/a", (await one.SyncAsync("targetNamespace: prod\ngitDirectory: .")).Succeeded().Written);
    }

    [Fact]
    public async Task X_10_and_B15_A_leading_document_mark_is_taken_and_a_second_document_is_refused()
    {
        await using var one = await SyncCase.StartAsync();
        one.Commit(new Dictionary<string, SandboxFile> { ["_flows/a.yaml"] = "---\n" + Flow("a", "other") });
        (await one.SyncAsync("targetNamespace: prod")).Succeeded();
        Assert.Equal("---\n" + Flow("a").TrimEnd(), one.Flows["prod/a"]);
        one.Commit(new Dictionary<string, SandboxFile> { ["_flows/a.yaml"] = Flow("a", message: "new") + "---\n" + Flow("b", "elsewhere") });
        (await one.RunAsync()).Failed("_flows/a.yaml", "more than one YAML document");
        Assert.Equal("---\n" + Flow("a").TrimEnd(), one.Flows["prod/a"]);
    }

    [Theory]
    [InlineData("id: a\nnamespace:   other   # the team's\n", "id: a\nnamespace:   prod   # the team's\n")]
    [InlineData("id: a\nnamespace : 'other'\n", "id: a\nnamespace : 'prod'\n")]
    [InlineData("id: \"a\" # it\nlabels:\n  namespace: other\nnamespace: other\n", "id: \"a\" # it\nlabels:\n  namespace: other\nnamespace: prod\n")]
    [InlineData("description: |\n  text\n\n  namespace: mine\nid: a\nnamespace: development\n", "description: |\n  text\n\n  namespace: mine\nid: a\nnamespace: prod\n")]
    public async Task B24_Only_the_namespace_of_the_flow_itself_is_changed(string head, string expected)
    {
        const string Tasks = "tasks:\n  - id: x\n    type: io.kestra.plugin.core.log.Log\n    message: \"namespace: y\"";
        await using var one = await SyncCase.StartAsync();
        one.Commit(new Dictionary<string, SandboxFile> { ["_flows/a.yaml"] = head + Tasks + "\n" });
        (await one.SyncAsync("targetNamespace: prod")).Succeeded();
        Assert.Equal(expected + Tasks, one.Flows["prod/a"]);
    }

    [Fact]
    public async Task B25_Both_endings_are_flows_and_a_twin_is_refused()
    {
        await using var one = await SyncCase.StartAsync();
        one.Commit(new Dictionary<string, SandboxFile> { ["_flows/a.yaml"] = Flow("a"), ["_flows/a.yml"] = Flow("a", message: "twin"), ["_flows/b.yml"] = Flow("b") });
        (await one.SyncAsync("targetNamespace: prod")).Failed("_flows/a.yaml", "_flows/a.yml");
        one.Commit(new Dictionary<string, SandboxFile> { ["_flows/a.yml"] = Flow("a"), ["_flows/b.YAML"] = Flow("b") });
        Assert.Equal("added prod/a, added prod/b", (await one.RunAsync()).Succeeded().Written);
        one.Commit(new Dictionary<string, SandboxFile> { ["_flows/a.yaml"] = Flow("a"), ["_flows/b.yaml"] = Flow("b") });
        Assert.Equal("", (await one.RunAsync()).Succeeded().Written);
    }

    [Fact]
    public async Task B28_Nothing_is_written_before_everything_is_valid_over_all_tasks()
    {
        await using var one = await SyncCase.StartAsync();
        one.Commit(new Dictionary<string, SandboxFile> { ["_flows/a.yaml"] = Flow("a"), ["_flows/z.yaml"] = "id: z\nnamespace: prod\ntasks: []\n", ["_files/f.txt"] = "f" });
        await one.DefineAsync(one.Task("namespace: prod", "SyncNamespaceFiles", "files") + one.Task("targetNamespace: prod"));
        (await one.RunAsync()).Failed("_flows/z.yaml", "nothing was written");
        Assert.Equal((0, 0), (one.Kestra.State.FlowWrites(), one.Kestra.State.FileWrites()));
    }

    [Fact]
    public async Task B31_A_flow_that_was_disabled_in_Kestra_shows_as_an_edit_before_Git_wins()
    {
        await using var one = await SyncCase.StartAsync();
        one.Commit(new Dictionary<string, SandboxFile> { ["_flows/a.yaml"] = Flow("a") });
        (await one.SyncAsync("targetNamespace: prod")).Succeeded();
        one.Kestra.State.PutFlow(Flow("a") + "disabled: true\n");
        var run = (await one.RunAsync()).Succeeded();
        Assert.Contains("edited in Kestra (revision 2)", run.Of("_flows/a.yaml").Reason, StringComparison.Ordinal);
        Assert.Equal(3, one.Kestra.State.GetFlow("prod", "a")!.Revision);
    }

    [Fact]
    public async Task B34_No_link_is_followed_out_of_the_repository_or_within()
    {
        await using var one = await SyncCase.StartAsync();
        one.Commit(new Dictionary<string, SandboxFile>
        {
            ["_flows/a.yaml"] = Flow("a"), ["_flows/passwd.yaml"] = SandboxFile.Link("/etc/passwd"), ["_flows/out.yaml"] = SandboxFile.Link("../../x"), ["_flows/loop"] = SandboxFile.Link("."),
            ["_flows/a2.yaml"] = SandboxFile.Link("a.yaml"), ["_flows/dangling.yml"] = SandboxFile.Link("nothing"), ["_flows/git.yaml"] = SandboxFile.Link("../.git/config"),
        });
        one.Kestra.State.PutFlow(Flow("passwd"));
        var run = (await one.SyncAsync("targetNamespace: prod\nincludeChildNamespaces: true\ndelete: true")).Succeeded();
        Assert.Equal(("added prod/a", 6), (run.Written, run.Count("skipped")));
        Assert.True(one.Flows.ContainsKey("prod/passwd"));
    }

    [Fact]
    public async Task B35_A_credential_in_a_url_or_a_secret_shows_nowhere()
    {
        await using var one = await SyncCase.StartAsync();
        one.Commit(new Dictionary<string, SandboxFile> { ["_flows/a.yaml"] = Flow("a") });
        var secretUrl = new UriBuilder(one.RepositoryUrl) { UserName = "someone", Password = Workshop.SecretInUrl }.Uri.AbsoluteUri;
        await one.DefineAsync(one.Task("targetNamespace: prod\nusername: someone\npassword: \"{{ secret('TOKEN_OF_GIT') }}\""));
        var good = await one.RunAsync();
        one.Write($"id: {one.Name}\nnamespace: system\ndescription: later\ntasks:\n" + one.Task("targetNamespace: prod\nbranch: nope").Replace(one.RepositoryUrl, secretUrl, StringComparison.Ordinal));
        await Wait.UntilAsync(
            async () => await one.ViewAsync() is { } v && (v["description"]?.GetValue<string>() == "later" || v["faults"]!.AsArray().Count > 0), TimeSpan.FromSeconds(30), () => "not loaded");
        using var asked = await one.AskAsync();
        var said = new StringBuilder(one.Service.Output).Append(good.Json).Append((await one.ViewAsync())!.ToJsonString()).Append(await asked.Content.ReadAsStringAsync());
        foreach (var page in new[] { "/api/v1/runs?limit=100", "/api/v1/main/syncs" }) said.Append(await one.Service.Http.GetStringAsync(page));
        Assert.DoesNotContain(Workshop.SecretInUrl, said.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Workshop.SecretOfEnvironment, said.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("Kestra1234", said.ToString(), StringComparison.Ordinal);
    }
}
