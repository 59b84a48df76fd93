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
    private static readonly string[] Endings = ["succeeded", "failed", "cancelled"];

    private readonly Meter _meter = new("KestraGitHub");
    private readonly FreshLook<StandingCounts> _standing;
    private readonly DefinitionFolder _definitions;
    private readonly KestraServers _servers;

    public StandingMetrics(RunStore runs, DefinitionFolder definitions, KestraServers servers, TimeProvider time)
    {
        (_standing, _definitions, _servers) = (new(TimeSpan.FromSeconds(5), runs.StandingAsync, time), definitions, servers);
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
        _standing.Now() is not { } standing ? [] : Endings.Select(e => new Measurement<long>(standing.LastRuns.GetValueOrDefault(e), new KeyValuePair<string, object?>("last_run", e)));

    private IEnumerable<Measurement<long>> NotificationsDue() => _standing.Now() is { } standing ? [new(standing.NotificationsDue)] : [];

    private IEnumerable<Measurement<int>> Definitions()
    {
        var entries = _definitions.Catalog.Entries;
        yield return new(entries.Count(e => e.Definition is not null), new KeyValuePair<string, object?>("state", "loaded"));
        yield return new(entries.Count(e => e.Broken), new KeyValuePair<string, object?>("state", "broken"));
    }

    private IEnumerable<Measurement<int>> Servers() => _servers.Status.Where(s => s.Reachable is not null)
        .Select(s => new Measurement<int>(s.Reachable == true ? 1 : 0, new KeyValuePair<string, object?>("server", s.Address), new KeyValuePair<string, object?>("tenant", s.Tenant)));
}
