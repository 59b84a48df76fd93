using KestraGitHub.IntegrationTests.EndToEnd;
using KestraGitHub.StandIns.Kestra;

namespace KestraGitHub.IntegrationTests.Endurance;

/// <summary>A Kestra 1.3 that holds many flows and has just been given many more.</summary>
[Collection("Endurance")]
public sealed class DigestionTests : IAsyncLifetime
{
    private House _house = null!;

    public async Task InitializeAsync()
    {
        _house = await House.OpenAsync();
        var port = _house.Kestra.BaseUrl.Port;
        await _house.Kestra.DisposeAsync();
        _house.Kestra = await KestraStandIn.StartAsync(new KestraStandInOptions { Port = port, Version = "1.3", Costs = true });
    }

    public async Task DisposeAsync() => await _house.DisposeAsync();

    [Fact]
    public async Task Is_told_where_people_look_and_the_next_run_is_none_the_worse_for_it()
    {
        _house.Define("much");
        var file = Path.Combine(_house.Service.DefinitionsPath, "much.yml");
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file)).Replace("delete: true", "delete: false", StringComparison.Ordinal));
        for (var i = 0; i < 4000; i++) _house.Kestra.State.PutFlow(House.Flow("much", 100_000 + i, "here already"));
        _house.Commit("much", 200, "all of them");
        await _house.Service.StartAsync();
        var first = await _house.EndOfAsync(await _house.PushAsync("much"));
        Assert.Equal(200, House.Count(first, "added"));

        var run = first.GetProperty("id").GetString()!;
        var told = await _house.RunAsync(run);
        Assert.Contains("still digesting", told.GetProperty("note").GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.True(told.GetProperty("note").GetProperty("until").GetDateTimeOffset() > DateTimeOffset.UtcNow);
        var sync = await _house.GetAsync("/api/v1/main/syncs/system/much");
        Assert.Equal(told.GetProperty("note").ToString(), sync.GetProperty("note").ToString());
        Assert.Equal("inSync", sync.GetProperty("state").GetString());
        var log = (await _house.GetAsync($"/api/v1/runs/{run}/events")).GetProperty("items").EnumerateArray().ToList();
        Assert.Contains(log, e => e.GetProperty("step").GetString() == "applied" && e.GetProperty("message").GetString()!.Contains("still digesting", StringComparison.Ordinal));

        // As slow as nobody has seen one: nothing is drift by it, nothing fails by it.
        _house.Kestra.Faults.Add(new FaultRule { Effect = FaultEffect.Latency, LatencyMs = 3000, Method = "GET" });
        var next = await _house.EndOfAsync(await _house.PushAsync("much"));
        Assert.Equal((1, 0, 0), (House.Attempt(next), House.Count(next, "added"), House.Count(next, "updated")));
        Assert.False(next.TryGetProperty("note", out _));
    }
}
