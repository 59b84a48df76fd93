using System.Security.Claims;
using KestraGitHub.Access;
using KestraGitHub.Storage;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KestraGitHub.Api;

/// <summary><c>/api/v1/deliveries</c>.</summary>
internal static class DeliveryEndpoints
{
    public static void MapDeliveries(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/deliveries", ListAsync).WithTags("Deliveries").WithName("ListDeliveries").WithSummary("Webhook calls, newest first")
            .WithDescription("What GitHub sent and what became of it; never the body. `next` is the cursor of the next page; it is null at the end.")
            .ProducesProblem(StatusCodes.Status400BadRequest);

    private static async Task<Results<Ok<PageAnswer<DeliveryAnswer>>, ProblemHttpResult>> ListAsync(
        string? limit, string? cursor, ClaimsPrincipal user, DeliveryStore deliveries, CancellationToken ct)
    {
        if (PageWish.Parse(limit, cursor, out var fault) is not { } wish) return Problems.Bad(fault!);
        var scope = AccessScope.Of(user);
        var page = await ScopedPages.ReadAsync(wish, (count, from) => deliveries.QueryAsync(null, count, from, ct), d => scope.Allows(d.Sync));
        return page is null
            ? RunEndpoints.BadCursor()
            : TypedResults.Ok(new PageAnswer<DeliveryAnswer>([.. page.Items.Select(DeliveryAnswer.From)], page.Next));
    }
}
