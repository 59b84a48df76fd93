using System.Security.Claims;
using KestraGitHub.Access;
using KestraGitHub.Definitions;
using KestraGitHub.Runs;
using KestraGitHub.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace KestraGitHub.Api;

/// <summary>Suspending one sync, or every sync.</summary>
internal static class PauseEndpoints
{
    public static void MapPauses(this IEndpointRouteBuilder routes)
    {
        Describe(routes.MapPost("/{tenant}/syncs/{namespace}/{flow}/suspend", SuspendAsync), "SuspendSync", "Suspend a sync", "Syncs", Policies.Operator);
        Describe(routes.MapPost("/{tenant}/syncs/{namespace}/{flow}/resume", ResumeAsync), "ResumeSync", "Let a suspended sync go on", "Syncs", Policies.Operator, takesBody: false);
        Describe(routes.MapPost("/suspend", SuspendAllAsync), "SuspendAll", "Suspend every sync", "Service", Policies.Admin);
        Describe(routes.MapPost("/resume", ResumeAllAsync), "ResumeAll", "End the pause of every sync", "Service", Policies.Admin, takesBody: false);
    }

    private static void Describe(RouteHandlerBuilder route, string name, string summary, string tag, string policy, bool takesBody = true)
    {
        route.WithName(name).WithSummary(summary).WithTags(tag).RequireAuthorization(policy).ProducesProblem(StatusCodes.Status404NotFound);
        if (!takesBody) return;
        route.WithDescription("Runs wait, visibly, until it is over; one that has begun goes on to its end. The body may be left out.")
            .WithMetadata(new RequestSizeLimitAttribute(JsonBody.MostBytes), new OpenApiBody(typeof(PauseWish), PauseWish.Example))
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status415UnsupportedMediaType);
    }

    private static async Task<Results<Ok<SyncAnswer>, ProblemHttpResult>> SuspendAsync(
        string tenant, string @namespace, string flow, HttpRequest request, ClaimsPrincipal user, SyncDesk desk, PauseDesk pauses, TimeProvider time, CancellationToken ct)
    {
        var key = new SyncKey(tenant, @namespace, flow);
        if (await SyncEndpoints.VisibleAsync(key, user, desk, ct) is null) return Problems.NotFound("sync");
        var wish = await PauseWish.ReadAsync(request, time.GetUtcNow(), ct);
        await pauses.SuspendAsync(key, wish.Reason, user.Identity?.Name, wish.Until, ct);
        return TypedResults.Ok(SyncAnswer.From((await desk.GetAsync(key, ct))!, request.PathBase));
    }

    private static async Task<Results<Ok<SyncAnswer>, ProblemHttpResult>> ResumeAsync(
        string tenant, string @namespace, string flow, HttpRequest request, ClaimsPrincipal user, SyncDesk desk, PauseDesk pauses, CancellationToken ct)
    {
        var key = new SyncKey(tenant, @namespace, flow);
        if (await SyncEndpoints.VisibleAsync(key, user, desk, ct) is null) return Problems.NotFound("sync");
        await pauses.ResumeAsync(key, ct);
        return TypedResults.Ok(SyncAnswer.From((await desk.GetAsync(key, ct))!, request.PathBase));
    }

    private static async Task<Results<Ok<Pause>, ProblemHttpResult>> SuspendAllAsync(
        HttpRequest request, ClaimsPrincipal user, PauseDesk pauses, TimeProvider time, CancellationToken ct)
    {
        if (AccessScope.Of(user).Limited) return Problems.NotFound("service");
        var wish = await PauseWish.ReadAsync(request, time.GetUtcNow(), ct);
        await pauses.SuspendAsync(null, wish.Reason, user.Identity?.Name, wish.Until, ct);
        return TypedResults.Ok((await pauses.AllAsync(ct))[default]);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> ResumeAllAsync(ClaimsPrincipal user, PauseDesk pauses, CancellationToken ct)
    {
        if (AccessScope.Of(user).Limited) return Problems.NotFound("service");
        await pauses.ResumeAsync(null, ct);
        return TypedResults.NoContent();
    }
}
