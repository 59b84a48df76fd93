using System.Collections.Concurrent;
using KestraGitHub.Definitions;
using KestraGitHub.Runs;
using KestraGitHub.Storage;
using Microsoft.Extensions.Logging;
using Quartz;

namespace KestraGitHub.Jobs;

/// <summary>
/// Keeps Quartz's cron triggers equal to the Schedule triggers of the definitions, and runs once what was missed while no server was up. Quartz says
/// when to look; whether a schedule fires is decided by its row, so that it fires once for all servers.
/// </summary>
internal sealed partial class Schedules(
    ISchedulerFactory factory, ScheduleStore fired, IJobScheduler scheduler, TimeProvider time, ILogger<Schedules> logger) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly ConcurrentDictionary<(SyncKey Sync, string Trigger), (ITrigger Trigger, DateTimeOffset At)> _owed = new();
    private bool _started;
    private Dictionary<TriggerKey, ITrigger> _current = [];
    private IReadOnlyDictionary<SyncKey, IReadOnlyList<ITrigger>> _bySync = new Dictionary<SyncKey, IReadOnlyList<ITrigger>>();

    /// <summary>Takes over the catalog: new and changed triggers are set, those that are gone are taken out.</summary>
    public async Task ApplyAsync(DefinitionCatalog catalog, CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            var bySync = ScheduleTriggers.Of(catalog);
            var wanted = bySync.Values.SelectMany(t => t).ToDictionary(t => t.Key);
            await BeginAsync([.. wanted.Values.Where(t => !_current.ContainsKey(t.Key))], ct);

            // What is there may be another node's, or left from before a restart.
            var quartz = await factory.GetScheduler(ct);
            var there = await quartz.GetTriggerKeys(GroupMatcher<TriggerKey>.GroupEquals(ScheduleTriggers.Group), ct);
            foreach (var gone in there.Where(k => !wanted.ContainsKey(k))) await quartz.UnscheduleJob(gone, ct);
            await AddMissingAsync(quartz, wanted, there, ct);
            (_current, _bySync, _started) = (wanted, bySync, true);
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    public DateTimeOffset? NextFire(SyncKey sync)
    {
        var now = time.GetUtcNow();
        return _bySync.GetValueOrDefault(sync)?.Select(t => ScheduleTriggers.MomentAfter(t, now)).Where(t => t is not null).Min();
    }

    /// <summary>A trigger's time has come. Does nothing when its schedule fired since: by another of Quartz's triggers, or on another server.</summary>
    public async Task FireAsync(ITrigger trigger, DateTimeOffset at, CancellationToken ct)
    {
        try
        {
            await QueueAsync(trigger, at, ct);
        }
        catch (StorageUnavailableException e)
        {
            // A schedule that comes once a day must not wait another day because the database was away for a moment.
            var (sync, id) = ScheduleTriggers.Origin(trigger);
            _owed[(sync, id)] = (trigger, at);
            LogOwed(logger, sync, id, e.Message);
        }
    }

    /// <summary>Queues what could not be stored when its time came, and sets again what another node, with other definitions, took out.</summary>
    public async Task KeepAsync(CancellationToken ct)
    {
        foreach (var (schedule, (trigger, at)) in _owed)
        {
            await QueueAsync(trigger, at, ct);
            _owed.TryRemove(new(schedule, (trigger, at)));
        }

        await _one.WaitAsync(ct);
        try
        {
            if (_current.Count == 0) return;
            var quartz = await factory.GetScheduler(ct);
            await AddMissingAsync(quartz, _current, await quartz.GetTriggerKeys(GroupMatcher<TriggerKey>.GroupEquals(ScheduleTriggers.Group), ct), ct);
        }
        finally
        {
            _one.Release();
        }
    }

    private static async Task AddMissingAsync(
        IScheduler quartz, Dictionary<TriggerKey, ITrigger> wanted, IReadOnlyCollection<TriggerKey> there, CancellationToken ct)
    {
        var known = there.ToHashSet();
        foreach (var (key, trigger) in wanted)
            if (!known.Contains(key)) await quartz.ScheduleTrigger(trigger, TriggerConflict.Keep, ct);
    }

    private async Task QueueAsync(ITrigger trigger, DateTimeOffset at, CancellationToken ct)
    {
        var (sync, id) = ScheduleTriggers.Origin(trigger);
        if (await fired.LastFiredAsync(sync, id, ct) is not { } last || ScheduleTriggers.MomentAfter(trigger, last) is not { } due || due > at) return;
        var request = new RunRequest(sync, new RunTrigger("schedule", id), DryRun: false, null, TimeSpan.Zero, new Dictionary<string, string>());
        if (await fired.FireAsync(request, id, last, at, ct)) await scheduler.WakeAsync(sync, TimeSpan.Zero, ct);
    }

    /// <summary>At the start of the service, what was missed while none was up runs once. A trigger that is new, changed or enabled later promised nothing before.</summary>
    private async Task BeginAsync(IReadOnlyList<ITrigger> triggers, CancellationToken ct)
    {
        if (triggers.Count == 0) return;
        var now = time.GetUtcNow();
        var known = await fired.AllAsync(ct);
        foreach (var trigger in triggers)
        {
            var (sync, id) = ScheduleTriggers.Origin(trigger);
            if (_started || !known.TryGetValue((sync, id), out var last))
            {
                await fired.BeginAsync(sync, id, now, ct);
                continue;
            }

            if (ScheduleTriggers.MomentAfter(trigger, last) is not { } missed || missed > now) continue;
            LogMissed(logger, sync, id, missed);
            await FireAsync(trigger, now, ct);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Schedule {Trigger} of {Sync} was due at {Missed} while the service was down: it runs once now")]
    private static partial void LogMissed(ILogger logger, SyncKey sync, string trigger, DateTimeOffset missed);

    [LoggerMessage(2, LogLevel.Warning, "Schedule {Trigger} of {Sync} came while the database was away; it is queued when it is back: {Message}")]
    private static partial void LogOwed(ILogger logger, SyncKey sync, string trigger, string message);
}
