using System.Text.Json.Nodes;
using KestraGitHub.IntegrationTests.Conformance;
using KestraGitHub.IntegrationTests.EndToEnd;
using KestraGitHub.IntegrationTests.Shipping;
using KestraGitHub.StandIns.Git;
using KestraGitHub.StandIns.Kestra;

namespace KestraGitHub.IntegrationTests.Cli;

/// <summary>The commands that ask a running service, with the exit codes of those that work by themselves.</summary>
public sealed class ServerModeTests
{
    private static async Task<SyncCase> StartAsync(string task = "targetNamespace: prod", string more = "", string flow = "")
    {
        var one = await SyncCase.StartAsync();
        one.Commit(new Dictionary<string, SandboxFile> { ["_flows/a.yaml"] = flow.Length > 0 ? flow : SyncCase.Flow("a") });
        await one.DefineAsync(one.Task(task), more);
        return one;
    }

    private static Task<CommandResult> AskAsync(SyncCase one, string command, string? sync = null, string? token = ServiceProcess.Token, params string[] more)
    {
        var environment = new Dictionary<string, string> { ["KESTRA_GITHUB_TOKEN"] = token ?? "", ["NO_COLOR"] = "1" };
        return CommandResult.OfAsync([command, "--server", one.Service.BaseUrl.AbsoluteUri, "--sync", sync ?? $"{one.Namespace}/{one.Name}", .. more], environment);
    }

    private static void Ended(CommandResult result, int code, string words) =>
        Assert.True(result.Code == code && (result.Output + result.Errors).Contains(words, StringComparison.Ordinal), $"expected {code} with '{words}': {result}");

    [Fact]
    public async Task Plan_and_apply_are_runs_of_the_service()
    {
        await using var one = await StartAsync();
        Ended(await AskAsync(one, "plan"), 2, "+ added  flow prod/a");
        Assert.Empty(one.Flows);
        Ended(await AskAsync(one, "apply", more: "--detailed-exit-code"), 2, "applied: 1 added");
        Assert.Equal(["prod/a"], one.Flows.Keys);
        Ended(await AskAsync(one, "apply", $"main/{one.Namespace}/{one.Name}"), 0, "1 unchanged");
        var planned = await AskAsync(one, "plan", more: ["--output", "json"]);
        Assert.Equal(0, planned.Code);
        Assert.Equal("planned", JsonNode.Parse(planned.Output)!["state"]!.GetValue<string>());
    }

    [Fact]
    public async Task What_the_service_refuses_is_an_exit_code()
    {
        await using var one = await StartAsync(more: "disabled: true\n");
        Ended(await AskAsync(one, "apply"), 5, "disabled");
        Ended(await AskAsync(one, "plan"), 2, "1 added");
        Ended(await AskAsync(one, "plan", "system/none"), 1, "no such sync");
        Ended(await AskAsync(one, "plan", "system"), 3, "namespace/flow");
        Ended(await AskAsync(one, "plan", token: "a-token-that-is-wrong"), 6, "not known");
        Ended(await AskAsync(one, "plan", token: null), 6, "KESTRA_GITHUB_TOKEN");
        Ended(await AskAsync(one, "plan", token: Workshop.CloneToken), 6, "role");
        Ended(await AskAsync(one, "plan", more: ["--revision", "a..b"]), 3, "revision");
        Ended(await CommandResult.OfAsync(["plan", "--server", "http://127.0.0.1:1", "--sync", "a/b"], new Dictionary<string, string> { ["KESTRA_GITHUB_TOKEN"] = "t" }), 1, "does not answer");
    }

    [Fact]
    public async Task An_invalid_flow_is_3_and_a_slow_Kestra_is_7()
    {
        await using var one = await StartAsync(flow: "id: [");
        Ended(await AskAsync(one, "plan"), 3, "a.yaml");
        one.Commit(new Dictionary<string, SandboxFile> { ["_flows/a.yaml"] = SyncCase.Flow("a") });
        one.Kestra.Faults.Add(new FaultRule { Effect = FaultEffect.Latency, LatencyMs = 6000, Count = 1 });
        Ended(await AskAsync(one, "apply", more: ["--timeout", "2s"]), 7, "--timeout");
    }

    [Fact]
    public async Task A_run_is_undone_and_what_it_deleted_is_brought_back()
    {
        await using var one = await StartAsync();
        one.Kestra.State.PutFlow(SyncCase.Flow("old"));
        await one.DefineAsync(one.Task("targetNamespace: prod\ndelete: true"));
        var first = (await one.RunAsync()).Json["id"]!.GetValue<string>();
        Ended(await AskRunAsync(one, "undo", (await one.RunAsync()).Json["id"]!.GetValue<string>()), 5, "wrote nothing");
        Ended(await AskRunAsync(one, "undelete", first, "--object", "flow prod/a"), 3, "deleted no flow prod/a");
        Ended(await AskRunAsync(one, "undelete", first, "--object", "flow prod/old"), 0, "applied: 1 added");
        Assert.Equal(["prod/a", "prod/old"], one.Flows.Keys.Order(StringComparer.Ordinal));
        Ended(await AskRunAsync(one, "undo", first), 0, "1 deleted");
        Assert.Equal(["prod/old"], one.Flows.Keys);
        Ended(await AskRunAsync(one, "undo", "none"), 1, "no such run");
    }

    [Fact]
    public async Task A_run_is_started_waited_for_and_looked_at()
    {
        await using var one = await StartAsync();
        Ended(await AskAsync(one, "drift"), 0, $"Never looked at: main/{one.Namespace}/{one.Name}.");
        var started = await AskAsync(one, "run");
        Ended(started, 0, "");
        var id = started.Output.Trim();
        Ended(await AskRunAsync(one, "wait", id), 2, "applied: 1 added");
        Ended(await AskAsync(one, "run", more: "--wait"), 0, "1 unchanged");
        Ended(await AskAsync(one, "run", more: ["--wait", "--dry-run", "--output", "github"]), 0, "::notice title=kestra-github::planned");
        Ended(await AskAsync(one, "status"), 0, $"inSync  {one.Namespace}/{one.Name}");
        Ended(await AskAsync(one, "history"), 0, $"succeeded  {one.Git.Tip(one.Repository, "main")![..12]}  api  +1 ~0 -0");
        var history = JsonNode.Parse((await AskAsync(one, "history", more: ["--output", "json", "--limit", "2"])).Output)!.AsArray();
        Assert.Equal(2, history.Count);
        Ended(await AskRunAsync(one, "logs", id), 0, "planned    sync: 1 to add");
        var lines = (await AskRunAsync(one, "logs", id, "-f", "--output", "json")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("finished", JsonNode.Parse(lines[^1])!["step"]!.GetValue<string>());
        one.Commit(new Dictionary<string, SandboxFile> { ["_flows/a.yaml"] = "id: [" });
        Ended(await AskAsync(one, "run", more: "--wait"), 3, "a.yaml");
        Ended(await AskAsync(one, "status"), 2, "outOfDate");
        Ended(await AskRunAsync(one, "wait", "none"), 1, "no such run");
        Ended(await AskAsync(one, "history", "system/nope"), 1, "no such sync");
        Ended(await AskTenantAsync(one, "status", "nope"), 0, "Tenant nope has no syncs.");
        Ended(await AskTenantAsync(one, "drift", "nope"), 0, "Tenant nope has no syncs.");
        Ended(await AskRunAsync(one, "logs", "none"), 1, "no such run");
        one.Kestra.Faults.Add(new FaultRule { Effect = FaultEffect.Latency, LatencyMs = 6000, Count = 1 });
        one.Commit(new Dictionary<string, SandboxFile> { ["_flows/a.yaml"] = SyncCase.Flow("a", message: "again") });
        var slow = await AskAsync(one, "run", more: ["--wait", "--timeout", "2s"]);
        Ended(slow, 7, "--timeout");
        Assert.Matches("^run [0-9a-f]{32}\n", slow.Errors);
    }

    [Fact]
    public async Task A_plan_is_approved_or_rejected_and_a_sync_rolled_back_released_suspended_and_resumed()
    {
        await using var one = await StartAsync();
        await one.DefineAsync(one.Task("targetNamespace: prod\ndelete: true"), "x-kestra-github: {maxDeletes: 0}\n");
        var name = $"{one.Namespace}/{one.Name}";
        one.Commit(new Dictionary<string, SandboxFile> { ["_flows/a.yaml"] = SyncCase.Flow("a"), ["_flows/b.yaml"] = SyncCase.Flow("b") });
        var first = (await one.RunAsync()).Succeeded().Json["id"]!.GetValue<string>();
        one.Commit(new Dictionary<string, SandboxFile> { ["_flows/a.yaml"] = SyncCase.Flow("a") });
        Ended(await AskAsync(one, "run", more: "--wait"), 5, "more than maxDeletes (0)");
        var waiting = (await AskAsync(one, "run")).Output.Trim();
        Ended(await AskRunAsync(one, "wait", waiting), 5, "kestra-github approve");
        Ended(await AskRunAsync(one, "reject", waiting), 0, "cancelled");
        Ended(await AskRunAsync(one, "approve", waiting), 5, "not");
        Assert.Equal(2, one.Flows.Count);

        waiting = (await AskAsync(one, "run")).Output.Trim();
        Ended(await AskRunAsync(one, "wait", waiting), 5, "Waits for approval");
        Ended(await AskRunAsync(one, "approve", waiting, "--wait"), 2, "1 deleted");
        Assert.Equal(["prod/a"], one.Flows.Keys);

        Ended(await AskRunAsync(one, "rollback", name, "--to", first, "--wait", "--reason", "it is needed"), 2, "1 added");
        Ended(await AskAsync(one, "run", more: "--wait"), 5, "is held since the rollback");
        Ended(await AskRunAsync(one, "release", name), 0, name);
        Ended(await AskAsync(one, "suspend", more: ["--reason", "month end"]), 0, "suspended");
        var suspended = (await AskAsync(one, "run")).Output.Trim();
        Ended(await AskRunAsync(one, "wait", suspended, "--timeout", "2s"), 7, "month end");
        Ended(await AskAsync(one, "resume"), 0, "resumed");
        Ended(await AskRunAsync(one, "wait", suspended), 5, "more than maxDeletes (0)");
    }

    private static Task<CommandResult> AskTenantAsync(SyncCase one, string command, string tenant) => CommandResult.OfAsync(
        [command, "--server", one.Service.BaseUrl.AbsoluteUri, "--tenant", tenant], new Dictionary<string, string> { ["KESTRA_GITHUB_TOKEN"] = ServiceProcess.Token, ["NO_COLOR"] = "1" });

    private static Task<CommandResult> AskRunAsync(SyncCase one, string command, string id, params string[] more) => CommandResult.OfAsync(
        [command, id, "--server", one.Service.BaseUrl.AbsoluteUri, .. more], new Dictionary<string, string> { ["KESTRA_GITHUB_TOKEN"] = ServiceProcess.Token, ["NO_COLOR"] = "1" });
}
