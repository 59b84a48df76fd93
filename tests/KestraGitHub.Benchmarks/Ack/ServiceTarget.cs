using System.Globalization;
using KestraGitHub.Benchmarks.Measuring;

namespace KestraGitHub.Benchmarks.Ack;

/// <summary>
/// The service. Its syncs wait an hour for more pushes, so that only acknowledging is measured: a call joins the run that waits, which is
/// what a busy branch's calls do.
/// </summary>
internal sealed class ServiceTarget(string database, int syncs, PostgresDatabases? postgres = null)
    : Target($"KestraGitHub, {database}, {(syncs == 1 ? "one sync" : $"{syncs} syncs in turn")}")
{
    private Service? _service;

    public override IReadOnlyList<string> Paths { get; } = [.. Enumerable.Range(0, syncs).Select(i => Service.WebhookPath(Flow(i)))];

    public override int Id => _service!.Id;

    public override async Task StartAsync(string folder)
    {
        _service = new Service(folder) { Url = Url };
        for (var i = 0; i < syncs; i++) await File.WriteAllTextAsync(Path.Combine(_service.Definitions, Flow(i) + ".yml"), Definition(i));

        // Nobody listens there, and nobody is asked: no run comes due within the hour.
        _service.Settings["Kestra__Url"] = "http://127.0.0.1:9";
        if (postgres is not null) _service.Settings["Storage__ConnectionString"] = await postgres.NextAsync();
        await _service.StartAsync();
    }

    public override async Task CheckAsync(long accepted)
    {
        var stored = 0L;
        foreach (var line in (await _service!.Http.GetStringAsync("/metrics")).Split('\n'))
            if (line.StartsWith("kestra_github_commit_group_size_sum", StringComparison.Ordinal))
                stored += (long)double.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture);
        if (stored < accepted) throw new BenchmarkException($"{accepted} deliveries were acknowledged, and {stored} stored.");
    }

    public override async ValueTask DisposeAsync()
    {
        if (_service is not null) await _service.DisposeAsync();
    }

    private static string Flow(int i) => string.Create(CultureInfo.InvariantCulture, $"sync_{i:00}");

    private static string Definition(int i) => $"""
        id: {Flow(i)}
        namespace: system
        tasks:
          - id: git
            type: io.kestra.plugin.git.SyncFlows
            url: https://git.example.org/acme/flows
            branch: main
            targetNamespace: company.team{i}
        triggers:
          - id: github
            type: io.kestra.plugin.core.trigger.Webhook
            key: {Service.WebhookKey}
        x-kestra-github:
          debounce: PT1H

        """;
}
