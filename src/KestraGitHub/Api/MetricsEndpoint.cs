using Microsoft.AspNetCore.Http.HttpResults;

namespace KestraGitHub.Api;

/// <summary><c>/metrics</c>, in Prometheus' text format.</summary>
internal static class MetricsEndpoint
{
    public static void MapMetrics(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/metrics", Write).WithTags("Metrics").WithName("Metrics").WithSummary("Metrics, in Prometheus' text format")
            .Produces<string>(StatusCodes.Status200OK, "text/plain");

    private static ContentHttpResult Write(MetricsBook metrics) =>
        TypedResults.Content(metrics.Write(), "text/plain; version=0.0.4; charset=utf-8");
}
