using System.Security.Claims;
using KestraGitHub.Access;
using KestraGitHub.Runs;
using KestraGitHub.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace KestraGitHub.Api;

/// <summary>What is said to a plan that waits: <c>/api/v1/runs/{id}/approve</c> and <c>/reject</c>.</summary>
internal static class ApprovalEndpoints
{
    public static void MapApprovals(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/runs/{id}").WithTags("Runs").RequireAuthorization(Policies.Operator);
        group.MapPost("/approve", ApproveAsync).WithName("ApproveRun").WithSummary("Approve the plan that a run waits with")
            .WithDescription("The approval is for that plan only: when anything of it moved, nothing is written. `plan` names the plan that was looked at; it may be left out.")
            .WithMetadata(new RequestSizeLimitAttribute(JsonBody.MostBytes), new OpenApiBody(typeof(ApprovalWish), """{"plan": "0f3c8a7d5e6b4a1f9c2d7e8b6a5f4c3d"}"""))
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status415UnsupportedMediaType);
        group.MapPost("/reject", RejectAsync).WithName("RejectRun").WithSummary("Reject the plan that a run waits with")
            .WithDescription("The run ends as cancelled; nothing is written.")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Results<Ok<RunAnswer>, ProblemHttpResult>> ApproveAsync(
        string id, HttpRequest request, ClaimsPrincipal user, RunStore runs, ApprovalDesk desk, CancellationToken ct)
    {
        if (await RunEndpoints.VisibleAsync(id, user, runs, ct) is not { } run) return Problems.NotFound("run");
        var plan = (await JsonBody.TextsAsync(request, ["plan"], ct)).GetValueOrDefault("plan");
        if (plan is { Length: 0 }) return Problems.Bad("plan is empty: leave it out, or name the plan.");
        return await desk.ApproveAsync(run, plan, user.Identity?.Name, ct) ? await AnswerAsync(id, runs, desk, ct) : await NotWaitingAsync(id, runs, ct);
    }

    private static async Task<Results<Ok<RunAnswer>, ProblemHttpResult>> RejectAsync(
        string id, ClaimsPrincipal user, RunStore runs, ApprovalDesk desk, CancellationToken ct)
    {
        if (await RunEndpoints.VisibleAsync(id, user, runs, ct) is null) return Problems.NotFound("run");
        return await desk.RejectAsync(id, user.Identity?.Name, ct) ? await AnswerAsync(id, runs, desk, ct) : await NotWaitingAsync(id, runs, ct);
    }

    private static async Task<Results<Ok<RunAnswer>, ProblemHttpResult>> AnswerAsync(string id, RunStore runs, ApprovalDesk desk, CancellationToken ct) =>
        TypedResults.Ok(RunAnswer.From((await runs.GetAsync(id, ct))!, await runs.ChangesAsync(id, ct), sources: await runs.SourcesAsync(id, ct)) with
        {
            Approval = ApprovalAnswer.From(await desk.PlanAsync(id, ct)),
        });

    private static async Task<ProblemHttpResult> NotWaitingAsync(string id, RunStore runs, CancellationToken ct)
    {
        var run = await runs.GetAsync(id, ct);
        return Problems.Conflict(run is { State: RunState.Waiting, WaitingFor: Waits.Approval }
            ? "The run waits with another plan by now. Look at it, and approve that one."
            : $"The run does not wait for approval: it is {run?.State.ToString().ToLowerInvariant() ?? "gone"}{(run?.WaitingFor is { } other ? $" and waits for {other}" : "")}.");
    }
}
