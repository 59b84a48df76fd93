namespace KestraGitHub.Configuration;

/// <summary>Refuses the start, with everything that is wrong at once.</summary>
internal sealed class ConfigurationCheck(IServiceProvider services) : IHostedLifecycleService
{
    public static void Check(IServiceProvider services)
    {
        var all = services.GetServices<BoundSection>().ToList();
        var faults = all.SelectMany(s => s.Faults(services))
            .Concat(all.GroupBy(s => s.Name, StringComparer.OrdinalIgnoreCase)
                .SelectMany(g => UnknownKeys.In(g.First().Configuration.GetSection(g.Key), [.. g.Select(s => s.Type)])))
            .Concat(ListenAddresses.Faults(services.GetService<IConfiguration>()))
            .Distinct()
            .ToList();
        if (faults.Count > 0) throw new ConfigurationException(faults);
    }

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        Check(services);
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
