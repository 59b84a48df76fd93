using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using KestraGitHub.IntegrationTests.EndToEnd;
using Microsoft.Data.Sqlite;
using Xunit.Abstractions;

namespace KestraGitHub.IntegrationTests.Endurance;

/// <summary>The service is killed while it works, again and again: what it said yes to happens, once.</summary>
[Collection("Endurance")]
public sealed class CrashTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Kills = 10;
    private static readonly string[] Syncs = ["a", "b", "c", "d", "e", "f"];
    private readonly ConcurrentDictionary<string, string> _acknowledged = new();
    private readonly ConcurrentDictionary<string, bool> _tipTold = new();
    private readonly Dictionary<string, SemaphoreSlim> _gates = Syncs.ToDictionary(s => s, _ => new SemaphoreSlim(1));
    private House _house = null!;
    private int _commits;

    public async Task InitializeAsync() => _house = await House.OpenAsync(("Runs__Workers", "3"), ("Runs__RetryDelay", "00:00:01"));

    public async Task DisposeAsync() => await _house.DisposeAsync();

    [Fact]
    public async Task What_was_acknowledged_happens_however_often_the_service_is_killed()
    {
        foreach (var sync in Syncs)
        {
            _house.Define(sync, sync is "a" or "b" ? "PT0S" : "PT0.3S");
            _house.Commit(sync, 3, "start");
        }

        _house.SlowWrites(60);
        await _house.Service.StartAsync();
        using var stop = new CancellationTokenSource();
        var senders = Enumerable.Range(0, 4).Select(_ => SendAsync(stop.Token)).ToList();
        var sampler = SampleAsync(stop.Token);
        for (var kill = 0; kill < Kills; kill++)
        {
            await Task.Delay(RandomNumberGenerator.GetInt32(100, 2500));
            _house.Service.Kill();
            await _house.Service.StartAsync();
        }

        await Task.Delay(500);
        await stop.CancelAsync();
        await Task.WhenAll(senders);
        await sampler;
        foreach (var sync in Syncs.Where(s => !_tipTold.GetValueOrDefault(s))) await TellAsync(sync, Guid.NewGuid().ToString());
        await Wait.UntilAsync(
            async () => (await _house.AllAsync("/api/v1/runs")).TrueForAll(r => r.GetProperty("finishedAt").ValueKind != System.Text.Json.JsonValueKind.Null),
            House.Patience, () => $"runs are stuck\n{_house.Service.Output}");

        var runs = (await _house.AllAsync("/api/v1/runs")).ToDictionary(r => r.GetProperty("id").GetString()!);
        var deliveries = (await _house.AllAsync("/api/v1/deliveries")).ToDictionary(d => d.GetProperty("deliveryId").GetString()!, d => d.GetProperty("runId").GetString()!);
        output.WriteLine($"{Kills} kills, {_commits} commits, {_acknowledged.Count} acknowledged, {deliveries.Count} stored, {runs.Count} runs");
        foreach (var (guid, run) in _acknowledged) Assert.Equal(run, deliveries[guid]);
        Assert.All(deliveries.Values, run => Assert.Equal("succeeded", House.State(runs[run])));
        Assert.All(runs.Values, run => Assert.True(House.Attempt(run) == 1, $"{run}"));
        foreach (var sync in Syncs) _house.AssertEqual(sync);

        await _house.Service.StopAsync();
        Assert.Equal(0, await _house.Service.WaitForExitAsync());
        Assert.Equal("ok", IntegrityCheck());
        Assert.Empty(Leftovers());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(15)]
    public async Task A_crash_in_the_middle_of_writing_is_made_good(int writes)
    {
        _house.Define("mid");
        _house.Commit("mid", 16, "all of them");
        _house.SlowWrites(100);
        await _house.Service.StartAsync();

        var run = await _house.PushAsync("mid");
        await Wait.UntilAsync(() => Task.FromResult(_house.Kestra.State.FlowWrites() >= writes), House.Patience, () => _house.Service.Output);
        _house.Service.Kill();
        await _house.Service.StartAsync();

        var ended = await _house.EndOfAsync(run);
        _house.AssertEqual("mid");
        Assert.Equal(1, House.Attempt(ended));
        Assert.All(_house.Kestra.State.ListFlows(), f => Assert.Equal(1, f.Revision));
        var log = (await _house.GetAsync($"/api/v1/runs/{run}/events")).GetProperty("items").EnumerateArray().ToList();
        Assert.Contains(log, e => e.GetProperty("message").GetString()!.StartsWith("taken up again", StringComparison.Ordinal));
        Assert.Equal(log.Select(e => e.GetProperty("seq").GetInt64()).Distinct().Count(), log.Count);
    }

    [Fact]
    public async Task A_polite_stop_gives_the_run_back_and_ends_with_0()
    {
        _house.Define("polite");
        _house.Commit("polite", 30, "all of them");
        _house.SlowWrites(150);
        await _house.Service.StartAsync();
        var run = await _house.PushAsync("polite");
        await Wait.UntilAsync(() => Task.FromResult(_house.Kestra.State.FlowWrites() >= 4), House.Patience, () => _house.Service.Output);

        var watch = Stopwatch.StartNew();
        await _house.Service.StopAsync();
        Assert.Equal(0, await _house.Service.WaitForExitAsync());
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(30));
        output.WriteLine($"stopped after {watch.Elapsed.TotalSeconds:0.0} s");
        Assert.InRange(_house.Kestra.State.FlowWrites(), 4, 29);

        await _house.Service.StartAsync();
        var ended = await _house.EndOfAsync(run);
        Assert.Equal(1, House.Attempt(ended));
        Assert.All(_house.Kestra.State.ListFlows(), f => Assert.Equal(1, f.Revision));
        _house.AssertEqual("polite");
    }

    private async Task SendAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var sync = Syncs[RandomNumberGenerator.GetInt32(Syncs.Length)];
            var guid = Guid.NewGuid().ToString();
            await _gates[sync].WaitAsync(CancellationToken.None);
            try
            {
                var number = Interlocked.Increment(ref _commits);
                _house.Commit(sync, 2 + (number % 5), $"commit {number}");
                _tipTold[sync] = false;
                await TellAsync(sync, guid);

                // GitHub's redeliver button, now and then.
                if (number % 7 == 0) await TellAsync(sync, guid);
            }
            finally
            {
                _gates[sync].Release();
            }

            await Task.Delay(50, CancellationToken.None);
        }
    }

    private async Task TellAsync(string sync, string guid)
    {
        try
        {
            using var answer = await GitHubHook.PushAsync(_house.Service.Http, House.Hook(sync), deliveryId: guid);
            var text = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.StatusCode is HttpStatusCode.Accepted or HttpStatusCode.OK, text);
            _acknowledged[guid] = System.Text.Json.JsonDocument.Parse(text).RootElement.GetProperty("runId").GetString()!;
            _tipTold[sync] = true;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or TaskCanceledException)
        {
            // Killed under our hands: not acknowledged.
        }
    }

    private async Task SampleAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                var running = (await _house.GetAsync("/api/v1/runs?state=running")).GetProperty("items").EnumerateArray().Select(r => r.GetProperty("sync").ToString()).ToList();
                Assert.Equal(running.Distinct().Count(), running.Count);
                Assert.InRange(running.Count, 0, 3);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or TaskCanceledException)
            {
            }

            await Task.Delay(100, CancellationToken.None);
        }
    }

    private string IntegrityCheck()
    {
        using var connection = new SqliteConnection($"Data Source={_house.DatabaseFile};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA integrity_check";
        return (string)command.ExecuteScalar()!;
    }

    private List<string> Leftovers() => [.. Processes.CommandLines().Where(c => c.Contains(_house.Service.DataPath, StringComparison.Ordinal))];
}
