using Microsoft.Extensions.Options;

namespace KestraGitHub.Kestra;

internal static class KestraRegistration
{
    /// <summary>The servers of the section <c>Kestra</c>; a fault in it stops the start.</summary>
    public static IServiceCollection AddKestra(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<KestraOptions>()
            .Bind(configuration.GetSection(KestraOptions.Section), binder => binder.ErrorOnUnknownConfiguration = true)
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<KestraOptions>, Validator>();
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<KestraOptions>>().Value);
        services.AddSingleton(provider => new KestraServers(
            provider.GetRequiredService<KestraOptions>(),
            provider.GetService<TimeProvider>() ?? TimeProvider.System,
            provider.GetRequiredService<ILogger<KestraServers>>()));
        services.AddHostedService<KestraProbing>();
        return services;
    }

    private sealed class Validator : IValidateOptions<KestraOptions>
    {
        public ValidateOptionsResult Validate(string? name, KestraOptions options)
        {
            var faults = options.Faults([]);
            return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
        }
    }
}
