using KestraGitHub.IntegrationTests.Conformance;
using KestraGitHub.StandIns.Kestra;

namespace KestraGitHub.IntegrationTests.Trust;

/// <summary>Bounds of what one run may write.</summary>
public sealed class LimitTests
{
    private const string Task = "targetNamespace: prod\ngitDirectory: _flows";

    [Theory]
    [InlineData("objects: 1", "2 objects", "limits.objects (1)")]
    [InlineData("bytes: 150", "limits.bytes (150)", "flow prod/b")]
    [InlineData("fileBytes: 130", "flow prod/b", "limits.fileBytes (130)")]
    public async Task What_is_over_a_limit_is_named_and_nothing_is_written(string limit, params string[] words)
    {
        await using var one = await SyncCase.HoldingAsync(
            new() { ["_flows/a.yaml"] = SyncCase.Flow("a"), ["_flows/b.yaml"] = SyncCase.Flow("b", message: "a text that is longer than the other one by far") }, []);
        await one.DefineAsync(one.Task(Task), $"x-kestra-github: {{limits: {{{limit}}}}}\n");
        (await one.RunAsync()).Failed([.. words, "nothing was written"]);
        (await one.RunAsync(dryRun: true)).Failed(words);
        Assert.Empty(one.Flows);
    }

    [Fact]
    public async Task A_run_that_takes_too_long_ends_as_a_failure()
    {
        await using var one = await SyncCase.HoldingAsync(new() { ["_flows/a.yaml"] = SyncCase.Flow("a") }, []);
        await one.DefineAsync(one.Task(Task), "x-kestra-github: {limits: {runTime: PT1S}}\n");
        one.Kestra.Faults.Add(new FaultRule { Effect = FaultEffect.Latency, LatencyMs = 4000, PathContains = "/flows" });
        (await one.RunAsync()).Failed("limits.runTime (PT1S)");
        Assert.Empty(one.Flows);
    }
}
