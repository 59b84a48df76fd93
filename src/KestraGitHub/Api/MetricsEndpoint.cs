using System.Security.Claims;
using KestraGitHub.Access;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KestraGitHub.Api;

/// <summary><c>/metrics</c>, in Prometheus' text format.</summary>
internal static class MetricsEndpoint
{
    public static void MapMetrics(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/metrics", Write).WithTags("Metrics").WithName("Metrics").WithSummary("Metrics, in Prometheus' text format")
            .Produces<string>(StatusCodes.Status200OK, "text/plain");

    /// <summary>Their labels name all syncs.</summary>
    private static Results<ContentHttpResult, ProblemHttpResult> Write(ClaimsPrincipal user, MetricsBook metrics) => AccessScope.Of(user) is { Limited: true } scope
        ? Problems.Named("forbidden", $"Metrics are of the whole service; this token is limited to {scope}.")
        : TypedResults.Content(metrics.Write(), "text/plain; version=0.0.4; charset=utf-8");
}
