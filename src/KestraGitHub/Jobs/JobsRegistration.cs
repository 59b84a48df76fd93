using System.Globalization;
using KestraGitHub.Runs;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Quartz;

namespace KestraGitHub.Jobs;

internal static class JobsRegistration
{
    /// <summary>Threads for schedules and sweeps beside those of the runs.</summary>
    private const int Spare = 3;

    /// <summary>Adds Quartz with its store in memory: the run rows are the durable queue. A clustered store takes its place here, for many nodes.</summary>
    public static IServiceCollection AddJobs(this IServiceCollection services, IConfiguration configuration)
    {
        // What is no number here is named when the section is checked, before anything starts.
        var workers = int.TryParse(configuration["Runs:Workers"], CultureInfo.InvariantCulture, out var set) && set > 0 ? set : new RunOptions().Workers;
        services.AddSingleton<IJobScheduler, QuartzJobScheduler>();
        services.AddSingleton<Schedules>();
        services.AddHostedService<JobsStartup>();
        services.AddQuartz(quartz =>
        {
            quartz.UseInMemoryStore(_ => { });
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
}
