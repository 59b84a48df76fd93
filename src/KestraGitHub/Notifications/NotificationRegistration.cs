using KestraGitHub.Configuration;

namespace KestraGitHub.Notifications;

internal static class NotificationRegistration
{
    public static IServiceCollection AddNotifications(this IServiceCollection services, IConfiguration configuration) => services
        .BindSection<List<NotificationTarget>>(configuration, "Notifications", targets => targets.SelectMany((t, i) => t.Faults($"Notifications:{i}")))
        .AddSingleton<NotificationClient>();
}
