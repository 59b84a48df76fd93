using KestraGitHub.Storage;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KestraGitHub.Api;

/// <summary><c>/health</c>: open, and names nothing.</summary>
internal static class HealthEndpoints
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/health").AllowAnonymous().WithTags("Health");
        group.MapGet("/live", Live).WithName("Live").WithSummary("The process answers");
        group.MapGet("/ready", ReadyAsync).WithName("Ready").WithSummary("The service can do its own work")
            .WithDescription("A Kestra that is away does not make it unready: deliveries are still taken and kept.")
            .Produces<ReadyAnswer>(StatusCodes.Status503ServiceUnavailable);
    }

    private static Ok<LiveAnswer> Live() => TypedResults.Ok(new LiveAnswer("ok"));

    private static async Task<Results<Ok<ReadyAnswer>, JsonHttpResult<ReadyAnswer>>> ReadyAsync(
        DefinitionFolder definitions, RunStore runs, HealthFacts facts, TimeProvider time, CancellationToken ct)
    {
        var queue = await QueueAsync(runs, time, ct);
        var entries = definitions.Catalog.Entries;
        var (targets, unreachable) = facts.Kestra();
        var answer = new ReadyAnswer(
            queue is null ? "unavailable" : "ready", new(entries.Count(e => e.Definition is not null), entries.Count(e => e.Broken)),
            new(targets, unreachable), queue, facts.Definitions());
        return queue is null ? TypedResults.Json(answer, statusCode: StatusCodes.Status503ServiceUnavailable) : TypedResults.Ok(answer);
    }

    /// <summary>Null when the database does not answer, or not in time.</summary>
    private static async Task<QueueCounts?> QueueAsync(RunStore runs, TimeProvider time, CancellationToken ct)
    {
        try
        {
            var due = await runs.DueAsync(ct).WaitAsync(Patience, ct);
            return new(due.Count, due.Count(d => d.Left == TimeSpan.Zero));
        }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            return null;
        }
    }
}
