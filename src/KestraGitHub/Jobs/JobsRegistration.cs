using System.Globalization;
using KestraGitHub.Runs;
using KestraGitHub.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Quartz;

namespace KestraGitHub.Jobs;

internal static class JobsRegistration
{
    /// <summary>Threads for schedules and sweeps beside those of the runs.</summary>
    private const int Spare = 3;

    /// <summary>
    /// Adds Quartz: with its store in memory on SQLite, for the run rows are the durable queue; with its clustered store on PostgreSQL, which spreads
    /// wake-ups and schedules over the nodes.
    /// </summary>
    public static IServiceCollection AddJobs(this IServiceCollection services, IConfiguration configuration)
    {
        // What is no number here is named when the section is checked, before anything starts.
        var workers = int.TryParse(configuration["Runs:Workers"], CultureInfo.InvariantCulture, out var set) && set > 0 ? set : new RunOptions().Workers;
        services.AddSingleton<IJobScheduler, QuartzJobScheduler>();
        services.AddSingleton<Schedules>();
        services.AddSingleton<Sweep>();
        services.AddHostedService<JobsStartup>();
        services.AddHostedService<ScheduleKeeper>();
        services.AddQuartz(quartz =>
        {
            if (StorageOptions.IsPostgres(configuration)) UseClusteredStore(quartz, configuration);
            else quartz.UseInMemoryStore(_ => { });
            quartz.AddSchedulerListener<SchedulerTrouble>();
            quartz.UseDefaultThreadPool(workers + Spare);
            quartz.UseExecutionLimits(limits => limits.ForGroup(WakeJob.Group, workers));
        });
        services.AddQuartzHostedService(hosted =>
        {
            hosted.WaitForJobsToComplete = true;
            hosted.AwaitApplicationStarted = true;
        });
        return services;
    }

    /// <summary>Makes the tables of the clustered store where they are missing, as a start does.</summary>
    public static async Task ProvisionAsync(IConfiguration configuration, CancellationToken ct)
    {
        if (!StorageOptions.IsPostgres(configuration)) return;
        var services = new ServiceCollection().AddLogging();
        services.AddQuartz(quartz => UseClusteredStore(quartz, configuration));
        await using var provider = services.BuildServiceProvider();
        var quartz = await provider.GetRequiredService<ISchedulerFactory>().GetScheduler(ct);
        await quartz.Shutdown(waitForJobsToComplete: false, ct);
    }

    private static void UseClusteredStore(IQuartzBuilder quartz, IConfiguration configuration)
    {
        quartz.ConfigureScheduler(scheduler =>
        {
            scheduler.InstanceName = "kestra-github";
            // Taken literally: two nodes of one name would take each other's work for their own, and recover none of it.
            scheduler.InstanceId = $"{Environment.MachineName}-{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}-{Guid.NewGuid():N}";
            // What another node stored is found within this; it is the least that Quartz takes.
            scheduler.IdleWaitTime = TimeSpan.FromSeconds(1);
        });
        quartz.UsePersistentStore(store =>
        {
            store.UsePostgres(NpgsqlFactory.Instance, PostgresAddress.Pooled(configuration["Storage:ConnectionString"]!));
            store.UseClustering(cluster =>
            {
                cluster.CheckinInterval = TimeSpan.FromSeconds(2);
                cluster.CheckinMisfireThreshold = TimeSpan.FromSeconds(4);
            });
            store.ConfigureStore(options => options.StoreJobDataAsStrings = true);
            store.ProvisionSchema();
        });
    }
}
