using System.Diagnostics.Metrics;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>What the queue tells about itself. While the database does not answer it tells nothing, and the other metrics are still there.</summary>
internal sealed class QueueMetrics : IHostedService, IDisposable
{
    private readonly Meter _meter = new("KestraGitHub");
    private readonly FreshLook<QueueDepth> _depth;

    public QueueMetrics(RunStore runs, TimeProvider time)
    {
        _depth = new(TimeSpan.FromSeconds(1), runs.DepthAsync, time);
        _meter.CreateObservableGauge("kestra_github_runs", States, description: "Runs that have not ended, by state.");
        _meter.CreateObservableGauge("kestra_github_runs_due", () => Each(d => d.Due), description: "Runs whose time has come and that no worker has taken yet.");
        _meter.CreateObservableGauge(
            "kestra_github_oldest_due_run_age", () => Each(d => d.OldestAge.TotalSeconds), "s", "For how long the oldest due run has waited; 0 when none does.");
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<long>> States() => _depth.Now() is not { } depth ? [] :
    [
        new(depth.Queued, new KeyValuePair<string, object?>("state", "queued")),
        new(depth.Waiting, new KeyValuePair<string, object?>("state", "waiting")),
        new(depth.Running, new KeyValuePair<string, object?>("state", "running")),
    ];

    private IEnumerable<Measurement<T>> Each<T>(Func<QueueDepth, T> value)
        where T : struct => _depth.Now() is { } depth ? [new(value(depth))] : [];
}
