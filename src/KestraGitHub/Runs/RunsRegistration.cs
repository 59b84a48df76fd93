using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace KestraGitHub.Runs;

internal static class RunsRegistration
{
    public static IServiceCollection AddRuns(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<RunOptions>().Bind(configuration.GetSection("Runs"), o => o.ErrorOnUnknownConfiguration = true)
            .Validate(o => o.Workers is >= 1 and <= 256, "Runs:Workers is the number of runs at once: 1 to 256.")
            .Validate(o => o.Lease >= TimeSpan.FromSeconds(3), "Runs:Lease must be at least 00:00:03.")
            .Validate(o => o.MaxAttempts >= 1, "Runs:MaxAttempts counts the first attempt too: at least 1.")
            .ValidateOnStart();
        services.AddSingleton<SyncRunner>();
        services.AddSingleton<RunWorker>();
        services.AddSingleton<SyncDesk>();
        return services;
    }
}
