using System.Diagnostics.Metrics;
using KestraGitHub.Definitions;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>Drift in numbers, one series for each sync. While the database does not answer it tells nothing.</summary>
internal sealed class DriftMetrics : IHostedService, IDisposable
{
    /// <summary>So many syncs are told of one by one, those with most drift first.</summary>
    private const int MostSyncs = 500;

    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Meter _meter = new("KestraGitHub");
    private readonly Lock _gate = new();
    private readonly DriftStore _drifts;
    private readonly TimeProvider _time;
    private IReadOnlyDictionary<SyncKey, DriftKnown> _known = new Dictionary<SyncKey, DriftKnown>();
    private long? _lookedAt;

    public DriftMetrics(DriftStore drifts, TimeProvider time)
    {
        (_drifts, _time) = (drifts, time);
        _meter.CreateObservableGauge("kestra_github_drifted_objects", () => Each(k => k.Objects.Count), description: "Objects that Kestra holds otherwise than they were applied, by sync.");
        _meter.CreateObservableGauge(
            "kestra_github_drift_checked", () => Each(k => k.Looks.Count == 0 ? 0 : k.Looks.Min(l => l.At).ToUnixTimeMilliseconds() / 1000d), "s", "When each sync's targets were looked at last, as seconds since 1970.");
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<double>> Each(Func<DriftKnown, double> value) =>
        Known().OrderByDescending(k => k.Value.Objects.Count).Take(MostSyncs).Select(k => new Measurement<double>(value(k.Value), new KeyValuePair<string, object?>("sync", k.Key.ToString())));

    private IReadOnlyDictionary<SyncKey, DriftKnown> Known()
    {
        lock (_gate)
        {
            if (_lookedAt is { } at && _time.GetElapsedTime(at) < Fresh) return _known;
            using var limit = new CancellationTokenSource(Patience);
            try
            {
                _known = Task.Run(() => _drifts.AllAsync(null, limit.Token), limit.Token).WaitAsync(limit.Token).GetAwaiter().GetResult();
            }
#pragma warning disable CA1031 // Whatever keeps the database from answering, the reader of metrics gets the others.
            catch (Exception)
#pragma warning restore CA1031
            {
                _known = new Dictionary<SyncKey, DriftKnown>();
            }

            _lookedAt = _time.GetTimestamp();
            return _known;
        }
    }
}
