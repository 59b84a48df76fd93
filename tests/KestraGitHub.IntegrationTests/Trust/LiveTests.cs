using System.Net.Http.Headers;
using KestraGitHub.IntegrationTests.Conformance;
using KestraGitHub.StandIns.Git;

namespace KestraGitHub.IntegrationTests.Trust;

/// <summary>What is in use on the server when a run wants to change it.</summary>
public sealed class LiveTests
{
    private const string Paused = "id: etl\nnamespace: prod\n\ntasks:\n  - id: hello\n    type: io.kestra.plugin.core.flow.Pause\n    pauseDuration: PT1H\n";

    [Theory]
    [InlineData("1.3")]
    [InlineData("2.0")]
    public async Task A_running_flow_is_changed_with_a_warning_or_waited_for_or_stops_the_run(string version)
    {
        await using var one = await RunningAsync(version, "apply");
        var applied = (await one.RunAsync()).Succeeded();
        Assert.Contains("1 execution is running, and goes on as it began", applied.Of("_flows/etl.yaml").Reason, StringComparison.Ordinal);

        await using var failing = await RunningAsync(version, "fail");
        (await failing.RunAsync()).Failed("flow prod/etl (1)", "Nothing was written");
        Assert.Contains("PT1H", failing.Flows["prod/etl"], StringComparison.Ordinal);

        await using var patient = await RunningAsync(version, "wait");
        using var asked = await patient.AskAsync();
        await EndToEnd.Wait.UntilAsync(
            async () => (await patient.ViewAsync())!["currentRun"]?["waitingFor"]?.GetValue<string>() == "executions", TimeSpan.FromSeconds(60), () => "the run did not wait");
        Assert.Contains("PT1H", patient.Flows["prod/etl"], StringComparison.Ordinal);
        Assert.Empty(patient.Kestra.UnknownCalls);
    }

    [Theory]
    [InlineData("1.3")]
    [InlineData("2.0")]
    public async Task A_sub_flow_that_others_call_is_deleted_with_a_warning_or_not_where_that_is_strict(string version)
    {
        await using var one = await CalledAsync(version, "");
        var run = (await one.RunAsync()).Succeeded();
        Assert.Equal("deleted prod/leaf", run.Written);
        Assert.Contains("elsewhere/caller still calls it", run.Rows.Single(r => r.Action == "deleted").Reason, StringComparison.Ordinal);

        await using var strict = await CalledAsync(version, "x-kestra-github: {strict: true}\n");
        (await strict.RunAsync()).Failed("flow prod/leaf", "elsewhere/caller", "Nothing was written");
        Assert.True(strict.Flows.ContainsKey("prod/leaf"));
        Assert.Empty(strict.Kestra.UnknownCalls);
    }

    [Fact]
    public async Task A_schedule_that_moves_is_told_by_its_next_times_without_a_call_for_it()
    {
        static string Scheduled(string cron) => SyncCase.Flow("etl") + $"triggers:\n  - id: daily\n    type: io.kestra.plugin.core.trigger.Schedule\n    cron: \"{cron}\"\n";
        await using var one = await SyncCase.StartAsync();
        one.Commit(new Dictionary<string, SandboxFile> { ["_flows/etl.yaml"] = Scheduled("0 6 * * *") });
        await one.DefineAsync(one.Task("targetNamespace: prod"));
        (await one.RunAsync()).Succeeded();
        one.Commit(new Dictionary<string, SandboxFile> { ["_flows/etl.yaml"] = Scheduled("0 7 * * *") });
        one.Kestra.ClearCalls();
        var reason = (await one.RunAsync()).Succeeded().Of("_flows/etl.yaml").Reason;
        Assert.Contains("schedule daily: ", reason, StringComparison.Ordinal);
        Assert.Equal((5, 5), (reason.Split(" 07:00").Length - 1, reason.Split(" 06:00").Length - 1));
        Assert.InRange(one.Kestra.Calls.Count, 1, 4);
    }

    private static async Task<SyncCase> RunningAsync(string version, string whenRunning)
    {
        var one = await SyncCase.HoldingAsync(new() { ["_flows/etl.yaml"] = Paused.Replace("PT1H", "PT2H", StringComparison.Ordinal) }, [Paused], version);
        await one.DefineAsync(one.Task("targetNamespace: prod"), $"x-kestra-github: {{whenRunning: {whenRunning}}}\n");
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String("admin@kestra.io:Kestra1234"u8));
        using var started = await http.PostAsync(new Uri(one.Kestra.BaseUrl, "/api/v1/main/executions/prod/etl"), null);
        Assert.True(started.IsSuccessStatusCode, $"{started.StatusCode}: {await started.Content.ReadAsStringAsync()}");
        return one;
    }

    private static async Task<SyncCase> CalledAsync(string version, string own)
    {
        const string caller = "id: caller\nnamespace: elsewhere\n\ntasks:\n  - id: s\n    type: io.kestra.plugin.core.flow.Subflow\n    namespace: prod\n    flowId: leaf\n";
        var one = await SyncCase.StartAsync(version);
        var files = new Dictionary<string, SandboxFile> { ["_flows/leaf.yaml"] = SyncCase.Flow("leaf"), ["_flows/other.yaml"] = SyncCase.Flow("other") };
        one.Commit(files);
        await one.DefineAsync(one.Task("targetNamespace: prod\ndelete: true"), own);
        (await one.RunAsync()).Succeeded();
        one.Kestra.State.PutFlow(caller);
        files.Remove("_flows/leaf.yaml");
        one.Commit(files);
        return one;
    }
}
