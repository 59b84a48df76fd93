using System.CommandLine;
using KestraGitHub.Configuration;
using KestraGitHub.Storage;

namespace KestraGitHub.Cli;

/// <summary>The settings of a command beside serving: given and looked for as those of the service, and a refusal is a sentence and an exit code.</summary>
internal static class CommandSettings
{
    /// <summary>A command that acts with <paramref name="settings"/>.</summary>
    public static Command Command(
        string name, string description, IReadOnlyList<string> settings, Func<ParseResult, WebApplicationBuilder, CancellationToken, Task<int>> act)
    {
        var command = new Command(name, description + " Settings as for serving: --Section:Key=value, environment, appsettings.json.");
        command.SetAction(async (result, ct) =>
        {
            try
            {
                return await act(result, Builder(settings), ct);
            }
            catch (Exception e) when (e is ConfigurationException or StorageRefusedException)
            {
                await Console.Error.WriteLineAsync(e.Message);
                return ConfigurationException.ExitCode;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                await Console.Error.WriteLineAsync(e.Message);
                return ExitCodes.Error;
            }
        });
        return command;
    }

    /// <summary>The storage of the service, not yet opened.</summary>
    /// <exception cref="ConfigurationException">Its settings are wrong.</exception>
    public static ServiceProvider Storage(WebApplicationBuilder builder)
    {
        builder.Logging.ClearProviders();
        builder.Services.AddStorage(builder.Configuration);
        var services = builder.Services.BuildServiceProvider();
        services.CheckConfiguration();
        return services;
    }

    private static WebApplicationBuilder Builder(IReadOnlyList<string> settings) =>
        WebApplication.CreateBuilder(new WebApplicationOptions { Args = [.. settings], ContentRootPath = AppContext.BaseDirectory });
}
