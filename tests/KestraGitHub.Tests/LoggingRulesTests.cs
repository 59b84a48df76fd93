using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace KestraGitHub.Tests;

public sealed class LoggingRulesTests
{
    [Theory]
    [InlineData("LogLevel:Default", "Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Critical)]
    [InlineData("LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics", "Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Critical)]
    [InlineData("Console:LogLevel:Default", "Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Critical)]
    [InlineData("Console:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics", "Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Critical)]
    [InlineData("Console:LogLevel:Microsoft.AspNetCore.HttpLogging.HttpLoggingMiddleware", "Microsoft.AspNetCore.HttpLogging.HttpLoggingMiddleware", LogLevel.Critical)]
    [InlineData("Console:LogLevel:Microsoft", "Microsoft.AspNetCore.Authentication.OpenIdConnect.OpenIdConnectHandler", LogLevel.Debug)]
    public void What_prints_secrets_stays_silent_however_the_configuration_asks(string key, string category, LogLevel silent)
    {
        Assert.False(Logger(key, category, rules: true).IsEnabled(silent));
        Assert.True(Logger(key, category, rules: false).IsEnabled(silent));
        Assert.True(Logger(key, "KestraGitHub", rules: true).IsEnabled(LogLevel.Information));
    }

    private static ILogger Logger(string key, string category, bool rules)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create<string, string?>(key, "Trace")]).Build();
        var services = new ServiceCollection().AddLogging(l => l.AddConfiguration(configuration).AddConsole());
        if (rules) services.AddLoggingRules();
        return services.BuildServiceProvider().GetRequiredService<ILoggerFactory>().CreateLogger(category);
    }
}
