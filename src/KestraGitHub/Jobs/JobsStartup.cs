using KestraGitHub.Definitions;
using KestraGitHub.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Quartz;

namespace KestraGitHub.Jobs;

/// <summary>Sets the clocks once the store and the definitions are there: picks up what a crash left, follows the definitions, sweeps.</summary>
internal sealed partial class JobsStartup(
    ISchedulerFactory factory, Database database, RunStore runs, DefinitionFolder definitions, Schedules schedules, Sweep sweep, ILogger<JobsStartup> logger)
    : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // Where nobody else may work on the database, whoever held a run before is dead, whatever its lease says.
        var recovered = await runs.RecoverAsync(all: !database.Shared, cancellationToken);
        if (recovered > 0) LogRecovered(logger, recovered);

        var quartz = await factory.GetScheduler(cancellationToken);
        await quartz.AddJob(JobBuilder.Create<WakeJob>().WithIdentity(WakeJob.Key).StoreDurably().RequestRecovery().Build(), AddJobOptions.Replacing, cancellationToken);
        await quartz.AddJob(JobBuilder.Create<ScheduleJob>().WithIdentity(ScheduleJob.Key).StoreDurably().RequestRecovery().Build(), AddJobOptions.Replacing, cancellationToken);
        await quartz.AddJob(JobBuilder.Create<SweepJob>().WithIdentity(SweepJob.Key).StoreDurably().Build(), AddJobOptions.Replacing, cancellationToken);
        await sweep.SetAsync(cancellationToken);

        definitions.Changed += Follow;
        await schedules.ApplyAsync(definitions.Catalog, cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        definitions.Changed -= Follow;
        return Task.CompletedTask;
    }

    private void Follow(DefinitionCatalog catalog) => _ = FollowAsync(catalog);

    private async Task FollowAsync(DefinitionCatalog catalog)
    {
        try
        {
            await schedules.ApplyAsync(catalog, CancellationToken.None);
        }
#pragma warning disable CA1031 // The boundary of an event: nobody above could do more than log it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogNotFollowed(logger, e);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "{Count} runs were interrupted when the service last stopped; they start anew")]
    private static partial void LogRecovered(ILogger logger, int count);

    [LoggerMessage(2, LogLevel.Error, "The schedules could not follow the changed definitions")]
    private static partial void LogNotFollowed(ILogger logger, Exception error);
}
