using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using KestraGitHub.IntegrationTests.Conformance;
using KestraGitHub.IntegrationTests.EndToEnd;
using KestraGitHub.IntegrationTests.Shipping;
using KestraGitHub.StandIns.Git;
using KestraGitHub.StandIns.Kestra;

namespace KestraGitHub.IntegrationTests.Trust;

/// <summary>What somebody changed in Kestra is seen between runs, for one small call while nothing moved.</summary>
public sealed class DriftTests
{
    public static TheoryData<string> Versions => ["2.0", "1.3"];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_look_costs_one_small_call_while_nothing_moved_and_reads_what_did(string version)
    {
        await using var one = await AppliedAsync(version);
        Assert.Equal("inSync", await StateAsync(one));
        await LooksByOneSmallCallAsync(one);

        one.Kestra.State.PutFlow(SyncCase.Flow("b", message: "by hand"));
        one.Kestra.ClearCalls();
        var drift = await LookAsync(one);
        Assert.Equal(["sync flow prod/b edited 2"], Objects(drift));
        Assert.DoesNotContain(one.Kestra.Calls, c => c.Path.EndsWith("/export/by-query", StringComparison.Ordinal));
        Assert.InRange(Time(drift, "since"), one.Kestra.State.GetFlow("prod", "b")!.Updated!.Value.AddSeconds(-1), DateTimeOffset.UtcNow);
        Assert.Equal("drifted", await StateAsync(one));
        Assert.Equal("succeeded", (await one.ViewAsync())!["lastRun"]!["state"]!.GetValue<string>());

        // It stays known, and costs no more than if nothing had ever moved.
        await LooksByOneSmallCallAsync(one);
        Assert.Equal(["sync flow prod/b edited 2"], Objects(await LookAsync(one)));

        Assert.True(one.Kestra.State.DeleteFlow("prod", "a"));
        one.Kestra.State.PutFlow(SyncCase.Flow("new"));
        Assert.Equal(["sync flow prod/a deleted ", "sync flow prod/b edited 2"], Objects(await LookAsync(one)).Where(o => !o.Contains("new", StringComparison.Ordinal)));
        Assert.Equal(Time(drift, "since"), Time(await LookAsync(one), "since"));

        Assert.Equal("added prod/a, deleted prod/new, updated prod/b", (await one.RunAsync()).Succeeded().Written);
        Assert.Empty(Objects((await one.ViewAsync())!["drift"]!));
        Assert.Equal("inSync", await StateAsync(one));
        await LooksByOneSmallCallAsync(one);
    }

    [Fact]
    public async Task Drift_that_is_only_reported_stays_after_a_run()
    {
        await using var one = await AppliedAsync("2.0", "onDrift: report");
        one.Kestra.State.PutFlow(SyncCase.Flow("b", message: "by hand"));
        Assert.True(one.Kestra.State.DeleteFlow("prod", "a"));
        (await one.RunAsync()).Succeeded();
        // Nobody looked before: the run itself says so.
        Assert.Equal(["deleted", "edited"], (await one.ViewAsync())!["drift"]!["objects"]!.AsArray().Select(o => o!["what"]!.GetValue<string>()));
        Assert.Equal("drifted", await StateAsync(one));
        Assert.Equal(2, Objects(await LookAsync(one)).Count);

        one.Kestra.State.PutFlow(SyncCase.Flow("b"));
        Assert.Equal(["sync flow prod/a deleted "], Objects(await LookAsync(one)));
        (await one.RunAsync()).Succeeded();
        Assert.Equal(["sync flow prod/a deleted "], Objects((await one.ViewAsync())!["drift"]!));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task An_edit_is_seen_on_the_syncs_own_clock(string version)
    {
        await using var one = await AppliedAsync(version, "driftInterval: PT1S");
        one.Kestra.State.PutFlow(SyncCase.Flow("b", message: "by hand"));
        await Wait.UntilAsync(async () => await StateAsync(one) == "drifted", TimeSpan.FromSeconds(60), () => $"the edit was not seen\n{one.Service.Output}");
        Assert.Equal(["sync flow prod/b edited 2"], Objects((await one.ViewAsync())!["drift"]!));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Other_line_ends_alone_are_no_drift(string version)
    {
        await using var one = await AppliedAsync(version);
        one.Kestra.State.PutFlow(SyncCase.Flow("b").Replace("\n", "\r\n", StringComparison.Ordinal));
        Assert.Empty(Objects(await LookAsync(one)));
        Assert.Equal("inSync", await StateAsync(one));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Files_drift_too(string version)
    {
        await using var one = await SyncCase.StartAsync(version);
        one.Commit(new Dictionary<string, SandboxFile> { ["files/run.sh"] = "1\n", ["files/sub/other.txt"] = "other", ["files/sub/third.txt"] = "third" });
        await one.DefineAsync(one.Task("gitDirectory: files\nnamespace: prod\n", "SyncNamespaceFiles"));
        (await one.RunAsync()).Succeeded();
        one.Kestra.ClearCalls();
        Assert.Empty(Objects(await LookAsync(one)));
        Assert.InRange(one.Kestra.Calls.Count, 1, 2);
        Assert.DoesNotContain(one.Kestra.Calls, c => c.Method != "GET");

        one.Kestra.State.PutFile("prod", "/run.sh", "2\n");
        one.Kestra.State.DeleteFile("prod", "/sub/other.txt");
        Assert.Equal(["sync file prod/run.sh edited", "sync file prod/sub/other.txt deleted"], Objects(await LookAsync(one)).Select(o => o[..o.LastIndexOf(' ')]));
        (await one.RunAsync()).Succeeded();
        Assert.Empty(Objects(await LookAsync(one)));
    }

    [Fact]
    public async Task A_Kestra_that_does_not_answer_is_said_and_forgets_nothing()
    {
        await using var one = await AppliedAsync("2.0");
        one.Kestra.State.PutFlow(SyncCase.Flow("b", message: "by hand"));
        await LookAsync(one);
        one.Kestra.Faults.Add(new FaultRule { Effect = FaultEffect.Status, Status = 500, Count = 20 });
        var drift = await LookAsync(one);
        Assert.NotEqual("", drift["error"]?.GetValue<string>() ?? "");
        Assert.Equal(["sync flow prod/b edited 2"], Objects(drift));
    }

    [Fact]
    public async Task The_command_ends_with_2_and_metrics_and_pages_say_it()
    {
        await using var one = await AppliedAsync("2.0");
        var none = await DriftCommandAsync(one, "--check");
        Assert.Equal((0, ""), (none.Code, none.Output.Trim()));
        one.Kestra.State.PutFlow(SyncCase.Flow("b", message: "by hand"));
        var drifted = await DriftCommandAsync(one, "--check");
        Assert.True(drifted.Code == 2 && drifted.Output.Contains("prod/b", StringComparison.Ordinal) && drifted.Output.Contains("edited", StringComparison.Ordinal), $"{drifted}");
        var json = JsonNode.Parse((await DriftCommandAsync(one, "--output", "json")).Output)!.AsArray();
        Assert.Equal($"main/{one.Namespace}/{one.Name}", Assert.Single(json)!["sync"]!.GetValue<string>());

        var metrics = await one.Service.Http.GetStringAsync("/metrics");
        Assert.Contains($"kestra_github_drifted_objects{{sync=\"main/{one.Namespace}/{one.Name}\"}} 1", metrics, StringComparison.Ordinal);
        Assert.Contains("kestra_github_drift_checked_seconds", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disabled_sync_and_an_unknown_one_are_not_looked_at()
    {
        await using var one = await AppliedAsync("2.0");
        await one.DefineAsync(one.Task(Properties), "disabled: true\n");
        using var disabled = await one.Service.Http.PostAsync($"/api/v1/main/syncs/{one.Namespace}/{one.Name}/drift", null);
        Assert.Equal(HttpStatusCode.Conflict, disabled.StatusCode);
        using var unknown = await one.Service.Http.PostAsync($"/api/v1/main/syncs/{one.Namespace}/none/drift", null);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    private const string Properties = "targetNamespace: prod\ndelete: true\n";

    private static async Task<SyncCase> AppliedAsync(string version, params string[] rules)
    {
        var one = await SyncCase.StartAsync(version);
        one.Commit(new Dictionary<string, SandboxFile> { ["_flows/a.yaml"] = SyncCase.Flow("a"), ["_flows/b.yaml"] = SyncCase.Flow("b") });
        await one.DefineAsync(one.Task(Properties), rules.Length == 0 ? "" : "x-kestra-github:\n" + string.Concat(rules.Select(r => $"  {r}\n")));
        Assert.Equal("added prod/a, added prod/b", (await one.RunAsync()).Succeeded().Written);
        return one;
    }

    private static async Task LooksByOneSmallCallAsync(SyncCase one)
    {
        one.Kestra.ClearCalls();
        await LookAsync(one);
        var call = Assert.Single(one.Kestra.Calls);
        Assert.EndsWith("/flows/search", call.Path, StringComparison.Ordinal);
        Assert.Contains("size=1", call.Query, StringComparison.Ordinal);
    }

    private static async Task<JsonNode> LookAsync(SyncCase one)
    {
        using var answer = await one.Service.Http.PostAsync($"/api/v1/main/syncs/{one.Namespace}/{one.Name}/drift", null);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        return (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
    }

    private static Task<CommandResult> DriftCommandAsync(SyncCase one, params string[] more) => CommandResult.OfAsync(
        ["drift", "--server", one.Service.BaseUrl.AbsoluteUri, $"main/{one.Namespace}/{one.Name}", .. more],
        new Dictionary<string, string> { ["KESTRA_GITHUB_TOKEN"] = ServiceProcess.Token, ["NO_COLOR"] = "1" });

    private static async Task<string> StateAsync(SyncCase one) => (await one.ViewAsync())!["state"]!.GetValue<string>();

    private static IReadOnlyList<string> Objects(JsonNode drift) =>
        [.. drift["objects"]!.AsArray().Select(o => $"{o!["task"]} {o["kind"]} {o["namespace"]}/{o["id"]} {o["what"]} {o["revision"]}")];

    private static DateTimeOffset Time(JsonNode drift, string name) => drift[name]!.GetValue<DateTimeOffset>();
}
