using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using KestraGitHub.IntegrationTests.EndToEnd;
using KestraGitHub.StandIns.Git;
using KestraGitHub.StandIns.Kestra;

namespace KestraGitHub.IntegrationTests.Conformance;

/// <summary>Flows as people write them: loops, conditions, inputs, stored values, and tasks that go on with what earlier ones gave.</summary>
public sealed class FlowShapeTests
{
    private const string Core = "io.kestra.plugin.core.";
    private const string Git = "io.kestra.plugin.git.";

    private static async Task<SyncCase> StartAsync(string version = "2.0")
    {
        var one = await SyncCase.StartAsync(version);
        one.Commit(new Dictionary<string, SandboxFile>
        {
            ["flows/company/a.yaml"] = SyncCase.Flow("a", "company"), ["flows/company.team/b.yaml"] = SyncCase.Flow("b", "company.team"),
            ["scripts/company/f.txt"] = "f", ["scripts/company.team/g.txt"] = "g",
        });
        return one;
    }

    /// <summary>What every git task of the flow has without saying so.</summary>
    private static string Defaults(SyncCase one, string more = "") =>
        $"pluginDefaults:\n  - type: io.kestra.plugin.git\n    values:\n      url: {one.RepositoryUrl}\n      branch: main\n      kestraUrl: {one.Kestra.BaseUrl.GetLeftPart(UriPartial.Authority)}\n" +
        $"      auth: {{username: admin@kestra.io, password: Kestra1234}}\n{more}";

    private static string EachNamespace(string values) =>
        $"  - id: sync\n    type: {Core}flow.ForEach\n    values: {values}\n    tasks:\n" +
        $"      - id: flows\n        type: {Git}SyncFlows\n        targetNamespace: \"{{{{ taskrun.value }}}}\"\n        gitDirectory: \"{{{{'flows/' ~ taskrun.value}}}}\"\n        includeChildNamespaces: false\n        delete: true\n" +
        $"      - id: scripts\n        type: {Git}SyncNamespaceFiles\n        namespace: \"{{{{ taskrun.value }}}}\"\n        gitDirectory: \"{{{{'scripts/' ~ taskrun.value}}}}\"\n";

    [Fact]
    public async Task A_loop_over_namespaces_syncs_each_under_its_own_name_and_owns_what_it_applied()
    {
        await using var one = await StartAsync();
        await one.DefineAsync(EachNamespace("[\"company\", \"company.team\"]"), Defaults(one));
        var run = (await one.RunAsync()).Succeeded();
        Assert.Equal("added company.team/b, added company.team/g.txt, added company/a, added company/f.txt", run.Written);
        var tip = one.Git.Tip(one.Repository, "main")!;
        Assert.Equal(["flows[company]", "scripts[company]", "flows[company.team]", "scripts[company.team]"], run.Sources.Select(s => s.Task));
        Assert.All(run.Sources, s => Assert.Equal((one.RepositoryUrl, "refs/heads/main", tip), (s.Url, s.Ref, s.Commit)));
        Assert.Equal(("", 4), ((await one.RunAsync()).Succeeded().Written, (await one.RunAsync()).Count("unchanged")));

        // The order of the values means nothing, and what another value applied is not this one's to delete.
        one.Commit(new Dictionary<string, SandboxFile> { ["flows/company/c.yaml"] = SyncCase.Flow("c", "company"), ["flows/company.team/b.yaml"] = SyncCase.Flow("b", "company.team"), ["scripts/company/f.txt"] = "f", ["scripts/company.team/g.txt"] = "g" }, orphan: true);
        await one.DefineAsync(EachNamespace("\"{{ inputs.namespaces }}\""), Defaults(one, "inputs:\n  - {id: namespaces, type: ARRAY, itemType: STRING, defaults: [company.team, company]}\n"));
        Assert.Equal("added company/c, deleted company/a", (await one.RunAsync()).Succeeded().Written);
        await one.DefineAsync(EachNamespace("[company]"), Defaults(one));
        Assert.Equal("", (await one.RunAsync()).Succeeded().Written);
        Assert.Equal(["company.team/b", "company/c"], one.Flows.Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("1.3")]
    [InlineData("2.0")]
    public async Task Stored_values_are_read_from_the_namespace_or_above_it_and_are_never_seen(string version)
    {
        const string canary = "canary-of-the-store";
        await using var one = await StartAsync(version);
        one.Namespace = "company.ops.git";
        await one.StoreAsync("company", "NAMESPACES", "[\"company\", \"company.team\"]");
        await one.StoreAsync("company.ops.git", "PASSWORD", $"\"{canary}\"");
        await one.StoreAsync("company.ops", "PASSWORD", "\"that of the parent\"");
        await one.DefineAsync(
            EachNamespace("\"{{ kv('NAMESPACES') }}\"") + $"  - {{id: say, type: {Core}log.Log, message: \"with {{{{ kv('PASSWORD') }}}}\"}}\n",
            Defaults(one, "      username: bea\n      password: \"{{ kv('PASSWORD') }}\"\n"));
        var run = (await one.RunAsync()).Succeeded();
        Assert.Equal("added company.team/b, added company.team/g.txt, added company/a, added company/f.txt", run.Written);
        var log = await one.LogAsync(run);
        Assert.Contains("kv('NAMESPACES') was read from the namespace company", log, StringComparison.Ordinal);
        Assert.Contains("kv('PASSWORD') was read from the namespace company.ops.git", log, StringComparison.Ordinal);
        Assert.Contains("say: with ***", log, StringComparison.Ordinal);
        Assert.DoesNotContain(canary, log + run.Json.ToJsonString() + one.Service.Output, StringComparison.Ordinal);

        await one.DefineAsync(EachNamespace("\"{{ kv('NOWHERE') }}\""), Defaults(one));
        (await one.RunAsync()).Failed("`NOWHERE`", "company.ops.git or above it", "errorOnMissing=false");
        await one.DefineAsync(EachNamespace("\"{{ kv('NOWHERE', errorOnMissing=false) ?? ['company'] }}\""), Defaults(one));
        Assert.Equal(2, (await one.RunAsync()).Succeeded().Count("unchanged"));
        await one.DefineAsync(EachNamespace("\"{{ kv('NAMESPACES', 'company.ops') }}\""), Defaults(one));
        (await one.RunAsync()).Failed("`NAMESPACES`", "company.ops,");
    }

    [Fact]
    public async Task A_task_goes_on_with_the_commit_of_an_earlier_one_in_a_stage_of_its_own()
    {
        await using var one = await StartAsync();
        one.Kestra.State.PutFlow(SyncCase.Flow("x", "dev"));
        one.Kestra.State.PutFile("dev", "/x.txt", "x"u8.ToArray());
        await one.DefineAsync(
            $"  - {{id: flows, type: {Git}PushFlows, sourceNamespace: dev}}\n" +
            $"  - {{id: files, type: {Git}PushNamespaceFiles, namespace: dev, commitMessage: \"Files of {{{{ outputs.flows.commitId }}}}\", runIf: \"{{{{ outputs.flows.commitId is not null }}}}\"}}\n" +
            $"  - {{id: ret, type: {Core}debug.Return, format: \"{{{{ outputs.flows.commitURL }}}}\"}}\n  - {{id: say, type: {Core}log.Log, message: \"see {{{{ outputs.ret.value }}}}\"}}\n",
            Defaults(one));
        var dry = (await one.RunAsync(dryRun: true)).Succeeded();
        Assert.Equal("added dev/x", dry.Written);
        Assert.Contains("a dry run makes no commit", dry.Rows.Single(r => r.Action == "skipped").Reason, StringComparison.Ordinal);
        Assert.Single(one.Log());

        var run = (await one.RunAsync()).Succeeded();
        Assert.Equal("added dev/x, added dev/x.txt", run.Written);
        var commits = one.Log();
        Assert.StartsWith($"Files of {commits[1].Id}", commits[0].Message, StringComparison.Ordinal);
        Assert.Equal([("flows", commits[1].Id), ("files", commits[0].Id)], run.Sources.Select(s => (s.Task, s.Commit)));
        var log = await one.LogAsync(run);
        Assert.Contains("stage 1: flows; files is planned after it: it uses outputs of flows", log, StringComparison.Ordinal);
        Assert.Contains("stage 2: files", log, StringComparison.Ordinal);
        Assert.Contains($"say: see {one.RepositoryUrl[..^4]}/commit/{commits[1].Id}", log, StringComparison.Ordinal);

        // Nothing to commit: nothing is given, and nothing fails.
        var again = (await one.RunAsync()).Succeeded();
        Assert.Equal(("", 3), (again.Written, one.Log().Count));
        Assert.Contains("runIf", again.Rows.Single(r => r.Action == "skipped").Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_is_tried_again_goes_on_with_the_commit_that_its_first_attempt_made()
    {
        await using var one = await StartAsync();
        one.Kestra.State.PutFlow(SyncCase.Flow("x", "dev"));
        one.Kestra.State.PutFile("dev", "/x.txt", "x"u8.ToArray());
        one.Kestra.Faults.Add(new FaultRule { Effect = FaultEffect.Status, Status = 503, PathContains = "/namespaces/dev/files", Count = 4 });
        await one.DefineAsync(
            $"  - {{id: flows, type: {Git}PushFlows, sourceNamespace: dev}}\n" +
            $"  - {{id: files, type: {Git}PushNamespaceFiles, namespace: dev, commitMessage: \"Files of {{{{ outputs.flows.commitId }}}}\"}}\n", Defaults(one));
        var run = (await one.RunAsync()).Succeeded();
        Assert.True(run.Attempt > 1, "it was not tried again");
        var commits = one.Log();
        Assert.StartsWith($"Files of {commits[1].Id}", commits[0].Message, StringComparison.Ordinal);
        Assert.Equal(commits[1].Id, run.Sources.Single(s => s.Task == "flows").Commit);
    }

    [Fact]
    public async Task A_flow_that_was_synced_gives_its_name_and_its_revision()
    {
        await using var one = await StartAsync();
        await one.DefineAsync(
            $"  - {{id: one, type: {Git}SyncFlow, flowPath: flows/company/a.yaml, targetNamespace: company.one}}\n" +
            $"  - {{id: say, type: {Core}log.Log, message: \"{{{{ outputs.one.namespace }}}}/{{{{ outputs.one.flowId }}}} is at {{{{ outputs.one.revision }}}}\"}}\n", Defaults(one));
        Assert.Contains("say is not evaluated", await one.LogAsync((await one.RunAsync(dryRun: true)).Succeeded()), StringComparison.Ordinal);
        Assert.Contains("say: company.one/a is at 1", await one.LogAsync((await one.RunAsync()).Succeeded()), StringComparison.Ordinal);
        Assert.Contains("say: company.one/a is at 1", await one.LogAsync((await one.RunAsync()).Succeeded()), StringComparison.Ordinal);
        one.Commit(new Dictionary<string, SandboxFile> { ["flows/company/a.yaml"] = SyncCase.Flow("a", "company", "new") });
        Assert.Contains("say: company.one/a is at 2", await one.LogAsync((await one.RunAsync()).Succeeded()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_namespace_that_goes_both_ways_gives_its_commit_when_both_are_done()
    {
        await using var one = await StartAsync();
        one.Kestra.State.PutFlow(SyncCase.Flow("x", "dev"));
        one.Kestra.State.PutFile("dev", "/x.txt", "x");
        one.Commit(new Dictionary<string, SandboxFile> { ["dev/files/y.txt"] = "y" });
        await one.DefineAsync(
            $"  - {{id: both, type: {Git}NamespaceSync, namespace: dev, sourceOfTruth: KESTRA, sourceOfTruthOverrides: {{namespaceFiles: GIT}}, whenMissingInSource: KEEP}}\n" +
            $"  - {{id: files, type: {Git}PushNamespaceFiles, namespace: dev, branch: other, commitMessage: \"After {{{{ outputs.both.commitId }}}}\"}}\n", Defaults(one));
        var run = (await one.RunAsync()).Succeeded();
        Assert.StartsWith($"After {one.Log()[0].Id}", one.Log("other")[0].Message, StringComparison.Ordinal);
        Assert.Equal(["both", "both (file)", "files"], run.Sources.Select(s => s.Task).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Conditions_inputs_and_triggers_decide_what_runs()
    {
        await using var one = await StartAsync();
        await one.DefineAsync(
            $"  - id: if\n    type: {Core}flow.If\n    condition: \"{{{{ inputs.env == 'prod' and trigger.body.ref == 'refs/heads/main' }}}}\"\n    then:\n" +
            $"      - id: work\n        type: {Core}flow.WorkingDirectory\n        tasks:\n          - {{id: team, type: {Git}SyncFlows, targetNamespace: company.team, gitDirectory: flows/company.team}}\n" +
            $"    else:\n      - {{id: own, type: {Git}SyncFlows, targetNamespace: company, gitDirectory: flows/company}}\n" +
            $"  - id: both\n    type: {Core}flow.Parallel\n    tasks:\n      - {{id: files, type: {Git}SyncNamespaceFiles, namespace: company, gitDirectory: scripts/company, runIf: \"{{{{ inputs.files }}}}\"}}\n",
            Defaults(one, $"inputs:\n  - {{id: env, type: SELECT, values: [dev, prod], defaults: dev}}\n  - {{id: files, type: BOOLEAN, defaults: false}}\n" +
                $"triggers:\n  - {{id: hook, type: {Core}trigger.Webhook, key: abcdef, inputs: {{env: prod}}}}\n"));
        var byHand = (await one.RunAsync()).Succeeded();
        Assert.Equal("added company/a", byHand.Written);
        Assert.Contains("runIf", byHand.Rows.Single(r => r.Action == "skipped").Reason, StringComparison.Ordinal);
        using var pushed = await GitHubHook.PushAsync(one.Service.Http, $"/webhook/main/system/{one.Name}/abcdef");
        Assert.Equal(HttpStatusCode.Accepted, pushed.StatusCode);
        var run = await one.EndAsync((await pushed.Content.ReadFromJsonAsync<JsonNode>())!["runId"]!.GetValue<string>());
        Assert.Equal("added company.team/b", run.Succeeded().Written);
    }

    [Fact]
    public async Task A_push_is_matched_to_the_branches_of_tasks_wherever_they_stand()
    {
        await using var one = await StartAsync();
        await one.DefineAsync(
            $"  - id: each\n    type: {Core}flow.ForEach\n    values: [main, next]\n    tasks:\n      - {{id: flows, type: {Git}SyncFlows, targetNamespace: company, gitDirectory: flows/company, branch: \"{{{{ taskrun.value }}}}\", runIf: \"{{{{ trigger.body.ref | default('refs/heads/main') | substringAfterLast('/') == taskrun.value }}}}\"}}\n",
            Defaults(one, $"triggers:\n  - {{id: hook, type: {Core}trigger.Webhook, key: abcdef}}\n"));
        using var other = await GitHubHook.PushAsync(one.Service.Http, $"/webhook/main/system/{one.Name}/abcdef", "elsewhere");
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        Assert.Contains("this sync watches main, next", await other.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        one.Commit(new Dictionary<string, SandboxFile> { ["flows/company/n.yaml"] = SyncCase.Flow("n", "company") }, "next", orphan: true);
        using var next = await GitHubHook.PushAsync(one.Service.Http, $"/webhook/main/system/{one.Name}/abcdef", "next");
        var run = await one.EndAsync((await next.Content.ReadFromJsonAsync<JsonNode>())!["runId"]!.GetValue<string>());
        Assert.Equal("added company/n", run.Succeeded().Written);
        Assert.Equal(["flows[next]"], run.Sources.Select(s => s.Task));
    }

    [Fact]
    public async Task What_is_wrong_in_a_later_stage_is_found_before_the_first_is_written()
    {
        await using var one = await StartAsync();
        one.Kestra.State.PutFlow(SyncCase.Flow("x", "dev"));
        await one.DefineAsync(
            $"  - {{id: push, type: {Git}PushFlows, sourceNamespace: dev}}\n  - {{id: pull, type: {Git}SyncFlows, targetNamespace: \"{{{{ trigger.body.namespace }}}}\"}}\n", Defaults(one));
        (await one.RunAsync()).Failed("pull", "targetNamespace");
        Assert.Single(one.Log());
    }
}
