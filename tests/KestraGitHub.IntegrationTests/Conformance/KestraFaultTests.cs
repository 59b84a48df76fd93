using KestraGitHub.StandIns.Git;
using KestraGitHub.StandIns.Kestra;

namespace KestraGitHub.IntegrationTests.Conformance;

/// <summary>Kestra in trouble while a run is on: the run ends as it should, no live flow is lost, and the error says what to do.</summary>
public sealed class KestraFaultTests
{
    /// <param name="Error">Null: in the end all is well.</param>
    private sealed record Case(FaultRule Fault, string[]? Error = null, Action<SyncCase>? Meanwhile = null, string Version = "2.0");

    private static FaultRule Status(int status, string? path = null, string? method = null, int? count = null, int after = 0, int? retryAfter = null, string? body = null) =>
        new() { Effect = FaultEffect.Status, Status = status, PathContains = path, Method = method, Count = count, After = after, RetryAfter = retryAfter, Body = body };

    private static FaultRule Slow => new() { Effect = FaultEffect.Latency, LatencyMs = 1500, PathContains = "/flows/validate", Count = 1 };

    private const string Create = "/api/v1/main/flows";

    private static readonly Dictionary<string, Case> Cases = new()
    {
        ["401 everywhere"] = new(Status(401), ["401", "credentials"]),
        ["401 at the listing"] = new(Status(401, "/flows/search"), ["401", "credentials"]),
        ["403 at the export"] = new(Status(403, "/flows/export"), ["403", "credentials may not"]),
        ["403 at a write"] = new(Status(403, Create, "PUT"), ["403", "/flows/prod/a", "may not"]),
        ["404 at the listing"] = new(Status(404, "/flows/search"), ["404"]),
        ["404 of the tenant"] = new(Status(404, "/main/"), ["404"]),
        ["409 at a create"] = new(Status(409, Create, "POST", count: 1, after: 1)),
        ["422 with its reason"] = new(Status(422, "/flows/prod/a", "PUT", body: "{\"message\":\"Invalid entity: tasks: must not be so\"}"), ["422", "must not be so"]),
        ["429 once"] = new(Status(429, "/flows/search", count: 1, retryAfter: 1)),
        ["429 at a write"] = new(Status(429, "/flows/prod/a", "PUT", count: 1, retryAfter: 1)),
        ["500 once at a write"] = new(Status(500, "/flows/prod/a", "PUT", count: 1)),
        ["500 for ever at the listing"] = new(Status(500, "/flows/search"), ["500"]),
        ["503 for ever"] = new(Status(503), ["503"]),
        ["HTML at the listing"] = new(new() { Effect = FaultEffect.Html, PathContains = "/flows/search" }, ["HTML"]),
        ["HTML at the export"] = new(new() { Effect = FaultEffect.Html, PathContains = "/flows/export" }, ["HTML"]),
        ["HTML at the validation"] = new(new() { Effect = FaultEffect.Html, PathContains = "/flows/validate" }, ["HTML"]),
        ["cut export once"] = new(new() { Effect = FaultEffect.CutBody, PathContains = "/flows/export", Count = 1 }),
        ["cut export for ever"] = new(new() { Effect = FaultEffect.CutBody, PathContains = "/flows/export" }, ["/flows/export"]),
        ["hang at a write"] = new(new() { Effect = FaultEffect.Hang, PathContains = "/flows/prod/a", Method = "PUT", Count = 1 }),
        ["hang at a create"] = new(new() { Effect = FaultEffect.Hang, PathContains = Create, Method = "POST", After = 1, Count = 1 }),
        ["answer lost at a delete"] = new(new() { Effect = FaultEffect.Drop, Method = "DELETE", Count = 1 }),
        ["restart in the middle of the writes"] = new(Status(503, after: 6, count: 5)),
        ["restart in the middle of the writes on 1.3"] = new(Status(503, after: 6, count: 5), Version: "1.3"),
        ["a flow is edited between plan and apply"] = new(Slow, Meanwhile: c => c.Kestra.State.PutFlow(SyncCase.Flow("a", message: "theirs"))),
        ["a flow is deleted between plan and apply"] = new(Slow, Meanwhile: c => c.Kestra.State.DeleteFlow("prod", "a")),
        ["a flow is deleted between plan and apply on 1.3"] = new(Slow, Meanwhile: c => c.Kestra.State.DeleteFlow("prod", "a"), Version: "1.3"),
        ["a flow is made between plan and apply"] = new(Slow, Meanwhile: c => c.Kestra.State.PutFlow(SyncCase.Flow("b", message: "theirs"))),
        ["a flow to be deleted is gone already"] = new(Slow, Meanwhile: c => c.Kestra.State.DeleteFlow("prod", "gone")),
    };

    private static readonly Table<(Run Run, Dictionary<string, string> Flows)> All = new(RunAsync);

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_fault_of_Kestra_ends_well_or_says_what_to_do(string name)
    {
        var (run, flows) = await All.OutcomeAsync(name, Cases.Keys);
        if (Cases[name].Error is { } words)
        {
            run.Failed(words);
            Assert.True(flows.ContainsKey("prod/a") && flows.ContainsKey("prod/keep") && flows.ContainsKey("prod/gone"), $"{string.Join(", ", flows.Keys)}\n{run}");
            return;
        }

        run.Succeeded();
        Assert.Equal(["prod/a", "prod/b", "prod/keep"], flows.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(SyncCase.Flow("a", message: "new").TrimEnd(), flows["prod/a"]);
        Assert.Equal(SyncCase.Flow("b").TrimEnd(), flows["prod/b"]);
    }

    private static async Task<(Run, Dictionary<string, string>)> RunAsync(string name)
    {
        var one = Cases[name];
        await using var sync = await SyncCase.StartAsync(one.Version);
        sync.Commit(new Dictionary<string, SandboxFile> { ["_flows/a.yaml"] = SyncCase.Flow("a", message: "new"), ["_flows/b.yaml"] = SyncCase.Flow("b"), ["_flows/keep.yaml"] = SyncCase.Flow("keep") });
        foreach (var (id, message) in new[] { ("a", "old"), ("keep", "n0 # keep"), ("gone", "x") }) sync.Kestra.State.PutFlow(SyncCase.Flow(id, message: message));
        sync.Kestra.Faults.Add(one.Fault);
        await sync.DefineAsync(sync.Task("targetNamespace: prod\ndelete: true"));
        var running = sync.RunAsync();
        if (one.Meanwhile is not null)
        {
            await EndToEnd.Wait.UntilAsync(() => Task.FromResult(sync.Kestra.Faults.Struck > 0), TimeSpan.FromSeconds(60), () => "the fault never struck");
            one.Meanwhile(sync);
        }

        var run = await running;
        return (run, sync.Flows);
    }

    [Fact]
    public async Task What_Kestra_holds_and_nobody_can_read_is_not_absent()
    {
        await using var one = await SyncCase.StartAsync();
        one.Commit(new Dictionary<string, SandboxFile> { ["_flows/a.yaml"] = SyncCase.Flow("a"), ["_flows/draft.yaml"] = SyncCase.Flow("draft"), ["_flows/odd.yaml"] = SyncCase.Flow("odd") });
        one.Kestra.State.PutFlow(SyncCase.Flow("draft") + "draft: true\n");
        one.Kestra.State.PutFlow("id: odd\nnamespace: prod\ntasks:\n  - id: x\n    type: no.longer.installed\n");
        one.Kestra.State.PutFlow(SyncCase.Flow("gone") + "draft: true\n");
        var run = (await one.SyncAsync("targetNamespace: prod")).Succeeded();
        Assert.Equal("added prod/a, updated prod/draft, updated prod/odd", run.Written);
        Assert.Contains("prod/gone", one.Flows.Keys);
        Assert.DoesNotContain(one.Kestra.Calls, c => c.Status is 409 or 422);
    }

    [Fact]
    public async Task A_credential_that_is_wrong_or_of_half_is_said_before_anything_else()
    {
        await using var one = await SyncCase.StartAsync();
        one.Commit(new Dictionary<string, SandboxFile> { ["_flows/a.yaml"] = SyncCase.Flow("a") });
        await one.DefineAsync(one.Task("targetNamespace: prod").Replace("Kestra1234", "wrong-Kestra-password", StringComparison.Ordinal));
        var run = (await one.RunAsync()).Failed("401", "credentials");
        Assert.DoesNotContain("wrong-Kestra-password", run.Json.ToJsonString() + one.Service.Output, StringComparison.Ordinal);
        Assert.Equal(1, run.Attempt);
    }
}
