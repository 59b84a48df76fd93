using KestraGitHub.Access;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace KestraGitHub.Api;

/// <summary>The REST API, its documents, health and metrics.</summary>
internal static class ApiRegistration
{
    public static IServiceCollection AddApi(this IServiceCollection services, IConfiguration configuration)
    {
        services.ConfigureHttpJsonOptions(o => ApiJson.Configure(o.SerializerOptions));
        services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(HealthFacts.None);
        services.AddSingleton<MetricsBook>();
        services.AddHostedService(s => s.GetRequiredService<MetricsBook>());
        services.AddTelemetry(configuration);
        return services.AddOpenApiDocument();
    }

    /// <summary>Before <c>UseAccess</c>: errors on the paths for machines become problems.</summary>
    public static WebApplication UseApi(this WebApplication app)
    {
        app.UseWhen(c => AccessRules.ForMachines(c.Request.Path), machines => machines.Use(ApiErrors.Handle));
        return app;
    }

    /// <summary>After <c>UseAccess</c>, which also guards the page of the document.</summary>
    public static WebApplication MapApi(this WebApplication app)
    {
        var routes = app.MapGroup(string.Empty).AnswerHead();
        var api = routes.MapGroup("/api/v1").AddEndpointFilter(Idempotency.AnswerAsync);
        api.MapSyncs();
        api.MapPauses();
        api.MapRuns();
        api.MapApprovals();
        api.MapRollbacks();
        api.MapUndo();
        api.MapClones();
        api.MapDeliveries();
        api.MapDefinitions();
        api.MapAudit();
        routes.MapHealth();
        routes.MapMetrics();
        routes.MapSchema();
        routes.MapProblemPages();
        app.MapOpenApiDocument();
        return app;
    }
}
