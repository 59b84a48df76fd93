using KestraGitHub.StandIns.Git;

namespace KestraGitHub.IntegrationTests.Conformance;

/// <summary>SyncFlow: the rows of plugin-git's own tests (C-SF, C-AU-1), and what must not go wrong as it does there (B).</summary>
public sealed class SyncFlowTests
{
    private const string Ns = "io.kestra.synced";
    private const string First = $"branch: sync\ntargetNamespace: {Ns}\nflowPath: to_clone/_flows/first-flow.yml\n";

    private static string Flow(string id, string ns = "whatever", string message = "n0 # keep") => SyncCase.Flow(id, ns, message);

    private static async Task<SyncCase> StartAsync(string version, params (string Path, SandboxFile File)[] more)
    {
        var one = await SyncCase.StartAsync(version);
        var files = new Dictionary<string, SandboxFile>
        {
            ["to_clone/_flows/first-flow.yml"] = Flow("first-flow"), ["to_clone/_flows/second-flow.yml"] = Flow("second-flow"), ["README.md"] = "r",
        };
        foreach (var (path, file) in more) files[path] = file;
        one.Commit(files, "sync");
        return one;
    }

    private static void WroteNothing(SyncCase one)
    {
        Assert.Equal((0, 0), (one.Kestra.State.FlowWrites(), one.Kestra.State.FlowDeletes()));
        Assert.Empty(one.Kestra.UnknownCalls);
    }

    [Theory]
    [InlineData("1.3")]
    [InlineData("2.0")]
    public async Task C_SF_1_and_6_One_flow_is_created_in_the_target_namespace_and_nothing_else_is_touched_or_told(string version)
    {
        await using var one = await StartAsync(version);
        one.Kestra.State.PutFlow(Flow("other", Ns));
        var run = (await one.SyncAsync(First, "SyncFlow")).Succeeded();
        Assert.Equal(($"added {Ns}/first-flow", 1), (run.Written, run.Rows.Count));
        Assert.Equal("to_clone/_flows/first-flow.yml", run.Rows[0].Path);
        Assert.Equal([$"{Ns}/first-flow", $"{Ns}/other"], one.Flows.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(1, one.Kestra.State.GetFlow(Ns, "first-flow")!.Revision);
        Assert.Equal(Flow("first-flow", Ns), one.Kestra.State.GetFlow(Ns, "first-flow")!.Source);
        Assert.Empty(one.Kestra.UnknownCalls);

        // B3: the second run finds nothing to do, by one look at the one flow.
        one.Kestra.ClearCalls();
        Assert.Equal("", (await one.RunAsync()).Succeeded().Written);
        Assert.DoesNotContain(one.Kestra.Calls, c => c.Method != "GET" || c.Path.Contains("export", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("1.3")]
    [InlineData("2.0")]
    public async Task C_SF_2_An_existing_flow_gets_its_next_revision_by_PUT(string version)
    {
        await using var one = await StartAsync(version);
        one.Kestra.State.PutFlow(Flow("second-flow", Ns, "old"));
        var run = (await one.SyncAsync(First.Replace("first-flow", "second-flow", StringComparison.Ordinal), "SyncFlow")).Succeeded();
        Assert.Equal($"updated {Ns}/second-flow", run.Written);
        Assert.Equal(2, one.Kestra.State.GetFlow(Ns, "second-flow")!.Revision);
        Assert.DoesNotContain(one.Kestra.Calls, c => c.Method == "POST" && !c.Path.EndsWith("/validate", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("1.3", false, true)]
    [InlineData("2.0", false, false)]
    [InlineData("1.3", true, false)]
    [InlineData("2.0", true, true)]
    public async Task C_SF_3_and_4_A_dry_run_validates_tells_and_writes_nothing(string version, bool exists, bool inTask)
    {
        await using var one = await StartAsync(version);
        if (exists) one.Kestra.State.PutFlow(Flow("first-flow", Ns, "old"));
        var writes = one.Kestra.State.FlowWrites();
        var run = (await one.SyncAsync(First + (inTask ? "dryRun: true\n" : ""), "SyncFlow", dryRun: !inTask)).Succeeded();
        Assert.Equal($"{(exists ? "updated" : "added")} {Ns}/first-flow", run.Written);
        Assert.Equal(writes, one.Kestra.State.FlowWrites());
        Assert.Contains(one.Kestra.Calls, c => c.Path.EndsWith("/flows/validate", StringComparison.Ordinal));
        Assert.DoesNotContain(one.Kestra.Calls, c => c.Path.EndsWith("/import", StringComparison.Ordinal));
    }

    private const string Broken = "id: [a\nnamespace: x\n";

    [Theory]
    [InlineData("C-SF-5 fileNotFound", "non_existent_file.yml", "non_existent_file.yml", "'sync'")]
    [InlineData("a directory", "to_clone/_flows", "'to_clone/_flows' is a directory")]
    [InlineData("B34 a symbolic link", "link.yml", "'link.yml' is a symbolic link, which is not followed")]
    [InlineData("B34 below a symbolic link", "folder/first-flow.yml", "'folder' is a symbolic link")]
    [InlineData("in a submodule", "module/a.yml", "'module' is a submodule")]
    [InlineData("below a file", "README.md/a.yml", "'README.md' is a file")]
    [InlineData("no YAML", "broken.yml", "broken.yml", "it is no YAML", "nothing was written")]
    [InlineData("no flow", "README.md", "README.md", "no map of YAML")]
    [InlineData("no id", "noid.yml", "noid.yml", "no 'id'")]
    [InlineData("an id that Kestra does not take", "badid.yml", "badid.yml", "'not an id'")]
    [InlineData("two documents (B15)", "two.yml", "two.yml", "more than one YAML document")]
    [InlineData("refused by Kestra", "type.yml", "type.yml", "io.kestra.plugin.nope.Nope")]
    public async Task A_wrong_place_or_a_wrong_flow_is_named_and_nothing_is_written(string row, string path, params string[] words)
    {
        await using var one = await StartAsync("2.0",
            ("link.yml", SandboxFile.Link("to_clone/_flows/first-flow.yml")), ("folder", SandboxFile.Link("to_clone/_flows")), ("module", SandboxFile.Submodule(new string('1', 40))),
            ("broken.yml", Broken), ("noid.yml", "namespace: x\n"), ("badid.yml", Flow("not an id")), ("two.yml", Flow("a") + "---\n" + Flow("b")),
            ("type.yml", Flow("a").Replace("core.log.Log", "nope.Nope", StringComparison.Ordinal)));
        var run = (await one.SyncAsync($"branch: sync\ntargetNamespace: {Ns}\nflowPath: {path}\n", "SyncFlow")).Failed(words);
        Assert.True(run.Attempt == 1, row);
        WroteNothing(one);
    }

    [Fact]
    public async Task B1_A_missing_branch_is_no_other_branch()
    {
        await using var one = await StartAsync("2.0");
        (await one.SyncAsync(First.Replace("branch: sync", "branch: nope", StringComparison.Ordinal), "SyncFlow")).Failed("'nope'");
        WroteNothing(one);
    }

    [Theory]
    [InlineData("id: \"first-flow\" # the id\nnamespace: 'old' # theirs\n", "id: \"first-flow\" # the id\nnamespace: 'io.kestra.synced' # theirs\n")]
    [InlineData("id: first-flow\nvariables:\n  namespace: mine\nnamespace:   old\n", "id: first-flow\nvariables:\n  namespace: mine\nnamespace:   io.kestra.synced\n")]
    [InlineData("---\nid: first-flow\nnamespace: old\n", "---\nid: first-flow\nnamespace: io.kestra.synced\n")]
    [InlineData("\uFEFFid: first-flow\r\nnamespace: old\r\n", "\uFEFFid: first-flow\r\nnamespace: io.kestra.synced\r\n")]
    public async Task B15_and_B24_Only_the_namespace_of_the_top_level_is_replaced_and_every_other_byte_stays(string head, string stored)
    {
        const string Tasks = "tasks:\n  - id: hello\n    type: io.kestra.plugin.core.log.Log\n    message: hi\n\n";
        await using var one = await StartAsync("2.0", ("to_clone/_flows/first-flow.yml", head + Tasks));
        Assert.Equal($"added {Ns}/first-flow", (await one.SyncAsync(First, "SyncFlow")).Succeeded().Written);
        Assert.Equal(stored + Tasks, one.Kestra.State.GetFlow(Ns, "first-flow")!.Source);
    }

    [Theory]
    [InlineData("1.3")]
    [InlineData("2.0")]
    public async Task C_AU_1_An_api_token_is_the_credential_on_enterprise(string version)
    {
        await using var one = await SyncCase.StartAsync(version, o => o with { Edition = "EE", ApiToken = "my-token" });
        one.Commit(new Dictionary<string, SandboxFile> { ["any name.txt"] = Flow("first-flow") }, "sync");
        var task = one.Task(First.Replace("to_clone/_flows/first-flow.yml", "any name.txt", StringComparison.Ordinal), "SyncFlow");
        await one.DefineAsync(task.Replace("auth: {username: admin@kestra.io, password: Kestra1234}", "auth: {apiToken: my-token}", StringComparison.Ordinal));
        Assert.Equal($"added {Ns}/first-flow", (await one.RunAsync()).Succeeded().Written);
        await one.DefineAsync(task.Replace("auth: {username: admin@kestra.io, password: Kestra1234}", "auth: {apiToken: another}", StringComparison.Ordinal));
        (await one.RunAsync()).Failed("401", "credentials");
    }
}
