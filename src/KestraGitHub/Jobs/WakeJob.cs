using KestraGitHub.Runs;
using Quartz;

namespace KestraGitHub.Jobs;

/// <summary>Wakes one sync. Two at once, or one too many, do no harm: the run row lets only one of them work.</summary>
internal sealed class WakeJob(RunWorker worker) : IJob
{
    /// <summary>Runs are counted apart from schedules and sweeps, so that a full house of runs does not stop the clock.</summary>
    public const string Group = "runs";

    public static JobKey Key { get; } = new("wake");

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) =>
        await worker.RunDueAsync(SyncJobData.SyncOf(context.MergedJobDataMap), cancellationToken);
}
