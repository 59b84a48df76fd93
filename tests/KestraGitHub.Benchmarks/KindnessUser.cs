using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;

namespace KestraGitHub.Benchmarks;

/// <summary>Somebody else at the same Kestra: one small call every 100 ms, a flow and a page of a search by turns, whether the last one is answered or not.</summary>
internal sealed class KindnessUser(Uri kestra) : IAsyncDisposable
{
    private static readonly string[] Calls = ["api/v1/main/flows/other/flow1", "api/v1/main/flows/search?page=1&size=10"];
    private readonly HttpClient _http = Client(kestra);
    private int _calls;

    public static HttpClient Client(Uri kestra)
    {
        var http = new HttpClient { BaseAddress = kestra };
        http.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("admin@kestra.io:Kestra1234")));
        return http;
    }

    /// <summary>How long each call took while <paramref name="what"/> went on, in milliseconds.</summary>
    public async Task<List<double>> FeelsAsync(Func<Task> what)
    {
        var running = what();
        var calls = new List<Task<double>>();
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!running.IsCompleted && await tick.WaitForNextTickAsync()) calls.Add(CallAsync());
        await running;
        return [.. await Task.WhenAll(calls)];
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<double> CallAsync()
    {
        var path = new Uri(Calls[Interlocked.Increment(ref _calls) % Calls.Length], UriKind.Relative);
        var clock = Stopwatch.StartNew();
        using var answer = await _http.GetAsync(path);
        answer.EnsureSuccessStatusCode();
        return clock.Elapsed.TotalMilliseconds;
    }
}
