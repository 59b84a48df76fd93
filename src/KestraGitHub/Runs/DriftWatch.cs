using KestraGitHub.Definitions;
using KestraGitHub.Reconciliation;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>Has every sync looked at on the clock of its own. Of many nodes, the one that moves the clock looks.</summary>
internal sealed partial class DriftWatch(DefinitionFolder definitions, DriftStore drifts, DriftCheck check, TimeProvider time, ILogger<DriftWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    private const int AtOnce = 4;

    // As far as this node knows: it asks the database only when a time has come.
    private readonly Dictionary<SyncKey, (TimeSpan Interval, DateTimeOffset Due)> _due = [];

    /// <summary>Zero: it is not looked at between runs.</summary>
    public static TimeSpan IntervalOf(Definition? definition) =>
        definition is not { Disabled: false } ? TimeSpan.Zero
        : definition.Options.Safety.DriftInterval
            ?? (definition.Options.Safety.OnDrift == OnDrift.PullRequest || definition.Schedules.Any(s => !s.Disabled) ? TimeSpan.FromMinutes(5) : TimeSpan.Zero);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            using var timer = new PeriodicTimer(Tick, time);
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await Parallel.ForEachAsync(Due(), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stoppingToken }, async (sync, ct) => await LookAsync(sync, ct));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Shutting down.
        }
    }

    private List<SyncKey> Due()
    {
        var now = time.GetUtcNow();
        var wanted = new Dictionary<SyncKey, TimeSpan>();
        foreach (var entry in definitions.Catalog.Entries)
            if (entry.Key is { } key && IntervalOf(entry.Definition) is var every && every > TimeSpan.Zero) wanted[key] = every;
        lock (_due)
        {
            foreach (var gone in _due.Keys.Where(k => !wanted.ContainsKey(k)).ToList()) _due.Remove(gone);
            foreach (var (sync, interval) in wanted)
                if (!_due.TryGetValue(sync, out var known) || known.Interval != interval || known.Due > now + interval) _due[sync] = (interval, now);
            return [.. _due.Where(d => d.Value.Due <= now).OrderBy(d => d.Value.Due).Select(d => d.Key)];
        }
    }

    private async Task LookAsync(SyncKey sync, CancellationToken ct)
    {
        TimeSpan interval;
        lock (_due) interval = _due[sync].Interval;
        var left = interval;
        try
        {
            (var mine, left) = await drifts.ClaimAsync(sync, interval, ct);
            if (mine) await check.RunAsync(sync, ct);
        }
#pragma warning disable CA1031 // The boundary of a background loop: one sync's trouble must not stop the others' checks.
        catch (Exception e) when (!ct.IsCancellationRequested)
#pragma warning restore CA1031
        {
            Log.Failed(logger, sync, e.Message.Split('\n', 2)[0]);
        }

        lock (_due) _due[sync] = (interval, time.GetUtcNow() + left);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The drift of {Sync} could not be looked for; it is tried again at its next time. {Reason}")]
        public static partial void Failed(ILogger logger, SyncKey sync, string reason);
    }
}
