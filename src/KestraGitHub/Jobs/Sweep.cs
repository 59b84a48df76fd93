using KestraGitHub.Runs;
using Microsoft.Extensions.Options;
using Quartz;

namespace KestraGitHub.Jobs;

/// <summary>When Quartz sweeps.</summary>
internal sealed class Sweep(ISchedulerFactory factory, IOptions<RunOptions> options)
{
    /// <summary>Now, and every so often from now on.</summary>
    public async Task SetAsync(CancellationToken ct)
    {
        var quartz = await factory.GetScheduler(ct);
        var trigger = TriggerBuilder.Create().WithIdentity("sweep").ForJob(SweepJob.Key).StartNow()
            .WithSchedule(SimpleScheduleBuilder.Create().WithInterval(options.Value.Sweep).RepeatForever()).Build();
        await quartz.ScheduleTrigger(trigger, TriggerConflict.Replace, ct);
    }
}
