using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using KestraGitHub.IntegrationTests.EndToEnd;
using KestraGitHub.StandIns.Kestra;

namespace KestraGitHub.IntegrationTests.Endurance;

/// <summary>Cancelling, trying again, giving up.</summary>
[Collection("Endurance")]
public class ControlTests : IAsyncLifetime
{
    private House _house = null!;

    public async Task InitializeAsync() => _house = await House.OpenAsync([("Runs__RetryDelay", "00:00:01"), ("Runs__RetryDelayMax", "00:00:02"), ("Runs__MaxAttempts", "3"), .. await StorageAsync()]);

    private protected virtual Task<(string Key, string Value)[]> StorageAsync() => Task.FromResult<(string, string)[]>([]);

    public async Task DisposeAsync() => await _house.DisposeAsync();

    [Fact]
    public async Task A_run_is_cancelled_while_it_waits_and_while_it_goes_on()
    {
        _house.Define("stop");
        _house.Commit("stop", 40, "first");
        _house.SlowWrites(400);
        await _house.Service.StartAsync();
        var running = await _house.PushAsync("stop");
        await _house.WaitForStateAsync(running, "running");
        var queued = await _house.PushAsync("stop");

        Assert.Equal(HttpStatusCode.OK, await CancelAsync(queued));
        Assert.Equal("cancelled", House.State(await _house.RunAsync(queued)));
        await Wait.UntilAsync(() => Task.FromResult(_house.Kestra.State.FlowWrites() > 0), House.Patience, () => _house.Service.Output);
        Assert.Equal(HttpStatusCode.Accepted, await CancelAsync(running));
        var ended = await _house.EndOfAsync(running, "cancelled");
        var written = _house.Kestra.State.FlowWrites();
        Assert.InRange(written, 1, 39);
        Assert.Equal((0, 40), (House.Count(ended, "added"), House.Count(ended, "skipped") + House.Count(ended, "failed"))); // the write before which it was heard has failed
        Assert.Empty(_house.Kestra.State.ListFlows());
        Assert.Equal("Everything was put back.", ended.GetProperty("error").GetString());
        Assert.Equal(HttpStatusCode.Conflict, await CancelAsync(running));

        _house.Kestra.Faults.Clear();
        await _house.EndOfAsync(await _house.PushAsync("stop"));
        _house.AssertEqual("stop");
    }

    [Fact]
    public async Task A_Kestra_that_asks_for_patience_gets_it()
    {
        _house.Define("later");
        _house.Commit("later", 1, "first");
        await _house.Service.StartAsync();
        _house.Kestra.Faults.Add(new FaultRule { Effect = FaultEffect.Status, Status = 429, RetryAfter = 4, Method = "POST", PathContains = "/flows", Count = 4 });
        var run = await _house.PushAsync("later");
        var waiting = await _house.WaitForStateAsync(run, "waiting");
        Assert.Equal("retry", waiting.GetProperty("waitingFor").GetString());
        Assert.NotEqual(JsonValueKind.Null, waiting.GetProperty("error").ValueKind);
        var asked = DateTimeOffset.UtcNow;
        _house.Kestra.Faults.Clear();
        var ended = await _house.EndOfAsync(run);
        Assert.Equal(2, House.Attempt(ended));
        Assert.InRange(ended.GetProperty("finishedAt").GetDateTimeOffset() - asked, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(8));
        _house.AssertEqual("later");
    }

    [Fact]
    public async Task A_Kestra_that_restarts_is_waited_for()
    {
        _house.Define("away");
        _house.Commit("away", 3, "first");
        await _house.Service.StartAsync();
        var port = _house.Kestra.BaseUrl.Port;
        await _house.Kestra.DisposeAsync();
        var run = await _house.PushAsync("away");
        await _house.WaitForStateAsync(run, "waiting");
        _house.Kestra = await KestraStandIn.StartAsync(new KestraStandInOptions { Port = port });
        var ended = await _house.EndOfAsync(run);
        Assert.InRange(House.Attempt(ended), 2, 3);
        _house.AssertEqual("away");
    }

    [Fact]
    public async Task A_failure_that_does_not_pass_ends_the_run_after_its_attempts_and_a_push_brings_it_back()
    {
        _house.Define("never");
        _house.Commit("never", 1, "first");
        await _house.Service.StartAsync();
        _house.Kestra.Faults.Add(new FaultRule { Effect = FaultEffect.Status, Status = 503 });
        var ended = await _house.EndOfAsync(await _house.PushAsync("never"), "failed");
        Assert.Equal(3, House.Attempt(ended));
        Assert.Equal("transient", ended.GetProperty("errorKind").GetString());

        _house.Kestra.Faults.Clear();
        await _house.EndOfAsync(await _house.PushAsync("never"));
        _house.AssertEqual("never");
    }

    [Fact]
    public async Task A_definition_that_goes_while_its_run_waits_leaves_a_failed_run_that_says_so()
    {
        _house.Define("gone", "PT3S");
        _house.Commit("gone", 1, "first");
        await _house.Service.StartAsync();
        var run = await _house.PushAsync("gone");
        File.Delete(Path.Combine(_house.Service.DefinitionsPath, "gone.yml"));
        var ended = await _house.EndOfAsync(run, "failed");
        Assert.Contains("is gone", ended.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, _house.Kestra.State.FlowWrites());
    }

    [Fact]
    public async Task Thirty_syncs_with_two_workers_all_get_their_run_beside_one_that_is_hammered()
    {
        _house.Settings["Runs__Workers"] = "2";
        var syncs = Enumerable.Range(1, 30).Select(i => $"s{i}").ToList();
        foreach (var sync in syncs)
        {
            _house.Define(sync);
            _house.Commit(sync, 1, "first");
        }

        _house.Define("loud");
        _house.Commit("loud", 1, "first");
        _house.SlowWrites(50);
        await _house.Service.StartAsync();
        using var stop = new CancellationTokenSource();
        var hammering = HammerAsync(stop.Token);
        var runs = new List<string>();
        foreach (var sync in syncs) runs.Add(await _house.PushAsync(sync));
        foreach (var run in runs) await _house.EndOfAsync(run);
        await stop.CancelAsync();
        await hammering;
        foreach (var run in await _house.AllAsync("/api/v1/runs")) await _house.EndOfAsync(run.GetProperty("id").GetString()!);
        foreach (var sync in syncs.Append("loud")) _house.AssertEqual(sync);
    }

    private async Task HammerAsync(CancellationToken ct)
    {
        for (var i = 0; !ct.IsCancellationRequested; i++)
        {
            if (i % 20 == 0) _house.Commit("loud", 1, $"push {i}");
            await _house.PushAsync("loud");
            await Task.Delay(20, CancellationToken.None);
        }

        await _house.PushAsync("loud");
    }

    private async Task<HttpStatusCode> CancelAsync(string run)
    {
        using var answer = await _house.Service.Http.PostAsJsonAsync($"/api/v1/runs/{run}/cancel", new { });
        return answer.StatusCode;
    }
}
