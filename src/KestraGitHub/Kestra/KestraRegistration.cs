using KestraGitHub.Configuration;

namespace KestraGitHub.Kestra;

internal static class KestraRegistration
{
    /// <summary>The servers of the section <c>Kestra</c>; a fault in it stops the start.</summary>
    public static IServiceCollection AddKestra(this IServiceCollection services, IConfiguration configuration)
    {
        services.BindSection<KestraOptions>(configuration, KestraOptions.Section, options => options.Faults([]));
        services.AddSingleton(provider => new KestraServers(
            provider.GetRequiredService<KestraOptions>(),
            provider.GetService<TimeProvider>() ?? TimeProvider.System,
            provider.GetRequiredService<ILogger<KestraServers>>()));
        services.AddHostedService<KestraProbing>();
        return services;
    }
}
