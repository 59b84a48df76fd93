using KestraGitHub.Runs;
using KestraGitHub.Storage;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace KestraGitHub.Webhooks;

internal static class WebhookRegistration
{
    /// <summary>Everything but <see cref="WebhookRules"/> and <see cref="IJobScheduler"/>, which the composition root brings.</summary>
    public static IServiceCollection AddWebhooks(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<WebhookOptions>()
            .Bind(configuration.GetSection(WebhookOptions.Section), binder => binder.ErrorOnUnknownConfiguration = true)
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<WebhookOptions>, WebhookOptionsValidator>();

        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(new WebhookSecretFile(Path.Combine(configuration["Data:Path"] ?? "data", "webhook-secret")));
        services.AddSingleton<WebhookSecrets>();
        services.AddHostedService(provider => provider.GetRequiredService<WebhookSecrets>());

        services.TryAddSingleton(provider => new Inbox(
            sync => provider.GetRequiredService<DefinitionFolder>().Catalog.Find(sync)?.Definition,
            provider.GetRequiredService<DeliveryStore>().AcceptAsync));
        services.AddSingleton<BodyReader>();
        services.AddSingleton<WebhookReceiver>();

        services.TryAddSingleton<WakeQueue>();
        services.AddHostedService(provider => provider.GetRequiredService<WakeQueue>());
        return services;
    }
}
