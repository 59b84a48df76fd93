using System.Diagnostics.Metrics;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>What the queue tells about itself. While the database does not answer it tells nothing, and the other metrics are still there.</summary>
internal sealed class QueueMetrics : IHostedService, IDisposable
{
    // Instruments are read one by one and cannot wait: one look serves all of them, and a database that is away holds up a reader once.
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Meter _meter = new("KestraGitHub");
    private readonly Lock _gate = new();
    private readonly RunStore _runs;
    private readonly TimeProvider _time;
    private QueueDepth? _depth;
    private long? _lookedAt;

    public QueueMetrics(RunStore runs, TimeProvider time)
    {
        (_runs, _time) = (runs, time);
        _meter.CreateObservableGauge("kestra_github_runs", States, description: "Runs that have not ended, by state.");
        _meter.CreateObservableGauge("kestra_github_runs_due", () => Each(d => d.Due), description: "Runs whose time has come and that no worker has taken yet.");
        _meter.CreateObservableGauge(
            "kestra_github_oldest_due_run_age", () => Each(d => d.OldestAge.TotalSeconds), "s", "For how long the oldest due run has waited; 0 when none does.");
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<long>> States() => Depth() is not { } depth ? [] :
    [
        new(depth.Queued, new KeyValuePair<string, object?>("state", "queued")),
        new(depth.Waiting, new KeyValuePair<string, object?>("state", "waiting")),
        new(depth.Running, new KeyValuePair<string, object?>("state", "running")),
    ];

    private IEnumerable<Measurement<T>> Each<T>(Func<QueueDepth, T> value)
        where T : struct => Depth() is { } depth ? [new(value(depth))] : [];

    private QueueDepth? Depth()
    {
        lock (_gate)
        {
            if (_lookedAt is { } at && _time.GetElapsedTime(at) < Fresh) return _depth;
            _depth = Look();
            _lookedAt = _time.GetTimestamp();
            return _depth;
        }
    }

    private QueueDepth? Look()
    {
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            return Task.Run(() => _runs.DepthAsync(limit.Token), limit.Token).WaitAsync(limit.Token).GetAwaiter().GetResult();
        }
#pragma warning disable CA1031 // Whatever keeps the database from answering, the reader of metrics gets the others.
        catch (Exception)
#pragma warning restore CA1031
        {
            return null;
        }
    }
}
