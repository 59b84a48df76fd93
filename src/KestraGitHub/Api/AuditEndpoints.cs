using System.Security.Claims;
using KestraGitHub.Access;
using KestraGitHub.Definitions;
using KestraGitHub.Storage;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KestraGitHub.Api;

/// <summary><c>/api/v1/audit</c>.</summary>
internal static class AuditEndpoints
{
    public static void MapAudit(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/audit", ListAsync).WithTags("Audit").WithName("ListAudit").WithSummary("Who asked for which change, newest first")
            .WithDescription("Every change that was asked for by a page or by this API, also those that were refused. `next` is the cursor of the next page; it is null at the end.")
            .ProducesProblem(StatusCodes.Status400BadRequest);

    private static async Task<Results<Ok<PageAnswer<AuditAnswer>>, ProblemHttpResult>> ListAsync(
        string? limit, string? cursor, ClaimsPrincipal user, AuditStore audit, CancellationToken ct)
    {
        if (PageWish.Parse(limit, cursor, out var fault) is not { } wish) return Problems.Bad(fault!);
        var scope = AccessScope.Of(user);
        var page = await ScopedPages.ReadAsync(wish, (count, from) => audit.QueryAsync(count, from, ct), row => scope.Allows(row.Sync));
        return page is null ? RunEndpoints.BadCursor() : TypedResults.Ok(new PageAnswer<AuditAnswer>([.. page.Items.Select(AuditAnswer.From)], page.Next));
    }
}

/// <summary>One change that somebody asked for.</summary>
/// <param name="Actor">The name of the token.</param>
/// <param name="Way"><c>page</c> or <c>api</c>.</param>
/// <param name="Sync">Null where it was about no sync, or about all.</param>
/// <param name="RunId">The run that it began, or was about.</param>
/// <param name="Result"><c>done</c>, <c>refused</c> or <c>failed</c>.</param>
/// <param name="Status">Of the answer, as HTTP counts.</param>
public sealed record AuditAnswer(
    DateTimeOffset At, string Actor, string Role, string Way, string Action, SyncKey? Sync, string? RunId, string? Detail, string Result, int Status)
{
    internal static AuditAnswer From(AuditRow row) => new(
        row.At, row.Actor, row.Role, row.Way, row.Action, row.Sync == SyncKey.None ? null : row.Sync, row.RunId, row.Detail, row.Result, row.Status);
}
