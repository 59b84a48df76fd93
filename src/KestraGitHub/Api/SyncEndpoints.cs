using System.Security.Claims;
using KestraGitHub.Access;
using KestraGitHub.Definitions;
using KestraGitHub.Reconciliation;
using KestraGitHub.Runs;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace KestraGitHub.Api;

/// <summary><c>/api/v1/{tenant}/syncs</c>.</summary>
internal static class SyncEndpoints
{
    public static void MapSyncs(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/{tenant}/syncs").WithTags("Syncs");
        group.MapGet("/", ListAsync).WithName("ListSyncs").WithSummary("The syncs of a tenant, with their last and current run")
            .WithDescription("All of them; with `limit` a page. `next` is the cursor of the next page; it is null at the end.").WithETag().ProducesProblem(StatusCodes.Status400BadRequest);
        group.MapGet("/{namespace}/{flow}", GetAsync).WithName("GetSync").WithSummary("One sync").WithETag()
            .ProducesProblem(StatusCodes.Status404NotFound);
        group.MapPost("/{namespace}/{flow}/runs", StartAsync).WithName("StartRun").WithSummary("Start a run")
            .WithDescription("The body may be left out. `dryRun` plans and changes nothing; " +
                "`revision` reads a commit, branch or tag instead of the task's branch; `force` tries again what failed for good, or is held since a rollback; `onConflict` says which side wins this time where both changed.")
            .RequireAuthorization(Policies.Operator)
            .WithMetadata(new RequestSizeLimitAttribute(JsonBody.MostBytes), new OpenApiBody(typeof(RunWish), """{"dryRun": true}"""))
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status415UnsupportedMediaType);
        group.MapPost("/{namespace}/{flow}/drift", CheckDriftAsync).WithName("CheckDrift").WithSummary("Look for drift now")
            .WithDescription("Looks whether Kestra still holds what was applied, and writes nothing. It costs one small call while nothing moved.")
            .RequireAuthorization(Policies.Operator)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Results<Ok<PageAnswer<SyncAnswer>>, ProblemHttpResult>> ListAsync(
        string tenant, string? limit, string? cursor, HttpRequest request, ClaimsPrincipal user, SyncDesk desk, CancellationToken ct)
    {
        if (PageWish.Parse(limit, cursor, out var fault) is not { } wish) return Problems.Bad(fault!);
        var scope = AccessScope.Of(user);
        IReadOnlyList<SyncKey> keys = [.. desk.Keys.Where(k => k.Tenant == tenant && scope.Allows(k))];
        if (KeyPages.Of(keys, k => k.ToString(), string.IsNullOrEmpty(limit) ? null : wish.Limit, wish.Cursor) is not { } page) return RunEndpoints.BadCursor();
        var views = await desk.ViewsAsync(page.Items, ct);
        return TypedResults.Ok(new PageAnswer<SyncAnswer>([.. views.Select(v => SyncAnswer.From(v, request.PathBase))], page.Next));
    }

    private static async Task<Results<Ok<SyncAnswer>, ProblemHttpResult>> GetAsync(
        string tenant, string @namespace, string flow, HttpRequest request, ClaimsPrincipal user, SyncDesk desk, CancellationToken ct)
    {
        return await VisibleAsync(new SyncKey(tenant, @namespace, flow), user, desk, ct) is { } view
            ? TypedResults.Ok(SyncAnswer.From(view, request.PathBase))
            : Problems.NotFound("sync");
    }

    internal static async Task<SyncView?> VisibleAsync(SyncKey key, ClaimsPrincipal user, SyncDesk desk, CancellationToken ct) =>
        AccessScope.Of(user).Allows(key) ? await desk.GetAsync(key, ct) : null;

    private static async Task<Results<Accepted<RunAnswer>, ProblemHttpResult>> StartAsync(
        string tenant, string @namespace, string flow, HttpRequest request, ClaimsPrincipal user, SyncDesk desk, CancellationToken ct)
    {
        var key = new SyncKey(tenant, @namespace, flow);
        if (!AccessScope.Of(user).Allows(key)) return Problems.NotFound("sync");
        var wish = await RunWish.ReadAsync(request, ct);
        AuditTrail.Note(request.HttpContext, RunWords(wish));
        var asked = await desk.RequestRunAsync(key, wish.DryRun ?? false, wish.Revision, new("api", By: user.Identity?.Name), ct, wish.Force ?? false, wish.OnConflict);
        return asked.Outcome switch
        {
            RunRequestOutcome.Accepted => TypedResults.Accepted($"{request.PathBase}/api/v1/runs/{asked.Run!.Id}", RunAnswer.From(asked.Run, [], sources: [])),
            RunRequestOutcome.Broken => Problems.Broken(key, asked.Faults),
            RunRequestOutcome.Disabled => Problems.Conflict($"The sync {key} is disabled. Remove `disabled: true` from its file, or ask for a dry run."),
            RunRequestOutcome.BadRevision => Problems.Bad("revision must be a commit id, or the name of a branch or tag."),
            _ => Problems.NotFound("sync"),
        };
    }

    private static string RunWords(RunWish wish) => string.Join(
        ", ",
        new[] { wish.DryRun == true ? "dry run" : null, wish.Force == true ? "forced" : null, wish.OnConflict is { } wins ? $"onConflict: {wins.Word()}" : null }.OfType<string>());

    private static async Task<Results<Ok<DriftAnswer>, ProblemHttpResult>> CheckDriftAsync(
        string tenant, string @namespace, string flow, ClaimsPrincipal user, [FromServices] DriftCheck check, SyncDesk desk, CancellationToken ct)
    {
        var key = new SyncKey(tenant, @namespace, flow);
        if (!AccessScope.Of(user).Allows(key)) return Problems.NotFound("sync");
        return await check.RunAsync(key, ct) switch
        {
            DriftCheckOutcome.Checked when await desk.GetAsync(key, ct) is { } view => TypedResults.Ok(DriftAnswer.From(view.Drift)),
            DriftCheckOutcome.Running => Problems.Conflict($"A run of {key} is going on, which looks itself. Ask again when it has ended."),
            DriftCheckOutcome.Off => Problems.Conflict($"The sync {key} is disabled or does not load, and is not looked at. Mend its file, or remove `disabled: true`."),
            _ => Problems.NotFound("sync"),
        };
    }
}
