using KestraGitHub.Access;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace KestraGitHub.Dashboard;

/// <summary>The pages. After <c>AddAccess</c> and <c>AddStorage</c>.</summary>
internal static class DashboardRegistration
{
    public static IServiceCollection AddDashboard(this IServiceCollection services)
    {
        services.AddRazorComponents();
        services.AddSingleton<Timeline>().AddSingleton<OverviewDesk>().AddSingleton<PageGuard>().AddSingleton<RunWatch>();
        services.AddSingleton<IStartupFilter>(s => s.GetRequiredService<PageGuard>());
        services.PostConfigure<CookieAuthenticationOptions>(AccessRules.Cookie, options =>
        {
            var scripts = options.Events.OnRedirectToAccessDenied;
            options.Events.OnRedirectToAccessDenied = c => AccessRules.ForMachines(c.Request.Path) ? scripts(c) : PageGuard.Forbidden(c);
        });
        return services;
    }

    public static IEndpointRouteBuilder MapDashboard(this IEndpointRouteBuilder routes)
    {
        var all = routes.MapGroup(string.Empty).AnswerHead();
        all.MapAssets();
        var guard = routes.ServiceProvider.GetRequiredService<PageGuard>();
        var pages = all.MapGroup(string.Empty).ExcludeFromDescription();
        pages.MapSyncPages();
        pages.MapPausePages();
        pages.MapRunPages();
        pages.MapChangePages();
        pages.MapDeliveryPages();
        pages.MapGitHubPages();
        pages.MapDriftPages();
        pages.MapRepositoryPages();
        pages.MapDefinitionPages();
        pages.MapServerPages();
        pages.MapJobPages();
        pages.MapAuditPages();
        pages.MapAboutPages();
        pages.MapSetupPages();
        pages.MapSignInPages();
        ((IEndpointConventionBuilder)pages).Finally(endpoint =>
        {
            if (endpoint.RequestDelegate is { } page) endpoint.RequestDelegate = guard.Around(page);
        });
        return routes;
    }
}
