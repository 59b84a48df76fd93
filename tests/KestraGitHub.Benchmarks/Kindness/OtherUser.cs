using System.Diagnostics;
using KestraGitHub.Benchmarks.Measuring;
using KestraGitHub.Benchmarks.Sync;
using KestraGitHub.StandIns.Kestra;

namespace KestraGitHub.Benchmarks.Kindness;

/// <summary>Somebody else at the same Kestra: one small call every 100 ms, a flow and a page of a search by turns, whether the last one is answered or not.</summary>
internal sealed class OtherUser(KestraStandIn kestra) : IDisposable
{
    private static readonly string[] Calls = ["/api/v1/main/flows/other/flow-1", "/api/v1/main/flows/search?page=1&size=10"];

    private readonly HttpClient _http = House.Client(kestra);

    /// <summary>Gives it flows of its own.</summary>
    public static void Settle(KestraStandIn kestra)
    {
        for (var i = 0; i < 20; i++)
            kestra.State.PutFlow($"id: flow-{i}\nnamespace: other\ntasks:\n  - id: hello\n    type: io.kestra.plugin.core.log.Log\n    message: hello\n");
    }

    /// <summary>How long each call took until <paramref name="what"/> was over, in milliseconds.</summary>
    public async Task<List<double>> FeelsAsync(Task what)
    {
        var calls = new List<Task<double>>();
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!what.IsCompleted && await tick.WaitForNextTickAsync()) calls.Add(CallAsync(Calls[calls.Count % Calls.Length]));
        await what;
        return [.. await Task.WhenAll(calls)];
    }

    public void Dispose() => _http.Dispose();

    private async Task<double> CallAsync(string path)
    {
        var clock = Stopwatch.StartNew();
        using var answer = await _http.GetAsync(path);
        if (!answer.IsSuccessStatusCode) throw new BenchmarkException($"The stand-in answers {(int)answer.StatusCode} to its other user.");
        return clock.Elapsed.TotalMilliseconds;
    }
}
