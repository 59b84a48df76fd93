using Quartz;

namespace KestraGitHub.Jobs;

/// <summary>A Schedule trigger's time has come. One at a time: a cron that became two of Quartz's may fire twice in one second, and the second must see the first.</summary>
[DisallowConcurrentExecution]
internal sealed class ScheduleJob(Schedules schedules, TimeProvider time) : IJob
{
    public static JobKey Key { get; } = new("schedule");

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) =>
        await schedules.FireAsync(context.Trigger, context.ScheduledFireTimeUtc ?? time.GetUtcNow(), cancellationToken);
}
