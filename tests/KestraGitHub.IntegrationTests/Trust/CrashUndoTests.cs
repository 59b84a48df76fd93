using KestraGitHub.IntegrationTests.Endurance;
using KestraGitHub.IntegrationTests.EndToEnd;
using KestraGitHub.StandIns.Kestra;

namespace KestraGitHub.IntegrationTests.Trust;

/// <summary>The service is killed in the middle of a run that overwrites: the next one goes forward, or all of it is put back to what was before the first.</summary>
[Collection("Endurance")]
public sealed class CrashUndoTests : IAsyncLifetime
{
    private const int Flows = 12;
    private House _house = null!;

    public async Task InitializeAsync() => _house = await House.OpenAsync(("Runs__RetryDelay", "00:00:00.5"));

    public async Task DisposeAsync() => await _house.DisposeAsync();

    /// <summary>Applies a first commit, and kills the service while it writes the second one.</summary>
    private async Task<string> CrashAsync()
    {
        _house.Define("mid");
        _house.Commit("mid", Flows, "first");
        await _house.Service.StartAsync();
        await _house.EndOfAsync(await _house.PushAsync("mid"));
        _house.Commit("mid", Flows + 2, "second");
        _house.Kestra.Faults.Add(new FaultRule { Effect = FaultEffect.Latency, LatencyMs = 300, Method = "PUT", PathContains = "/flows" });
        var run = await _house.PushAsync("mid");
        await Wait.UntilAsync(() => Task.FromResult(Holding("second") >= 3), House.Patience, () => _house.Service.Output);
        _house.Service.Kill();
        Assert.InRange(Holding("second"), 3, Flows);
        return run;
    }

    private int Holding(string message) => _house.Kestra.State.ListFlows().Count(f => f.Source.Contains($"message: {message}", StringComparison.Ordinal));

    [Fact]
    public async Task After_a_crash_the_next_attempt_goes_forward_and_the_original_can_still_be_had_back()
    {
        var run = await CrashAsync();
        _house.Kestra.Faults.Clear();
        await _house.Service.StartAsync();
        await _house.EndOfAsync(run);
        _house.AssertEqual("mid");

        using var asked = await _house.Service.Http.PostAsync($"/api/v1/runs/{run}/undo", null);
        await _house.EndOfAsync(System.Text.Json.JsonDocument.Parse(await asked.Content.ReadAsStringAsync()).RootElement.GetProperty("id").GetString()!);
        Assert.Equal((Flows, Flows), (Holding("first"), _house.Kestra.State.ListFlows().Count));
    }

    [Fact]
    public async Task After_a_crash_a_run_that_fails_for_good_puts_back_what_the_killed_one_wrote_too()
    {
        var run = await CrashAsync();
        _house.Kestra.Faults.Clear();
        // Of two writes that are left the second one is refused, and only that.
        _house.Kestra.Faults.Add(new FaultRule { Effect = FaultEffect.Status, Status = 403, Method = "PUT", PathContains = "/flows", After = 1, Count = 1 });
        await _house.Service.StartAsync();
        var ended = await _house.EndOfAsync(run, "failed");
        Assert.EndsWith("Everything was put back.", ended.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal((Flows, Flows), (Holding("first"), _house.Kestra.State.ListFlows().Count));
        Assert.Equal((0, 0), (House.Count(ended, "added"), House.Count(ended, "updated")));
    }

    [Fact]
    public async Task A_crash_while_it_is_put_back_ends_as_it_was_before_as_well()
    {
        _house.Define("mid");
        _house.Commit("mid", Flows, "first");
        await _house.Service.StartAsync();
        await _house.EndOfAsync(await _house.PushAsync("mid"));
        _house.Commit("mid", Flows - 1, "second");
        _house.Kestra.Faults.Add(new FaultRule { Effect = FaultEffect.Status, Status = 403, Method = "DELETE", PathContains = "/flows" });
        _house.Kestra.Faults.Add(new FaultRule { Effect = FaultEffect.Latency, LatencyMs = 300, Method = "PUT", PathContains = "/flows", After = Flows - 1 });
        var run = await _house.PushAsync("mid");
        await Wait.UntilAsync(() => Task.FromResult(Holding("second") == Flows - 1), House.Patience, () => _house.Service.Output);
        await Wait.UntilAsync(() => Task.FromResult(Holding("first") is > 3 and < Flows), House.Patience, () => _house.Service.Output);
        _house.Service.Kill();
        await _house.Service.StartAsync();
        var ended = await _house.EndOfAsync(run, "failed");
        Assert.EndsWith("Everything was put back.", ended.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal((Flows, Flows), (Holding("first"), _house.Kestra.State.ListFlows().Count));
    }
}
