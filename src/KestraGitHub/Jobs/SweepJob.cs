using KestraGitHub.Runs;
using KestraGitHub.Storage;
using Quartz;

namespace KestraGitHub.Jobs;

/// <summary>Finds what no wake-up told of: runs whose worker died, and due runs that nobody was woken for.</summary>
[DisallowConcurrentExecution]
internal sealed class SweepJob(RunStore runs, IJobScheduler scheduler) : IJob
{
    public static JobKey Key { get; } = new("sweep");

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        await runs.RecoverAsync(all: false, cancellationToken);
        foreach (var (sync, left) in await runs.DueAsync(cancellationToken)) await scheduler.WakeAsync(sync, left, cancellationToken);
    }
}
