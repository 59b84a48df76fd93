using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using KestraGitHub.IntegrationTests.EndToEnd;
using KestraGitHub.IntegrationTests.Endurance;

namespace KestraGitHub.IntegrationTests.Cluster;

/// <summary>A run changes hands, or is stopped from the other node.</summary>
[Collection("Endurance")]
public sealed class HandoverTests(DatabaseServer server) : ClusterTest(server)
{
    [Fact]
    public async Task Of_a_paused_node_nothing_arrives_after_its_successors_first_write()
    {
        var (run, paused, other) = await BeginAsync("fence");
        await Processes.SignalAsync(paused.ProcessId, "STOP");
        House.Service = other;
        var until = Assert.Single(await QueryAsync<long>("SELECT lease_until FROM runs"));
        try
        {
            await Wait.UntilAsync(() => Task.FromResult(Writes.By(other).Count >= 3), House.Patience, () => other.Output);
        }
        finally
        {
            await Processes.SignalAsync(paused.ProcessId, "CONT");
        }

        var ended = await House.EndOfAsync(run);
        Assert.Equal(1, House.Attempt(ended));
        House.AssertEqual("fence");

        // The paused node has come to know that it lost the run.
        await Wait.UntilAsync(() => Task.FromResult(paused.Output.Contains("lost its lease", StringComparison.Ordinal)), House.Patience, () => paused.Output);
        var successor = Writes.By(other)[0];
        Assert.All(Writes.By(paused), w => Assert.True(w.Began < successor.Began, "a write of the paused node came after the successor's first"));
        Assert.True(At(successor.Began) >= DateTimeOffset.FromUnixTimeMilliseconds(until), "the successor wrote before the lease had ended");
        Assert.All(House.Kestra.State.ListFlows(), f => Assert.Equal(1, f.Revision));
        Writes.AssertOneWriterAtATime();
    }

    [Fact]
    public async Task A_run_is_cancelled_on_one_node_and_stops_on_the_other()
    {
        var (run, worker, other) = await BeginAsync("stop");
        House.Service = other;
        using (var answer = await other.Http.PostAsJsonAsync($"/api/v1/runs/{run}/cancel", new { })) Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var ended = await House.EndOfAsync(run, "cancelled");
        Assert.InRange(House.Kestra.State.FlowWrites(), 1, 59);
        // What it wrote was put back by the one that wrote it.
        Assert.Empty(House.Kestra.State.ListFlows());
        Assert.Equal((0, 60), (House.Count(ended, "added"), House.Count(ended, "skipped") + House.Count(ended, "failed"))); // the write before which it was heard has failed
        Assert.Empty(Writes.By(other));
        Assert.NotEmpty(Writes.By(worker));
    }

    private static DateTimeOffset At(long ticks) => DateTimeOffset.UtcNow - Stopwatch.GetElapsedTime(ticks);
}
