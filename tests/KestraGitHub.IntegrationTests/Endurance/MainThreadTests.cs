using System.Diagnostics;
using System.Text;
using KestraGitHub.IntegrationTests.EndToEnd;
using KestraGitHub.StandIns.Kestra;
using Xunit.Abstractions;

namespace KestraGitHub.IntegrationTests.Endurance;

/// <summary>From a signed push to Kestra's content, through nothing but the doors that a user has.</summary>
[Collection("Endurance")]
public class MainThreadTests(ITestOutputHelper output) : IAsyncLifetime
{
    private House _house = null!;

    public async Task InitializeAsync() => _house = await House.OpenAsync([.. await StorageAsync()]);

    private protected virtual Task<(string Key, string Value)[]> StorageAsync() => Task.FromResult<(string, string)[]>([]);

    public async Task DisposeAsync() => await _house.DisposeAsync();

    [Fact]
    public async Task A_push_through_either_address_makes_Kestra_equal_to_Git()
    {
        _house.Define("one");
        var first = _house.Commit("one", 3, "first");
        await _house.Service.StartAsync();

        var run = await _house.EndOfAsync(await _house.PushAsync("one"));
        _house.AssertEqual("one");
        Assert.Equal(first, run.GetProperty("revision").GetString());
        Assert.Equal((3, 0, 0), (House.Count(run, "added"), House.Count(run, "updated"), House.Count(run, "deleted")));
        Assert.Equal(["added", "added", "added"], run.GetProperty("changes").EnumerateArray().Select(c => c.GetProperty("action").GetString()));

        _house.Commit("one", 2, "second");
        var guid = Guid.NewGuid().ToString();
        run = await _house.EndOfAsync(await _house.PushAsync("one", "/api/v1/main/executions/webhook/system/one/key-of-one", guid));
        _house.AssertEqual("one");
        Assert.Equal((0, 2, 1), (House.Count(run, "added"), House.Count(run, "updated"), House.Count(run, "deleted")));

        using var again = await GitHubHook.PushAsync(_house.Service.Http, House.Hook("one"), deliveryId: guid);
        Assert.Contains("duplicate", await again.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var deliveries = await _house.AllAsync("/api/v1/deliveries");
        Assert.Equal(2, deliveries.Count);
        Assert.Equal((guid, run.GetProperty("id").GetString()), (deliveries[0].GetProperty("deliveryId").GetString(), deliveries[0].GetProperty("runId").GetString()));
    }

    [Fact]
    public async Task Pushes_within_the_window_become_one_run()
    {
        _house.Define("calm", "PT2S");
        _house.Commit("calm", 1, "first");
        await _house.Service.StartAsync();

        // Beforehand: on a busy machine six commits alone may take longer than the window.
        for (var i = 0; i < 6; i++) _house.Commit("calm", 2, $"push {i}");
        var runs = new List<string>();
        for (var i = 0; i < 6; i++) runs.Add(await _house.PushAsync("calm"));

        Assert.Single(runs.Distinct());
        var run = await _house.EndOfAsync(runs[0]);
        _house.AssertEqual("calm");
        Assert.Equal(6, run.GetProperty("deliveries").GetInt32());
        Assert.All(await _house.AllAsync("/api/v1/deliveries"), d => Assert.Equal(runs[0], d.GetProperty("runId").GetString()));
        Assert.Single(await _house.AllAsync("/api/v1/runs"));
    }

    [Fact]
    public async Task A_push_while_a_run_goes_on_queues_exactly_one_more_and_it_starts_at_once()
    {
        _house.Define("busy", "PT1S");
        _house.Commit("busy", 4, "first");
        _house.SlowWrites(2000);
        await _house.Service.StartAsync();

        var first = await _house.PushAsync("busy");
        await _house.WaitForStateAsync(first, "running");
        var later = new HashSet<string>();
        for (var i = 0; i < 4; i++)
        {
            _house.Commit("busy", 4, $"push {i}");
            later.Add(await _house.PushAsync("busy"));
        }

        Assert.Single(later);
        Assert.DoesNotContain(first, later);
        var end = (await _house.EndOfAsync(first)).GetProperty("finishedAt").GetDateTimeOffset();
        _house.Kestra.Faults.Clear();
        var next = await _house.EndOfAsync(later.Single());
        Assert.InRange(next.GetProperty("startedAt").GetDateTimeOffset() - end, TimeSpan.Zero, TimeSpan.FromSeconds(4));
        _house.AssertEqual("busy");
        Assert.Equal(2, (await _house.AllAsync("/api/v1/runs")).Count);
    }

    [Fact]
    public async Task Measures_of_an_idle_service_are_printed()
    {
        _house.Define("quick");
        _house.Define("many", "PT1M");
        _house.Commit("many", 1, "nothing");
        await _house.Service.StartAsync();
        for (var i = 0; i < 4; i++)
        {
            _house.Commit("quick", 1, $"look {i}");
            _house.Kestra.ClearCalls();
            var writes = _house.Kestra.State.FlowWrites();
            var watch = Stopwatch.StartNew();
            var run = await _house.PushAsync("quick");
            var answered = watch.Elapsed;
            while (_house.Kestra.State.FlowWrites() == writes && watch.Elapsed < House.Patience) await Task.Delay(1);
            output.WriteLine($"202 after {answered.TotalMilliseconds:0} ms, first write {(watch.Elapsed - answered).TotalMilliseconds:0} ms later, {_house.Kestra.Calls.Count} calls so far");
            await _house.EndOfAsync(run);
        }

        output.WriteLine($"resident after some runs: {ResidentMegabytes()} MB");
        var body = Encoding.UTF8.GetBytes($"{{\"ref\":\"refs/heads/main\",\"before\":\"{new string('2', 40)}\",\"after\":\"{new string('1', 40)}\",\"pad\":\"{new string('x', 8000)}\"}}");
        var times = new List<double>();
        for (var i = 0; i < 500; i++)
        {
            var watch = Stopwatch.StartNew();
            using var answer = await GitHubHook.SendAsync(_house.Service.Http, House.Hook("many"), "push", body, Guid.NewGuid().ToString(), ServiceProcess.WebhookSecret);
            times.Add(watch.Elapsed.TotalMilliseconds);
            Assert.Equal(202, (int)answer.StatusCode);
        }

        times.Sort();
        output.WriteLine($"500 signed pushes of 8 KB, one after the other: p50 {times[250]:0.0} ms, p99 {times[495]:0.0} ms; resident {ResidentMegabytes()} MB");
    }

    private int ResidentMegabytes()
    {
        using var process = Process.GetProcessById(_house.Service.ProcessId);
        return (int)(process.WorkingSet64 >> 20);
    }
}
