using System.Globalization;
using System.Security.Claims;
using KestraGitHub.Access;
using KestraGitHub.Runs;
using KestraGitHub.Storage;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KestraGitHub.Api;

/// <summary><c>/api/v1/runs</c>.</summary>
internal static class RunEndpoints
{
    public static void MapRuns(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/runs").WithTags("Runs");
        group.MapGet("/", ListAsync).WithName("ListRuns").WithSummary("Runs, newest first")
            .WithDescription("The runs of a page leave out `changes`. `next` is the cursor of the next page; it is null at the end.")
            .WithETag().ProducesProblem(StatusCodes.Status400BadRequest);
        group.MapGet("/{id}", GetAsync).WithName("GetRun").WithSummary("One run, with what it changes").WithETag().ProducesProblem(StatusCodes.Status404NotFound);
        group.MapGet("/{id}/events", EventsAsync).WithName("ListRunEvents").WithSummary("The log of a run, oldest first")
            .WithDescription("`after` is the `seq` of the last line that is known already. `GET /runs/{id}/stream` tells the same, and the state, as they come: as server-sent events `line`, " +
                "`state`, `still` (nothing new for a while) and `end`; the id of a line is its `seq`, and the stream goes on after `Last-Event-ID`.")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
        group.MapPost("/{id}/cancel", CancelAsync).WithName("CancelRun").WithSummary("Cancel a run")
            .WithDescription("200 when it waited and is cancelled, 202 when it is running and was asked to stop.")
            .RequireAuthorization(Policies.Operator)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Results<Ok<PageAnswer<RunAnswer>>, ProblemHttpResult>> ListAsync(
        string? tenant, string? @namespace, string? flow, string? state, string? limit, string? cursor, ClaimsPrincipal user, RunStore runs,
        CancellationToken ct)
    {
        if (PageWish.Parse(limit, cursor, out var fault) is not { } wish) return Problems.Bad(fault!);
        if (!TryState(state, out var wanted)) return Problems.Bad("state must be one of " + string.Join(", ", StateWords()) + ".");
        var scope = AccessScope.Of(user);
        if (Given(tenant) is { } asked && !scope.AllowsTenant(asked)) return TypedResults.Ok(new PageAnswer<RunAnswer>([], null));
        var page = await ScopedPages.ReadAsync(
            wish,
            (count, from) => runs.QueryAsync(new(Given(tenant) ?? scope.Tenant, Given(@namespace), Given(flow), wanted, count, from), ct),
            run => scope.Allows(run.Sync));
        return page is null ? BadCursor() : TypedResults.Ok(new PageAnswer<RunAnswer>([.. page.Items.Select(r => RunAnswer.From(r))], page.Next));
    }

    private static async Task<Results<Ok<RunAnswer>, ProblemHttpResult>> GetAsync(
        string id, ClaimsPrincipal user, RunStore runs, ApprovalDesk approvals, Digests digests, CancellationToken ct) =>
        await VisibleAsync(id, user, runs, ct) is { } run
            ? TypedResults.Ok(RunAnswer.From(run, await runs.ChangesAsync(id, ct), digests.Of(run.Sync, id), await runs.SourcesAsync(id, ct)) with
            {
                Approval = ApprovalAnswer.From(await approvals.PlanAsync(id, ct)),
            })
            : Problems.NotFound("run");

    private static async Task<Results<Ok<ListAnswer<RunEvent>>, ProblemHttpResult>> EventsAsync(
        string id, string? after, ClaimsPrincipal user, RunStore runs, CancellationToken ct)
    {
        var from = 0L;
        if (Given(after) is { } text && !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out from))
            return Problems.Bad("after must be a whole number: the seq of an event.");
        return await VisibleAsync(id, user, runs, ct) is null
            ? Problems.NotFound("run")
            : TypedResults.Ok(new ListAnswer<RunEvent>(await runs.EventsAsync(id, from, ct)));
    }

    private static async Task<Results<Ok<RunAnswer>, Accepted<RunAnswer>, ProblemHttpResult>> CancelAsync(
        string id, HttpRequest request, ClaimsPrincipal user, RunStore runs, SyncDesk desk, CancellationToken ct)
    {
        if (await VisibleAsync(id, user, runs, ct) is not { } before) return Problems.NotFound("run");
        if (before.Ended) return Problems.Conflict($"The run has ended already: {Word(before.State)}.");
        if (await desk.CancelAsync(id, user.Identity?.Name, ct) is not { } run) return Problems.NotFound("run");
        var answer = RunAnswer.From(run, await runs.ChangesAsync(id, ct), sources: await runs.SourcesAsync(id, ct));
        return run.Ended ? TypedResults.Ok(answer) : TypedResults.Accepted($"{request.PathBase}/api/v1/runs/{id}", answer);
    }

    internal static ProblemHttpResult BadCursor() => Problems.Bad("cursor must be the next of an earlier page.");

    internal static async Task<RunRow?> VisibleAsync(string id, ClaimsPrincipal user, RunStore runs, CancellationToken ct) =>
        await runs.GetAsync(id, ct) is { } run && AccessScope.Of(user).Allows(run.Sync) ? run : null;

    private static bool TryState(string? text, out RunState? state)
    {
        state = null;
        if (Given(text) is not { } word) return true;
        foreach (var one in Enum.GetValues<RunState>().Where(s => Word(s) == word)) state = one;
        return state is not null;
    }

    internal static IEnumerable<string> StateWords() => Enum.GetValues<RunState>().Select(Word);

    private static string Word(RunState state) => state.ToString().ToLowerInvariant();

    private static string? Given(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
