using KestraGitHub.Access;
using KestraGitHub.Api;
using KestraGitHub.Cli;
using KestraGitHub.Configuration;
using KestraGitHub.Dashboard;
using KestraGitHub.Definitions;
using KestraGitHub.Git;
using KestraGitHub.GitHub;
using KestraGitHub.Jobs;
using KestraGitHub.Kestra;
using KestraGitHub.Notifications;
using KestraGitHub.Runs;
using KestraGitHub.Storage;
using KestraGitHub.Webhooks;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace KestraGitHub;

/// <summary>The table of contents: which parts there are, and in which order they come. No logic.</summary>
internal static class KestraGitHubHost
{
    public static async Task<int> ServeAsync(string[] args)
    {
        try
        {
            await using var app = Create(args);

            // Before the host starts, which would write what is refused here as an exception with its stack.
            if (!BuildTime.IsNow) await PrepareAsync(app.Services);
            await app.RunAsync();
            return 0;
        }
        catch (Exception e) when (e is ConfigurationException or StorageRefusedException or IOException { InnerException: AddressInUseException })
        {
            // Expected: a person reads this, so it is a sentence and no stack trace.
            await Console.Error.WriteLineAsync(e.Message);
            return ConfigurationException.ExitCode;
        }
    }

    /// <summary>The settings that <see cref="ServeAsync"/> would have, without anything that it starts.</summary>
    public static DescribedConfiguration Describe(IReadOnlyList<string> args)
    {
        var builder = Builder([.. args]);
        using var services = builder.Services.BuildServiceProvider();
        var faults = new List<string>();
        try
        {
            services.CheckConfiguration();
        }
        catch (ConfigurationException e)
        {
            faults.AddRange(e.Faults);
        }

        return new DescribedConfiguration(builder.Configuration, [.. services.GetServices<BoundSection>()], faults);
    }

    private static Task PrepareAsync(IServiceProvider services)
    {
        services.CheckConfiguration();
        return services.OpenStorageAsync();
    }

    public static WebApplication Create(string[] args)
    {
        var app = Builder(args).Build();
        app.UseApi();
        app.UseAccess();
        app.MapWebhooks();
        app.MapApi();
        app.MapDashboard();
        return app;
    }

    private static WebApplicationBuilder Builder(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        var configuration = builder.Configuration;
        builder.Services
            .AddLoggingRules()
            .AddSingleton(TimeProvider.System)
            .AddSingleton(DefinitionEnvironmentOf)
            .AddSingleton(DefinitionBuildOf)
            .AddSingleton(HealthFactsOf)
            .AddSingleton(GitHubCredentials.Of)
            .AddSingleton(WebhookRulesOf)
            .AddStorage(configuration)
            .AddGit(configuration)
            .AddKestra(configuration)
            .AddGitHub(configuration)
            .AddNotifications(configuration)
            .AddRuns(configuration)
            .AddAccess(configuration)
            .AddWebhooks(configuration)
            .AddHostedService<DeliveryRecovery>()
            .AddApi(configuration)
            .AddDashboard()
            .AddJobs(configuration)
            .AddStopRules()
            .AddSystemd()
            .StayQuietAtBuildTime();

        return builder;
    }

    private static DefinitionEnvironment DefinitionEnvironmentOf(IServiceProvider services)
    {
        var kestra = services.GetRequiredService<IOptions<KestraOptions>>().Value;
        return new DefinitionEnvironment(kestra.Tenant, kestra.ToTargets(), EnvironmentSecrets.Secret, EnvironmentSecrets.Variable);
    }

    private static Func<IReadOnlyList<(string File, byte[] Content)>, DefinitionCatalog, DefinitionCatalog> DefinitionBuildOf(IServiceProvider services)
    {
        var environment = services.GetRequiredService<DefinitionEnvironment>();
        return (files, before) => DefinitionCatalogBuilder.Build([.. files.Select(f => (f.File, DefinitionParser.Parse(f.File, f.Content, environment)))], before);
    }

    private static WebhookRules WebhookRulesOf(IServiceProvider services) =>
        new(WatchedRefs.Matches, PathFilter.Matches) { Pushed = services.GetRequiredService<DefinitionsPull>().Wake };

    private static HealthFacts HealthFactsOf(IServiceProvider services)
    {
        var servers = services.GetRequiredService<KestraServers>();
        var definitions = services.GetRequiredService<DefinitionsPull>();
        return new HealthFacts(() => (servers.Status.Count, servers.Status.Count(s => s.Reachable == false))) { Definitions = () => definitions.Standing };
    }
}
