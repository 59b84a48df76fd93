using System.Net.Http.Json;
using System.Text.Json.Nodes;
using KestraGitHub.IntegrationTests.Conformance;
using KestraGitHub.IntegrationTests.EndToEnd;
using KestraGitHub.StandIns.Git;
using KestraGitHub.StandIns.Kestra;

namespace KestraGitHub.IntegrationTests.Trust;

/// <summary>Whole or not at all: whatever ends a run in the middle, Kestra holds afterwards, byte for byte, what it held before.</summary>
public sealed class UndoTests
{
    private const string Own = "targetNamespace: prod\ndelete: true";
    private const string OwnFiles = "namespace: prod\ndelete: true";

    /// <summary>Adds n1 and n2, updates u1 and u2, deletes d1 and d2.</summary>
    private static async Task<SyncCase> FlowsAsync(string version)
    {
        var one = await SyncCase.StartAsync(version);
        foreach (var id in new[] { "u1", "u2", "d1", "d2" }) one.Kestra.State.PutFlow(SyncCase.Flow(id, message: $"old {id} # keep") + "\n\n");
        one.Commit(new Dictionary<string, SandboxFile>
        {
            ["_flows/n1.yaml"] = SyncCase.Flow("n1"), ["_flows/n2.yaml"] = SyncCase.Flow("n2"),
            ["_flows/u1.yaml"] = SyncCase.Flow("u1", message: "new"), ["_flows/u2.yaml"] = SyncCase.Flow("u2", message: "new"),
        });
        return one;
    }

    private static async Task<SyncCase> FilesAsync(string version)
    {
        var one = await SyncCase.StartAsync(version);
        foreach (var id in new[] { "u1", "u2", "d1", "d2" }) one.Kestra.State.PutFile("prod", $"/sub/{id}.bin", [0, 255, 13, 10, .. System.Text.Encoding.UTF8.GetBytes(id)]);
        one.Commit(new Dictionary<string, SandboxFile> { ["_files/sub/n1.txt"] = "n1", ["_files/n2.txt"] = "n2", ["_files/sub/u1.bin"] = "1", ["_files/sub/u2.bin"] = "longer than before" });
        return one;
    }

    /// <summary>What Kestra holds, byte for byte.</summary>
    private static SortedDictionary<string, string> Exactly(SyncCase one)
    {
        var held = one.Held("prod");
        foreach (var flow in one.Kestra.State.ListFlows()) held[$"{flow.Namespace}/{flow.Id}"] = flow.Source;
        return held;
    }

    private static FaultRule Refuse(string method, string path, int after) => new() { Effect = FaultEffect.Status, Status = 403, Method = method, PathContains = path, After = after, Count = 1 };

    public static TheoryData<string, string, int> FlowFaults => Faults(("POST", 2), ("PUT", 2), ("DELETE", 2));

    public static TheoryData<string, string, int> FileFaults => Faults(("POST", 4), ("DELETE", 2));

    [Theory]
    [MemberData(nameof(FlowFaults))]
    public async Task A_run_that_fails_at_any_write_of_a_flow_leaves_Kestra_as_it_was(string version, string method, int after)
    {
        await using var one = await FlowsAsync(version);
        var before = Exactly(one);
        one.Kestra.Faults.Add(Refuse(method, method == "POST" ? "/api/v1/main/flows" : "/api/v1/main/flows/prod", method == "POST" ? after + 1 : after)); // the first POST validates
        var run = (await one.SyncAsync(Own)).Failed("403");
        Assert.Equal(before, Exactly(one));
        Assert.Equal("", run.Written);
        Assert.Equal((0, 0, 0, 1), (run.Count("added"), run.Count("updated"), run.Count("deleted"), run.Count("failed")));
        Assert.EndsWith(run.Rows.Any(r => r.Reason.Contains("put back", StringComparison.Ordinal)) ? "Everything was put back." : "Nothing was written.", run.Error, StringComparison.Ordinal);

        // The inventory is right: the next run does all of it, and only that.
        var next = (await one.RunAsync()).Succeeded();
        Assert.Equal("added prod/n1, added prod/n2, deleted prod/d1, deleted prod/d2, updated prod/u1, updated prod/u2", next.Written);
        Assert.Equal("", (await one.RunAsync()).Succeeded().Written);
    }

    [Theory]
    [MemberData(nameof(FileFaults))]
    public async Task A_run_that_fails_at_any_write_of_a_file_leaves_Kestra_as_it_was(string version, string method, int after)
    {
        await using var one = await FilesAsync(version);
        var before = Exactly(one);
        one.Kestra.Faults.Add(Refuse(method, "/namespaces/prod/files", after));
        var run = (await one.SyncAsync(OwnFiles, "SyncNamespaceFiles")).Failed("403");
        Assert.Equal(before, Exactly(one));
        Assert.Equal("", run.Written);
        var next = (await one.RunAsync()).Succeeded();
        Assert.Equal("added prod/n2.txt, added prod/sub/n1.txt, deleted prod/sub/d1.bin, deleted prod/sub/d2.bin, updated prod/sub/u1.bin, updated prod/sub/u2.bin", next.Written);
    }

    [Fact]
    public async Task One_invalid_flow_of_six_leaves_nothing_applied()
    {
        await using var one = await SyncCase.StartAsync();
        var files = Enumerable.Range(1, 5).ToDictionary(i => $"_flows/f{i}.yaml", i => (SandboxFile)SyncCase.Flow($"f{i}"));
        files["_flows/f6.yaml"] = "id: f6\nnamespace: prod\ntasks:\n  - id: x\n    type: no.such.Task\n";
        one.Commit(files);
        (await one.SyncAsync(Own)).Failed("f6");
        Assert.Empty(one.Flows);
        Assert.Equal(0, one.Kestra.State.FlowWrites());
    }

    [Fact]
    public async Task A_second_run_that_fails_after_writing_leaves_what_the_first_one_applied()
    {
        await using var one = await FlowsAsync("2.0");
        (await one.SyncAsync(Own)).Succeeded();
        var before = Exactly(one);
        one.Commit(new Dictionary<string, SandboxFile> { ["_flows/n1.yaml"] = SyncCase.Flow("n1", message: "2"), ["_flows/n3.yaml"] = SyncCase.Flow("n3"), ["_flows/u1.yaml"] = SyncCase.Flow("u1", message: "2") });
        one.Kestra.Faults.Add(Refuse("DELETE", "/flows/prod", 1));
        var run = (await one.RunAsync()).Failed("403", "Everything was put back.");
        Assert.Equal(before, Exactly(one));
        Assert.Contains(run.Rows, r => r is { Key: "prod/u1", Action: "skipped", Reason: "updated, then put back: the run failed" });
        Assert.Contains(run.Rows, r => r is { Key: "prod/n3", Action: "skipped", Reason: "added, then put back: the run failed" });
        Assert.Equal("added prod/n3, deleted prod/n2, deleted prod/u2, updated prod/n1, updated prod/u1", (await one.RunAsync()).Succeeded().Written);
    }

    [Fact]
    public async Task What_somebody_edited_since_it_was_applied_is_left_and_reported()
    {
        await using var one = await FlowsAsync("2.0");
        var before = Exactly(one);
        var theirs = SyncCase.Flow("u1", message: "theirs");
        one.Kestra.Arrived = (method, path) =>
        {
            if (method == "DELETE" && path.EndsWith("/d1", StringComparison.Ordinal)) one.Kestra.State.PutFlow(theirs);
        };
        one.Kestra.Faults.Add(Refuse("DELETE", "/flows/prod/d2", 0));
        var run = (await one.SyncAsync(Own)).Failed("403", "1 object was changed by somebody else meanwhile and left: flow prod/u1.", "The rest was put back.");
        before["prod/u1"] = theirs;
        Assert.Equal(before, Exactly(one));
        Assert.Contains(run.Rows, r => r is { Key: "prod/u1", Action: "conflict" } && r.Reason.Contains("somebody else", StringComparison.Ordinal));
        Assert.Equal(1, run.Count("conflict"));
    }

    [Fact]
    public async Task A_run_that_is_cancelled_in_the_middle_is_put_back()
    {
        await using var one = await FlowsAsync("2.0");
        var before = Exactly(one);
        // A wish to cancel is heard within three seconds: the four writes that are slow take seven.
        foreach (var method in new[] { "PUT", "DELETE" })
            one.Kestra.Faults.Add(new FaultRule { Effect = FaultEffect.Latency, LatencyMs = 2500, Method = method, PathContains = "/flows/prod", Count = 2 });
        await one.DefineAsync(one.Task(Own));
        using var asked = await one.AskAsync();
        var id = (await asked.Content.ReadFromJsonAsync<JsonNode>())!["id"]!.GetValue<string>();
        await Wait.UntilAsync(() => Task.FromResult(one.Flows.ContainsKey("prod/n2")), TimeSpan.FromSeconds(60), () => "nothing was written");
        using var cancelled = await one.Service.Http.PostAsync($"/api/v1/runs/{id}/cancel", null);
        var run = await one.EndAsync(id);
        Assert.Equal("cancelled", run.State);
        Assert.Equal(before, Exactly(one));
        Assert.Equal(("", "Everything was put back."), (run.Written, run.Error));
        Assert.Contains(run.Rows, r => r is { Key: "prod/n1", Reason: "added, then put back: the run was cancelled" });
    }

    [Fact]
    public async Task A_run_that_waits_for_its_next_attempt_puts_back_what_it_wrote_when_it_is_cancelled()
    {
        await using var one = await FlowsAsync("2.0");
        var before = Exactly(one);
        one.Kestra.Faults.Add(new FaultRule { Effect = FaultEffect.Status, Status = 503, Method = "DELETE", RetryAfter = 15 });
        await one.DefineAsync(one.Task(Own));
        using var asked = await one.AskAsync();
        var id = (await asked.Content.ReadFromJsonAsync<JsonNode>())!["id"]!.GetValue<string>();
        await Wait.UntilAsync(
            async () => (await one.Service.Http.GetFromJsonAsync<JsonNode>($"/api/v1/runs/{id}"))!["state"]!.GetValue<string>() == "waiting", TimeSpan.FromSeconds(60), () => one.Service.Output);
        Assert.Contains("prod/n1", one.Flows.Keys);
        one.Kestra.Faults.Clear();
        using var cancelled = await one.Service.Http.PostAsync($"/api/v1/runs/{id}/cancel", null);
        var run = await one.EndAsync(id);
        Assert.Equal(("cancelled", "Everything was put back."), (run.State, run.Error));
        Assert.Equal(before, Exactly(one));
        Assert.Contains(run.Rows, r => r is { Key: "prod/n1", Action: "skipped" });
    }

    [Fact]
    public async Task Where_onFailure_is_stop_things_stand_and_the_run_says_which()
    {
        await using var one = await FlowsAsync("2.0");
        one.Kestra.Faults.Add(Refuse("DELETE", "/flows/prod/d1", 0));
        await one.DefineAsync(one.Task(Own), "x-kestra-github:\n  onFailure: stop\n");
        var run = (await one.RunAsync()).Failed("403", "4 objects stand as written, for onFailure is stop: flow prod/n1, flow prod/n2, flow prod/u1, flow prod/u2.");
        Assert.Equal("added prod/n1, added prod/n2, updated prod/u1, updated prod/u2", run.Written);
        Assert.Contains("message: new", one.Flows["prod/u1"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_put_back_keeps_its_row_and_the_run_says_that_it_stands()
    {
        await using var one = await FlowsAsync("2.0");
        one.Kestra.Faults.Add(Refuse("DELETE", "/flows/prod/d1", 0));
        one.Kestra.Faults.Add(new FaultRule { Effect = FaultEffect.Status, Status = 403, Method = "PUT", PathContains = "/flows/prod/u1", After = 1 });
        var run = (await one.SyncAsync(Own)).Failed("1 object could not be put back: flow prod/u1.", "The rest was put back.");
        Assert.Equal("updated prod/u1", run.Written);
        Assert.Contains("it stands as it was written", run.Rows.Single(r => r.Key == "prod/u1").Reason, StringComparison.Ordinal);
    }

    private static TheoryData<string, string, int> Faults(params (string Method, int Writes)[] writes)
    {
        var data = new TheoryData<string, string, int>();
        foreach (var version in new[] { "1.3", "2.0" })
        foreach (var (method, count) in writes)
            for (var after = 0; after < count; after++) data.Add(version, method, after);
        return data;
    }
}
