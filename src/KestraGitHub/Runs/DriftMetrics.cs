using System.Diagnostics.Metrics;
using KestraGitHub.Definitions;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>Drift in numbers, one series for each sync. While the database does not answer it tells nothing.</summary>
internal sealed class DriftMetrics : IHostedService, IDisposable
{
    /// <summary>So many syncs are told of one by one, those with most drift first.</summary>
    private const int MostSyncs = 500;

    private readonly Meter _meter = new("KestraGitHub");
    private readonly FreshLook<IReadOnlyDictionary<SyncKey, DriftKnown>> _known;

    public DriftMetrics(DriftStore drifts, TimeProvider time)
    {
        _known = new(TimeSpan.FromSeconds(1), ct => drifts.AllAsync(null, ct), time);
        _meter.CreateObservableGauge("kestra_github_drifted_objects", () => Each(k => k.Objects.Count), description: "Objects that Kestra holds otherwise than they were applied, by sync.");
        _meter.CreateObservableGauge(
            "kestra_github_drift_checked", () => Each(k => k.Looks.Min(l => l.At) is { } at ? at.ToUnixTimeMilliseconds() / 1000d : 0), "s", "When each sync's targets were looked at last, as seconds since 1970.");
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<double>> Each(Func<DriftKnown, double> value) =>
        (_known.Now() ?? new Dictionary<SyncKey, DriftKnown>()).OrderByDescending(k => k.Value.Objects.Count).Take(MostSyncs).Select(k => new Measurement<double>(value(k.Value), new KeyValuePair<string, object?>("sync", k.Key.ToString())));
}
