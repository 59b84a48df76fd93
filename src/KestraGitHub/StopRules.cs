namespace KestraGitHub;

/// <summary>How the service ends: requests in hand are answered, runs are given back, and it is over within the thirty seconds that orchestrators give.</summary>
internal static class StopRules
{
    /// <summary>What is left of the thirty seconds is for closing the database.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static IServiceCollection AddStopRules(this IServiceCollection services) =>
        services.Configure<HostOptions>(host => host.ShutdownTimeout = Patience);
}
