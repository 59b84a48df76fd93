using Microsoft.Extensions.Options;

namespace KestraGitHub;

/// <summary>What is never logged, whatever the configuration says.</summary>
internal static class LoggingRules
{
    private static readonly (string Category, LogLevel Least)[] Rules =
    [
        // A webhook's path holds its key. These print paths, or put them into a scope.
        ("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None),
        ("Microsoft.AspNetCore.Routing.Matching.DfaMatcher", LogLevel.None),
        ("Microsoft.AspNetCore.HttpLogging", LogLevel.None),
        ("Microsoft.AspNetCore.Server.Kestrel.BadRequests", LogLevel.None),

        // Below this it prints codes and tokens of those who sign in.
        ("Microsoft.AspNetCore.Authentication.OpenIdConnect.OpenIdConnectHandler", LogLevel.Information),

        // With the database away, these write hundreds of lines of stack in a minute; SchedulerTrouble says it in one.
        ("Quartz.Impl.AdoJobStore", LogLevel.None),
        ("Quartz.Core", LogLevel.None),
    ];

    /// <summary>After the configuration's own rules: of two that are equally exact the later one counts.</summary>
    public static IServiceCollection AddLoggingRules(this IServiceCollection services) =>
        services.AddSingleton<IPostConfigureOptions<LoggerFilterOptions>>(new PostConfigureOptions<LoggerFilterOptions>(Options.DefaultName, Add));

    private static void Add(LoggerFilterOptions options)
    {
        // What is configured for one way out (Logging:Console:LogLevel) counts before all that names none, so that ours is added for each.
        string?[] providers = [null, .. options.Rules.Select(r => r.ProviderName).OfType<string>().Distinct()];
        // Deeper categories, which would be more exact than ours.
        foreach (var rule in options.Rules.Where(r => r.CategoryName is { } name && Rules.Any(o => name.StartsWith(o.Category + '.', StringComparison.OrdinalIgnoreCase))).ToList()) options.Rules.Remove(rule);
        foreach (var provider in providers)
        foreach (var (category, least) in Rules)
            options.Rules.Add(new LoggerFilterRule(provider, category, least, null));
    }
}
