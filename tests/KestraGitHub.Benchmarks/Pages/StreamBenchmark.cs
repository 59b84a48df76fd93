using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;
using KestraGitHub.Benchmarks.Measuring;
using KestraGitHub.Benchmarks.Sync;

namespace KestraGitHub.Benchmarks.Pages;

/// <summary>Many people follow a run: what it costs while they wait, how late they hear of its end, and what everybody else feels.</summary>
internal sealed class StreamBenchmark(int clients, int seconds)
{
    private const int Flows = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public async Task<int> RunAsync()
    {
        using var place = new Workplace();
        Report.Head($"{clients} followers of a run", place.Folder);
        await using var house = await House.CreateAsync(place.Folder, costs: false);
        var load = new FlowLoad(Flows);
        await house.Repository.CommitAsync(load.All);
        await house.DefineAsync(House.Flow, load.Definition(house.CloneUrl));
        await house.Service.StartAsync();
        await PostAsync(house.Service, "suspend");
        var run = await house.AskForRunAsync();
        var rest = Proc.Resident(house.Service.Id);

        var (heard, ended) = (0, new ConcurrentBag<long>());
        var clock = Stopwatch.StartNew();
        var followers = Enumerable.Range(0, clients).Select(_ => FollowAsync(house.Service.Http, run, () => Interlocked.Increment(ref heard), ended)).ToList();
        await Until.HoldsAsync(() => Task.FromResult(heard == clients), Patience, TimeSpan.FromMilliseconds(20), () => $"{heard} of {clients} followers heard something.");
        var connected = clock.Elapsed;

        var (before, began) = (Proc.Cpu(house.Service.Id), Stopwatch.GetTimestamp());
        var others = await OthersAsync(house.Service);
        var share = 100 * (Proc.Cpu(house.Service.Id) - before) / Stopwatch.GetElapsedTime(began);

        await PostAsync(house.Service, "resume");
        await Task.WhenAll(followers).WaitAsync(Patience);
        var end = House.Time(JsonNode.Parse(await house.Service.Http.GetStringAsync($"/api/v1/runs/{run}"))!["finishedAt"]!).ToUnixTimeMilliseconds();
        var late = ended.Select(at => (double)(at - end)).Order().ToList();
        if (late.Count != clients) throw new BenchmarkException($"{late.Count} of {clients} followers heard of the end.");

        Report.Table(
            ["", "value"],
            [
                ["until each had its first message, ms", connected.TotalMilliseconds.In("0")],
                ["processor while nothing happens, with one page a quarter of a second, % of one core", share.In("0")],
                ["that page (`/runs`): p50, p95, ms", $"{others.At(.5).In("0")}, {others.At(.95).In("0")}"],
                ["from the run's end to the followers' word of it: p50, p99, ms", $"{late.At(.5).In("0")}, {late.At(.99).In("0")}"],
                ["resident memory: before, with them, MiB", $"{((double)rest).MiB()}, {((double)Proc.Resident(house.Service.Id)).MiB()}"],
            ]);
        return 0;
    }

    private static async Task PostAsync(Service service, string what)
    {
        using var answer = await service.Http.PostAsJsonAsync($"/api/v1/main/syncs/system/{House.Flow}/{what}", new { });
        answer.EnsureSuccessStatusCode();
    }

    private static async Task FollowAsync(HttpClient http, string run, Action hello, ConcurrentBag<long> ended)
    {
        using var answer = await http.GetAsync($"/runs/{run}/stream", HttpCompletionOption.ResponseHeadersRead);
        if (answer.StatusCode != HttpStatusCode.OK) throw new BenchmarkException($"The stream was answered with {answer.StatusCode}.");
        await using var body = await answer.Content.ReadAsStreamAsync();
        var first = true;
        await foreach (var message in SseParser.Create(body).EnumerateAsync())
        {
            if (first) hello();
            first = false;
            if (message.EventType == "end") ended.Add(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        }
    }

    private async Task<List<double>> OthersAsync(Service service)
    {
        var times = new List<double>();
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < TimeSpan.FromSeconds(seconds))
        {
            var began = Stopwatch.GetTimestamp();
            using var page = await service.Http.GetAsync("/runs");
            page.EnsureSuccessStatusCode();
            await page.Content.ReadAsByteArrayAsync();
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            await Task.Delay(TimeSpan.FromMilliseconds(250));
        }

        return [.. times.Order()];
    }
}
