using KestraGitHub.Definitions;
using KestraGitHub.Runs;
using Microsoft.Extensions.DependencyInjection;
using Quartz;

namespace KestraGitHub.Jobs;

/// <summary>Wake-ups by Quartz: one trigger for each sync, of which only the earliest is kept.</summary>
internal sealed class QuartzJobScheduler(ISchedulerFactory factory, IServiceProvider services, TimeProvider time) : IJobScheduler
{
    // By itself Quartz gives what waited for a minute the present time, and so the last place in a line that is longer than that: whoever waited
    // longest would begin anew, while those who came later pass by.
    private static readonly SimpleScheduleBuilder InTheirOrder =
        SimpleScheduleBuilder.Create().WithMisfireInstruction(SimpleTriggerMisfireInstruction.IgnoreMisfires);

    public async ValueTask WakeAsync(SyncKey sync, TimeSpan delay, CancellationToken ct)
    {
        var quartz = await factory.GetScheduler(ct);
        if (await quartz.GetStatus(ct) is SchedulerStatus.ShuttingDown or SchedulerStatus.Shutdown) return;
        var trigger = TriggerBuilder.Create()
            .WithIdentity(sync.ToString(), WakeJob.Group)
            .WithExecutionGroup(WakeJob.Group)
            .ForJob(WakeJob.Key)
            .UsingJobData(SyncJobData.Of(sync))
            .StartAt(time.GetUtcNow() + delay)
            .WithSchedule(InTheirOrder)
            .Build();
        await quartz.ScheduleTrigger(trigger, TriggerConflict.KeepEarlier, ct);
    }

    // Asked of the container because the schedules in turn wake syncs.
    public ValueTask<DateTimeOffset?> NextFireAsync(SyncKey sync, CancellationToken ct) =>
        ValueTask.FromResult(services.GetRequiredService<Schedules>().NextFire(sync));
}
