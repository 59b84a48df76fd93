using System.Security.Claims;
using KestraGitHub.Access;
using KestraGitHub.Definitions;
using KestraGitHub.Runs;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace KestraGitHub.Api;

/// <summary><c>/api/v1/{tenant}/syncs/{namespace}/{flow}/rollback</c> and <c>/release</c>.</summary>
internal static class RollbackEndpoints
{
    public static void MapRollbacks(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/{tenant}/syncs/{namespace}/{flow}").WithTags("Syncs").RequireAuthorization(Policies.Operator);
        group.MapPost("/rollback", RollBackAsync).WithName("RollBackSync").WithSummary("Roll a sync back to an earlier run or commit")
            .WithDescription("Give one of `run` and `revision`. What its branches point to now is held: no webhook and no schedule applies it again, until a newer commit comes or it is released.")
            .WithMetadata(new RequestSizeLimitAttribute(JsonBody.MostBytes), new OpenApiBody(typeof(RollbackWish), """{"revision": "1f3c9a2", "reason": "it broke the night run"}"""))
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status415UnsupportedMediaType);
        group.MapPost("/release", ReleaseAsync).WithName("ReleaseSync").WithSummary("Release what is held since a rollback")
            .WithDescription("The next run applies what the branches point to.")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Results<Accepted<RunAnswer>, ProblemHttpResult>> RollBackAsync(
        string tenant, string @namespace, string flow, HttpRequest request, ClaimsPrincipal user, RollbackDesk desk, CancellationToken ct)
    {
        var key = new SyncKey(tenant, @namespace, flow);
        if (!AccessScope.Of(user).Allows(key)) return Problems.NotFound("sync");
        var wish = await JsonBody.TextsAsync(request, ["run", "revision", "reason"], ct);
        var asked = await desk.RollBackAsync(
            key, wish.GetValueOrDefault("run"), wish.GetValueOrDefault("revision"), wish.GetValueOrDefault("reason"), new("api", By: user.Identity?.Name), ct);
        return asked.Outcome switch
        {
            RollbackOutcome.Accepted => TypedResults.Accepted($"{request.PathBase}/api/v1/runs/{asked.Run!.Id}", RunAnswer.From(asked.Run, [], sources: [])),
            RollbackOutcome.Refused => Problems.Conflict(asked.Why),
            RollbackOutcome.Bad => Problems.Bad(asked.Why),
            _ => Problems.NotFound("sync"),
        };
    }

    private static async Task<Results<Ok<SyncAnswer>, ProblemHttpResult>> ReleaseAsync(
        string tenant, string @namespace, string flow, HttpRequest request, ClaimsPrincipal user, RollbackDesk desk, SyncDesk syncs, CancellationToken ct)
    {
        var key = new SyncKey(tenant, @namespace, flow);
        if (await SyncEndpoints.VisibleAsync(key, user, syncs, ct) is null) return Problems.NotFound("sync");
        if (!await desk.ReleaseAsync(key, ct)) return Problems.Conflict("Nothing is held: the sync was not rolled back, or was released already.");
        return TypedResults.Ok(SyncAnswer.From((await syncs.GetAsync(key, ct))!, request.PathBase));
    }
}
