using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using KestraGitHub.IntegrationTests.Conformance;
using KestraGitHub.StandIns.Git;

namespace KestraGitHub.IntegrationTests.Trust;

/// <summary>Pauses, windows and dependencies: a run that must not begin yet waits where everybody sees it, and goes on by itself.</summary>
public sealed class HoldTests
{
    private const string FlowsToProd = "targetNamespace: prod";

    [Fact]
    public async Task A_suspended_sync_writes_nothing_until_it_is_resumed()
    {
        await using var one = await SyncCase.StartAsync();
        one.Commit(Flows("etl"));
        await one.DefineAsync(one.Task(FlowsToProd));
        var view = await PostAsync(one, "suspend", new { reason = "month end" });
        Assert.Equal("month end", view["pause"]!["reason"]!.GetValue<string>());

        var waiting = await WaitingAsync(one, "pause", "month end");
        Assert.Empty(one.Flows);
        Assert.Equal("succeeded", (await one.RunAsync(dryRun: true)).State);

        Assert.Null((await PostAsync(one, "resume"))["pause"]);
        (await one.EndAsync(waiting)).Succeeded();
        Assert.Equal(["prod/etl"], one.Flows.Keys);
    }

    [Fact]
    public async Task A_pause_ends_by_itself_at_its_time()
    {
        await using var one = await SyncCase.StartAsync();
        one.Commit(Flows("etl"));
        await one.DefineAsync(one.Task(FlowsToProd));
        await PostAsync(one, "suspend", new { until = DateTimeOffset.UtcNow.AddSeconds(10) }); // long enough for a busy machine to see the run wait
        var waiting = await WaitingAsync(one, "pause", "until");
        (await one.EndAsync(waiting)).Succeeded();
        Assert.Null((await one.ViewAsync())!["pause"]);
    }

    [Theory]
    [InlineData("{\"until\": \"2020-01-01T00:00:00Z\"}", "passed already")]
    [InlineData("{\"why\": \"x\"}", "why is unknown")]
    public async Task A_pause_that_cannot_be_is_refused(string body, string words)
    {
        await using var one = await SyncCase.StartAsync();
        await one.DefineAsync(one.Task(FlowsToProd));
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await one.Service.Http.PostAsync($"/api/v1/main/syncs/{one.Namespace}/{one.Name}/suspend", content);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(words, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Outside_of_its_windows_a_run_waits_for_the_next_one()
    {
        await using var one = await SyncCase.StartAsync();
        one.Commit(Flows("etl"));
        var later = DateTimeOffset.UtcNow.AddHours(3);
        await one.DefineAsync(one.Task(FlowsToProd), $"x-kestra-github:\n  windows:\n    - {{kind: allow, cron: \"{later.Minute} {later.Hour} * * *\", duration: PT10M}}\n");
        var waiting = await WaitingAsync(one, "window", "next one opens at");
        Assert.Empty(one.Flows);

        await one.DefineAsync(one.Task(FlowsToProd), "x-kestra-github:\n  windows:\n    - {kind: allow, cron: \"* * * * *\", duration: PT10M}\n");
        (await one.RunAsync()).Succeeded();
        Assert.Equal(["prod/etl"], one.Flows.Keys);
        using var cancelled = await one.Service.Http.PostAsync($"/api/v1/runs/{waiting}/cancel", null);
        Assert.Equal(HttpStatusCode.OK, cancelled.StatusCode);
    }

    [Fact]
    public async Task A_sync_waits_for_the_one_it_depends_on_to_reach_its_commit()
    {
        await using var first = await SyncCase.StartAsync();
        await using var second = await SyncCase.StartAsync(service: first.Service);
        first.Commit(Flows("base"));
        await first.DefineAsync(first.Task(FlowsToProd));
        var shared = second.Task(FlowsToProd).Replace(second.RepositoryUrl, first.RepositoryUrl, StringComparison.Ordinal);
        await second.DefineAsync(shared, $"x-kestra-github: {{dependsOn: {first.Name}}}\n");

        var waiting = await WaitingAsync(second, "dependency", "which has not run yet");
        Assert.Empty(second.Flows);
        (await first.RunAsync()).Succeeded();
        (await second.EndAsync(waiting)).Succeeded();

        // A newer commit of its own is more than the first one has reached.
        first.Commit(Flows("base", "more"));
        waiting = await WaitingAsync(second, "dependency", "and not yet");
        (await first.RunAsync()).Succeeded();
        (await second.EndAsync(waiting)).Succeeded();
        Assert.Equal(["prod/base", "prod/more"], second.Flows.Keys.Order());

        // The first one is ahead, with a commit that the second one's run was not asked for: that is far enough.
        var behind = first.Log()[^1].Id;
        using var asked = await second.AskAsync(revision: behind);
        Assert.Equal(HttpStatusCode.Accepted, asked.StatusCode);
        (await second.EndAsync((await asked.Content.ReadFromJsonAsync<JsonNode>())!["id"]!.GetValue<string>())).Succeeded();
    }

    private static Dictionary<string, SandboxFile> Flows(params string[] ids) => ids.ToDictionary(id => $"_flows/{id}.yaml", id => (SandboxFile)SyncCase.Flow(id));

    /// <summary>Asks for a run, and waits until it waits.</summary>
    private static async Task<string> WaitingAsync(SyncCase one, string waitingFor, string words)
    {
        using var asked = await one.AskAsync();
        var id = (await asked.Content.ReadFromJsonAsync<JsonNode>())!["id"]!.GetValue<string>();
        JsonNode? run = null;
        await EndToEnd.Wait.UntilAsync(
            async () => (run = await one.Service.Http.GetFromJsonAsync<JsonNode>($"/api/v1/runs/{id}"))!["state"]!.GetValue<string>() == "waiting",
            TimeSpan.FromSeconds(60), () => $"the run did not wait: {run}");
        Assert.Equal(waitingFor, run!["waitingFor"]!.GetValue<string>());
        Assert.Contains(words, run["error"]!.GetValue<string>(), StringComparison.Ordinal);
        return id;
    }

    private static async Task<JsonNode> PostAsync(SyncCase one, string verb, object? body = null)
    {
        using var answer = await one.Service.Http.PostAsync($"/api/v1/main/syncs/{one.Namespace}/{one.Name}/{verb}", body is null ? null : JsonContent.Create(body));
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        return (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
    }
}
