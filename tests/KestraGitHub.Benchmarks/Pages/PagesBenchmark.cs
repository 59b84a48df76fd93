using System.Diagnostics;
using System.Globalization;
using KestraGitHub.Benchmarks.Ack;
using KestraGitHub.Benchmarks.Measuring;
using KestraGitHub.Storage;

namespace KestraGitHub.Benchmarks.Pages;

/// <summary>Asks the real service for its pages, one after the other, as a person does who is alone with it.</summary>
internal sealed class PagesBenchmark(int syncs, int runs, int rounds, bool postgres)
{
    private const double Goal = 200;

    public async Task RunAsync()
    {
        using var place = new Workplace();
        Report.Head($"Pages with {syncs} syncs and {runs} runs", place.Folder);
        var rows = new List<IReadOnlyList<string>>();
        await MeasureAsync("SQLite", place.Sub("sqlite"), null, rows);
        if (postgres)
        {
            await using var databases = await PostgresDatabases.StartAsync();
            await MeasureAsync("PostgreSQL", place.Sub("postgres"), await databases.NextAsync(), rows);
        }

        Report.Table(["page", "database", "first ms", "p50 ms", "p95 ms", "p99 ms", "processor ms", "KiB", $"p95 < {Goal:0} ms"], rows);
    }

    private async Task MeasureAsync(string name, string folder, string? server, List<IReadOnlyList<string>> rows)
    {
        await using var service = new Service(folder);
        Directory.CreateDirectory(service.Data);
        var watch = Stopwatch.StartNew();
        await LongHistory.WriteAsync(server is null ? new SqliteDialect(Path.Combine(service.Data, "kestra-github.db")) : new PostgresDialect(server), syncs, runs);
        for (var i = 0; i < syncs; i++) await File.WriteAllTextAsync(Path.Combine(service.Definitions, LongHistory.Flow(i) + ".yml"), Definition(i));
        Report.Line(string.Create(CultureInfo.InvariantCulture, $"{name}: the history was made in {watch.Elapsed.TotalSeconds:0} s"));
        service.Settings["GitHub__PollInterval"] = "PT0S";
        if (server is not null) service.Settings["Storage__ConnectionString"] = server;
        await service.StartAsync();
        foreach (var path in Paths())
        {
            var first = await AskAsync(service, path);
            var times = new List<double>();
            var (bytes, before) = (0L, Proc.Cpu(service.Id));
            for (var i = 0; i < rounds; i++)
            {
                (var took, bytes) = await AskAsync(service, path);
                times.Add(took);
            }

            var processor = (Proc.Cpu(service.Id) - before).TotalMilliseconds / rounds;
            times.Sort();
            string At(double share) => times.At(share).In("0");
            rows.Add([$"`{path}`", name, first.Took.In("0"), At(.5), At(.95), At(.99), processor.In("0"), (bytes / 1024).ToString(CultureInfo.InvariantCulture), times.At(.95) < Goal ? "yes" : "**no**"]);
            Report.Line($"{name} {path}: p95 {At(.95)} ms, processor {processor.In("0")} ms");
        }
    }

    private IEnumerable<string> Paths()
    {
        var some = syncs / 2;
        var sync = $"main/{LongHistory.Namespace(some)}/{LongHistory.Flow(some)}";
        return
        [
            "/", "/?show=failing", "/?q=t7%20sync&sort=last", "/?sort=name&page=100", "/?by=day", "/?by=week", "/runs", "/runs?state=failed", $"/runs?sync={sync}", $"/syncs/{sync}", "/drift",
            "/repositories", "/jobs", "/audit", "/api/v1/main/syncs?limit=50", "/api/v1/main/syncs", "/api/v1/runs?limit=50", "/api/v1/deliveries?limit=50",
        ];
    }

    private static async Task<(double Took, long Bytes)> AskAsync(Service service, string path)
    {
        var began = Stopwatch.GetTimestamp();
        using var answer = await service.Http.GetAsync(path);
        var body = await answer.Content.ReadAsByteArrayAsync();
        var took = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        if (!answer.IsSuccessStatusCode) throw new BenchmarkException($"{path} answered {(int)answer.StatusCode}.");
        return (took, body.Length);
    }

    private static string Definition(int sync) => $$$"""
        id: {{{LongHistory.Flow(sync)}}}
        namespace: {{{LongHistory.Namespace(sync)}}}
        tasks:
          - id: git
            type: io.kestra.plugin.git.SyncFlows
            url: https://git.invalid/acme/flows
            branch: main
            targetNamespace: {{{LongHistory.Namespace(sync)}}}
        triggers:
          - id: on_push
            type: io.kestra.plugin.core.trigger.Webhook
            key: a-key-of-a-benchmark
        """;
}
