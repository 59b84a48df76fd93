using System.Collections.Concurrent;
using Dapper;
using KestraGitHub.IntegrationTests.EndToEnd;

namespace KestraGitHub.IntegrationTests.Endurance;

/// <summary>A process that stands still for longer than its lease, as a frozen machine does.</summary>
[Collection("Endurance")]
public class PauseTests : IAsyncLifetime
{
    private House _house = null!;

    public async Task InitializeAsync() => _house = await House.OpenAsync([("Runs__Lease", "00:00:03"), ("Kestra__WriteTimeout", "00:00:02"), ("Runs__Sweep", "00:00:02"), .. await StorageAsync()]);

    private protected virtual Task<(string Key, string Value)[]> StorageAsync() => Task.FromResult<(string, string)[]>([]);

    public async Task DisposeAsync() => await _house.DisposeAsync();

    [Fact]
    public async Task A_pause_that_nobody_used_costs_nothing()
    {
        var run = await PauseInTheMiddleAsync("alone");
        await Task.Delay(5000);
        await Processes.SignalAsync(_house.Service.ProcessId, "CONT");

        var ended = await _house.EndOfAsync(run);
        Assert.Equal(1, House.Attempt(ended));
        _house.AssertEqual("alone");
        Assert.All(_house.Kestra.State.ListFlows(), f => Assert.Equal(1, f.Revision));
    }

    [Fact]
    public async Task A_run_that_another_took_up_during_the_pause_is_not_written_on()
    {
        var run = await PauseInTheMiddleAsync("fenced");
        await Task.Delay(4000);
        Execute("UPDATE runs SET fence = fence + 1, lease_owner = 'another node', lease_until = @Until WHERE id = @Id", run, DateTimeOffset.UtcNow.AddMinutes(5));
        var before = _house.Kestra.State.FlowWrites();
        await Processes.SignalAsync(_house.Service.ProcessId, "CONT");
        await Task.Delay(3000);
        Assert.Equal(before, _house.Kestra.State.FlowWrites());
        Assert.Equal("running", House.State(await _house.RunAsync(run)));

        // The other node dies too: the sweep finds the run.
        Execute("UPDATE runs SET lease_until = @Until WHERE id = @Id", run, DateTimeOffset.UtcNow.AddSeconds(-1));
        var ended = await _house.EndOfAsync(run);
        Assert.Equal(1, House.Attempt(ended));
        _house.AssertEqual("fenced");
        Assert.All(_house.Kestra.State.ListFlows(), f => Assert.Equal(1, f.Revision));
    }

    [Fact]
    public async Task After_a_pause_no_write_arrives_before_the_run_is_claimed_anew()
    {
        _house.Define("again");
        _house.Commit("again", 120, "all of them");
        _house.SlowWrites(150);
        var arrivals = new ConcurrentQueue<(DateTimeOffset At, DateTimeOffset? Until, long Fence)>();
        _house.Kestra.Arrived = (method, path) =>
        {
            if (method == "POST" && path.EndsWith("/flows", StringComparison.Ordinal)) arrivals.Enqueue(Claim(DateTimeOffset.UtcNow));
        };
        await _house.Service.StartAsync();
        var run = await _house.PushAsync("again");
        for (var pause = 1; pause <= 3; pause++)
        {
            var before = arrivals.Count;
            await Wait.UntilAsync(() => Task.FromResult(arrivals.Count >= before + 5), House.Patience, () => $"pause {pause}\n{_house.Service.Output}");
            await Processes.SignalAsync(_house.Service.ProcessId, "STOP");
            await Task.Delay(4000);
            var late = Claim(DateTimeOffset.UtcNow);
            Assert.True(late.Until < late.At, "the lease was meant to end in the pause");
            await Processes.SignalAsync(_house.Service.ProcessId, "CONT");
        }

        var ended = await _house.EndOfAsync(run);
        Assert.Equal(1, House.Attempt(ended));
        _house.AssertEqual("again");
        Assert.All(_house.Kestra.State.ListFlows(), f => Assert.Equal(1, f.Revision));

        // The row is read after the write came: only a lease that was renewed or claimed before it can still be running then.
        Assert.All(arrivals, a => Assert.True(a.Until > a.At, $"a write came at {a.At:O}, the lease (fence {a.Fence}) ended at {a.Until:O}"));
    }

    private (DateTimeOffset At, DateTimeOffset? Until, long Fence) Claim(DateTimeOffset at)
    {
        using var connection = _house.Connect();
        var (until, fence) = connection.QuerySingle<(long? Until, long Fence)>("SELECT lease_until, fence FROM runs");
        return (at, until is { } end ? DateTimeOffset.FromUnixTimeMilliseconds(end) : null, fence);
    }

    private async Task<string> PauseInTheMiddleAsync(string sync)
    {
        _house.Define(sync);
        _house.Commit(sync, 24, "all of them");
        _house.SlowWrites(200);
        await _house.Service.StartAsync();
        var run = await _house.PushAsync(sync);
        await Wait.UntilAsync(() => Task.FromResult(_house.Kestra.State.FlowWrites() >= 3), House.Patience, () => _house.Service.Output);
        await Processes.SignalAsync(_house.Service.ProcessId, "STOP");
        return run;
    }

    private void Execute(string sql, string run, DateTimeOffset until)
    {
        using var connection = _house.Connect();
        Assert.Equal(1, connection.Execute(sql, new { Id = run, Until = until.ToUnixTimeMilliseconds() }));
    }
}
