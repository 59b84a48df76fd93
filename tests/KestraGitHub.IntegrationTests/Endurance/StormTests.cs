using System.Net;
using System.Net.Http.Json;
using KestraGitHub.IntegrationTests.EndToEnd;
using KestraGitHub.StandIns.Kestra;

namespace KestraGitHub.IntegrationTests.Endurance;

/// <summary>A thousand syncs due at once.</summary>
[Collection("Endurance")]
public sealed class StormTests : IAsyncLifetime
{
    private const int Syncs = 1000;

    private House _house = null!;

    public async Task InitializeAsync() => _house = await House.OpenAsync(
        ("Runs__Workers", "3"), ("Runs__RetryDelay", "01:00:00"), ("Runs__RetryDelayMax", "01:00:00"), ("Kestra__ReadTimeout", "00:30:00"));

    public async Task DisposeAsync() => await _house.DisposeAsync();

    [Fact]
    public async Task All_drain_beside_two_that_hang_one_that_waits_and_one_that_is_hammered()
    {
        var names = Enumerable.Range(0, Syncs).Select(i => $"s{i * 7919 % Syncs:000}").ToList();
        foreach (var name in names.Append("loud")) DefineNoWork(name);
        string[] real = ["later", "hangs-1", "hangs-2", "plug"];
        foreach (var name in real)
        {
            _house.Define(name);
            _house.Commit(name, 1, "first");
        }

        await _house.Service.StartAsync();
        _house.Kestra.Faults.Add(new FaultRule { Effect = FaultEffect.Status, Status = 503, RetryAfter = 3600 });
        await _house.WaitForStateAsync(await _house.PushAsync("later"), "waiting");
        _house.Kestra.Faults.Clear();
        _house.Kestra.Faults.Add(new FaultRule { Effect = FaultEffect.Hang, PathContains = "/flows" });
        var hanging = new List<string>();
        foreach (var name in real.Skip(1)) hanging.Add(await _house.PushAsync(name));
        foreach (var run in hanging) await _house.WaitForStateAsync(run, "running");

        // All three workers are held: what comes now piles up.
        foreach (var name in names) await _house.PushAsync(name);
        using var stop = new CancellationTokenSource();
        var hammering = HammerAsync(stop.Token);
        using (var answer = await _house.Service.Http.PostAsJsonAsync($"/api/v1/runs/{hanging[2]}/cancel", new { })) Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        await Wait.UntilAsync(async () => await DoneAsync() == Syncs, TimeSpan.FromMinutes(5), () => _house.Service.Output);
        await stop.CancelAsync();
        await hammering;

        // One worker was left for all of them: each of the others held its own slot and no more.
        foreach (var run in hanging.Take(2)) Assert.Equal("running", House.State(await _house.RunAsync(run)));
    }

    private async Task<int> DoneAsync() =>
        (await _house.AllAsync("/api/v1/runs?state=failed")).Count(r => r.GetProperty("sync").GetProperty("flow").GetString() != "loud");

    private async Task HammerAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            await _house.PushAsync("loud");
            await Task.Delay(20, CancellationToken.None);
        }
    }

    /// <summary>A sync whose runs cost only what every run costs: they end at a protocol that is not allowed.</summary>
    private void DefineNoWork(string name) => File.WriteAllText(Path.Combine(_house.Service.DefinitionsPath, $"{name}.yml"), $"""
        id: {name}
        namespace: system
        tasks:
          - id: git
            type: io.kestra.plugin.git.SyncFlows
            url: https://git.example.com/nobody/asks.git
            branch: main
            targetNamespace: team
        triggers:
          - id: hook
            type: io.kestra.plugin.core.trigger.Webhook
            key: key-of-{name}
        x-kestra-github:
          debounce: PT0S
        """);
}
