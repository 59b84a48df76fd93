using System.Collections.Concurrent;
using KestraGitHub.Definitions;
using KestraGitHub.Runs;
using KestraGitHub.Storage;
using Microsoft.Extensions.Logging;
using Quartz;

namespace KestraGitHub.Jobs;

/// <summary>Keeps Quartz's cron triggers equal to the Schedule triggers of the definitions, and runs once what was missed while the service was down.</summary>
internal sealed partial class Schedules(
    ISchedulerFactory factory, ScheduleStore fired, RunStore runs, IJobScheduler scheduler, TimeProvider time, ILogger<Schedules> logger) : IDisposable
{
    private const string Group = "schedules";
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly ConcurrentDictionary<(SyncKey Sync, string Trigger), DateTimeOffset> _owed = new();
    private Dictionary<TriggerKey, ITrigger> _current = [];
    private IReadOnlyDictionary<SyncKey, IReadOnlyList<ITrigger>> _bySync = new Dictionary<SyncKey, IReadOnlyList<ITrigger>>();

    /// <summary>Takes over the catalog: new and changed triggers are set, those that are gone are taken out.</summary>
    public async Task ApplyAsync(DefinitionCatalog catalog, CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            var quartz = await factory.GetScheduler(ct);
            var wanted = new Dictionary<TriggerKey, ITrigger>();
            var bySync = new Dictionary<SyncKey, IReadOnlyList<ITrigger>>();
            foreach (var definition in catalog.Entries.Select(e => e.Definition).OfType<Definition>().Where(d => !d.Disabled))
            {
                var triggers = definition.Schedules.Where(s => !s.Disabled).SelectMany(s => TriggersOf(definition.Key, s)).ToList();
                bySync[definition.Key] = triggers;
                foreach (var trigger in triggers) wanted[trigger.Key] = trigger;
            }

            foreach (var gone in _current.Keys.Except(wanted.Keys)) await quartz.UnscheduleJob(gone, ct);
            foreach (var (key, trigger) in wanted)
            {
                if (_current.ContainsKey(key)) continue;
                await CatchUpAsync(trigger, ct);
                await quartz.ScheduleTrigger(trigger, TriggerConflict.Replace, ct);
            }

            (_current, _bySync) = (wanted, bySync);
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
        return _bySync.GetValueOrDefault(sync)?.Select(t => t.GetFireTimeAfter(now)).Where(t => t is not null).Min();
    }

    /// <summary>Queues the run of a trigger, once for each moment: a cron that became two of Quartz's may fire twice in one second.</summary>
    public async Task FireAsync(SyncKey sync, string trigger, DateTimeOffset at, CancellationToken ct)
    {
        try
        {
            await QueueAsync(sync, trigger, at, ct);
        }
        catch (StorageUnavailableException e)
        {
            // A schedule that comes once a day must not wait another day because the database was away for a moment.
            _owed[(sync, trigger)] = at;
            LogOwed(logger, sync, trigger, e.Message);
        }
    }

    /// <summary>Queues what could not be stored when its time came.</summary>
    public async Task SettleAsync(CancellationToken ct)
    {
        foreach (var ((sync, trigger), at) in _owed)
        {
            await QueueAsync(sync, trigger, at, ct);
            _owed.TryRemove(new((sync, trigger), at));
        }
    }

    private async Task QueueAsync(SyncKey sync, string trigger, DateTimeOffset at, CancellationToken ct)
    {
        if (await fired.LastFiredAsync(sync, trigger, ct) is { } last && last >= at) return;
        var request = new RunRequest(sync, new RunTrigger("schedule", trigger), DryRun: false, null, TimeSpan.Zero, new Dictionary<string, string>());
        await runs.EnqueueAsync(request, merge: true, ct);

        // After the run is stored: a crash in between costs a check too many, not one too few.
        await fired.SetFiredAsync(sync, trigger, at, ct);
        await scheduler.WakeAsync(sync, TimeSpan.Zero, ct);
    }

    private async Task CatchUpAsync(ITrigger trigger, CancellationToken ct)
    {
        var (sync, id) = (SyncJobData.SyncOf(trigger.JobDataMap), SyncJobData.Text(trigger.JobDataMap, SyncJobData.TriggerId));
        var now = time.GetUtcNow();
        if (await fired.LastFiredAsync(sync, id, ct) is not { } last)
        {
            // Seen for the first time: what lies before now was never promised.
            await fired.SetFiredAsync(sync, id, now, ct);
            return;
        }

        if (trigger.GetFireTimeAfter(last) is not { } missed || missed > now) return;
        LogMissed(logger, sync, id, missed);
        await FireAsync(sync, id, now, ct);
    }

    /// <summary>The key holds everything that the trigger is made of: a changed schedule is another trigger.</summary>
    private static IEnumerable<ITrigger> TriggersOf(SyncKey sync, ScheduleTrigger schedule) =>
        CronTranslator.Translate(schedule.Cron, schedule.WithSeconds).Select(cron =>
        {
            var data = SyncJobData.Of(sync);
            data[SyncJobData.TriggerId] = schedule.Id;
            return TriggerBuilder.Create()
                .WithIdentity($"{sync}|{schedule.Id}|{cron}|{schedule.TimeZone}", Group)
                .ForJob(ScheduleJob.Key)
                .UsingJobData(data)
                .WithSchedule(CronScheduleBuilder.Create(cron).InTimeZone(TimeZoneInfo.FindSystemTimeZoneById(schedule.TimeZone))
                    .WithMisfireInstruction(CronTriggerMisfireInstruction.FireAndProceed))
                .Build();
        });

    [LoggerMessage(1, LogLevel.Information, "Schedule {Trigger} of {Sync} was due at {Missed} while the service was down: it runs once now")]
    private static partial void LogMissed(ILogger logger, SyncKey sync, string trigger, DateTimeOffset missed);

    [LoggerMessage(2, LogLevel.Warning, "Schedule {Trigger} of {Sync} came while the database was away; it is queued when it is back: {Message}")]
    private static partial void LogOwed(ILogger logger, SyncKey sync, string trigger, string message);
}
