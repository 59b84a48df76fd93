using KestraGitHub.Definitions;
using Quartz;

namespace KestraGitHub.Jobs;

/// <summary>What Quartz has to hold for the Schedule triggers of the definitions.</summary>
internal static class ScheduleTriggers
{
    public const string Group = "schedules";

    /// <summary>By sync; a schedule may need two of Quartz's, because its cron knows no "day of month or day of week".</summary>
    public static IReadOnlyDictionary<SyncKey, IReadOnlyList<ITrigger>> Of(DefinitionCatalog catalog) => catalog.Entries
        .Select(e => e.Definition).OfType<Definition>().Where(d => !d.Disabled)
        .ToDictionary(
            d => d.Key,
            d => (IReadOnlyList<ITrigger>)[.. d.Schedules.Where(s => !s.Disabled).SelectMany(s => TriggersOf(d.Key, s))]);

    public static (SyncKey Sync, string Trigger) Origin(ITrigger trigger) =>
        (SyncJobData.SyncOf(trigger.JobDataMap), SyncJobData.Text(trigger.JobDataMap, SyncJobData.TriggerId));

    /// <summary>Asked of its cron: a trigger itself knows of nothing before it was made, and what was missed lies there.</summary>
    public static DateTimeOffset? MomentAfter(ITrigger trigger, DateTimeOffset time) => trigger is ICronTrigger { CronExpressionString: { } cron } schedule
        ? new CronExpression(cron, schedule.TimeZone).GetNextValidTimeAfter(time)
        : null;

    /// <summary>The key holds everything that the trigger is made of: a changed schedule is another trigger, and the same one has one key on every node.</summary>
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
}
