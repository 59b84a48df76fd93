using System.Diagnostics.Metrics;
using KestraGitHub.Kestra;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>
/// What somebody wants to be woken for: syncs that failed last, definitions that do not load, servers that do not answer, notifications that do not arrive.
/// Every node says the same of the first and the last; a sum over nodes counts them twice.
/// </summary>
internal sealed class StandingMetrics : IHostedService, IDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly string[] Endings = ["succeeded", "failed", "cancelled"];

    private readonly Meter _meter = new("KestraGitHub");
    private readonly Lock _gate = new();
    private readonly RunStore _runs;
    private readonly DefinitionFolder _definitions;
    private readonly KestraServers _servers;
    private readonly TimeProvider _time;
    private StandingCounts? _standing;
    private long? _lookedAt;

    public StandingMetrics(RunStore runs, DefinitionFolder definitions, KestraServers servers, TimeProvider time)
    {
        (_runs, _definitions, _servers, _time) = (runs, definitions, servers, time);
        _meter.CreateObservableGauge("kestra_github_syncs", LastRuns, description: "Syncs by how their last run ended.");
        _meter.CreateObservableGauge("kestra_github_definitions", Definitions, description: "Files of definitions: those in force, and those with faults.");
        _meter.CreateObservableGauge("kestra_github_kestra_reachable", Servers, description: "1 for a Kestra that answered last, 0 for one that did not.");
        _meter.CreateObservableGauge(
            "kestra_github_notifications_due", NotificationsDue, description: "Notifications that have not arrived.");
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<long>> LastRuns() =>
        Look() is not { } standing ? [] : Endings.Select(e => new Measurement<long>(standing.LastRuns.GetValueOrDefault(e), new KeyValuePair<string, object?>("last_run", e)));

    private IEnumerable<Measurement<long>> NotificationsDue() => Look() is { } standing ? [new(standing.NotificationsDue)] : [];

    private IEnumerable<Measurement<int>> Definitions()
    {
        var entries = _definitions.Catalog.Entries;
        yield return new(entries.Count(e => e.Definition is not null), new KeyValuePair<string, object?>("state", "loaded"));
        yield return new(entries.Count(e => e.Broken), new KeyValuePair<string, object?>("state", "broken"));
    }

    private IEnumerable<Measurement<int>> Servers() => _servers.Status.Where(s => s.Reachable is not null)
        .Select(s => new Measurement<int>(s.Reachable == true ? 1 : 0, new KeyValuePair<string, object?>("server", s.Address), new KeyValuePair<string, object?>("tenant", s.Tenant)));

    /// <summary>Null while the database does not answer; the others are still there.</summary>
    private StandingCounts? Look()
    {
        lock (_gate)
        {
            if (_lookedAt is { } at && _time.GetElapsedTime(at) < Fresh) return _standing;
            using var limit = new CancellationTokenSource(Patience);
            try
            {
                _standing = Task.Run(() => _runs.StandingAsync(limit.Token), limit.Token).WaitAsync(limit.Token).GetAwaiter().GetResult();
            }
#pragma warning disable CA1031 // Whatever keeps the database from answering, the reader of metrics gets the others.
            catch (Exception)
#pragma warning restore CA1031
            {
                _standing = null;
            }

            _lookedAt = _time.GetTimestamp();
            return _standing;
        }
    }
}
