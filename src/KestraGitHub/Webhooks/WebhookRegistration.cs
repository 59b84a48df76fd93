using KestraGitHub.Configuration;
using KestraGitHub.Runs;
using KestraGitHub.Storage;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace KestraGitHub.Webhooks;

internal static class WebhookRegistration
{
    /// <summary>Everything but <see cref="WebhookRules"/> and <see cref="IJobScheduler"/>, which the composition root brings.</summary>
    public static IServiceCollection AddWebhooks(this IServiceCollection services, IConfiguration configuration)
    {
        services.BindSection<WebhookOptions>(configuration, WebhookOptions.Section, WebhookOptions.Faults);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<WebhookSecrets>();
        services.AddHostedService(provider => provider.GetRequiredService<WebhookSecrets>());

        services.TryAddSingleton(provider => new Inbox(
            sync => provider.GetRequiredService<DefinitionFolder>().Catalog.Find(sync)?.Definition,
            provider.GetRequiredService<DeliveryStore>().AcceptAsync)
        {
            IsOwnAsync = provider.GetRequiredService<OwnCommitStore>().KnowsAsync,
            SupersedeAsync = provider.GetRequiredService<PullRequestDesk>().SupersedeAsync,
            LetThroughAsync = provider.GetRequiredService<PullRequestDesk>().LetThroughAsync,
            ChecksAsync = provider.GetRequiredService<FanOutInbox>().ChecksAsync,
            AgainAsync = provider.GetRequiredService<CheckDesk>().AgainAsync,
        });
        services.AddSingleton<Aftermath>();
        services.AddSingleton<BodyBlocks>();
        services.AddSingleton<BodyReader>();
        services.AddSingleton<LargeBodies>();
        services.AddSingleton<WebhookMetrics>();
        services.AddHostedService(provider => provider.GetRequiredService<WebhookMetrics>());
        services.AddSingleton<WebhookDoor>();
        services.AddSingleton<WebhookReceiver>();
        services.AddSingleton<FanOutInbox>();
        services.AddSingleton<FanOutReceiver>();

        services.AddSingleton<RecoveryIntake>();
        services.AddSingleton<HookFinder>();
        services.AddSingleton<LostDeliveries>();

        services.TryAddSingleton<WakeQueue>();
        services.AddHostedService(provider => provider.GetRequiredService<WakeQueue>());
        return services;
    }
}
