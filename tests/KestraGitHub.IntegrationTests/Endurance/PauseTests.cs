using KestraGitHub.IntegrationTests.EndToEnd;
using Microsoft.Data.Sqlite;

namespace KestraGitHub.IntegrationTests.Endurance;

/// <summary>A process that stands still for longer than its lease, as a frozen machine does.</summary>
[Collection("Endurance")]
public sealed class PauseTests : IAsyncLifetime
{
    private House _house = null!;

    public async Task InitializeAsync() => _house = await House.OpenAsync(("Runs__Lease", "00:00:03"), ("Runs__Sweep", "00:00:02"));

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
        using var connection = new SqliteConnection($"Data Source={_house.DatabaseFile};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Parameters.AddWithValue("@Id", run);
        command.Parameters.AddWithValue("@Until", until.ToUnixTimeMilliseconds());
        Assert.Equal(1, command.ExecuteNonQuery());
    }
}
