using System.Globalization;
using System.Security.Claims;
using System.Text.Json;
using KestraGitHub.Access;
using KestraGitHub.Reconciliation;
using KestraGitHub.Runs;
using KestraGitHub.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace KestraGitHub.Api;

/// <summary><c>/api/v1/runs/{id}/journal</c>, and having it back.</summary>
internal static class UndoEndpoints
{
    public static void MapUndo(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/runs/{id}").WithTags("Runs");
        group.MapGet("/journal", ListAsync).WithName("ListJournal").WithSummary("What a run overwrote, added or deleted, and what it was before")
            .WithDescription("Without the bytes. `state` says what became of an object since: planned, written, undone or left.")
            .ProducesProblem(StatusCodes.Status404NotFound);
        group.MapGet("/journal/{position}", ReadAsync).WithName("ReadJournal").WithSummary("The bytes of one object as they were before a run")
            .RequireAuthorization(Policies.Operator)
            .Produces<byte[]>(StatusCodes.Status200OK, "text/plain").ProducesProblem(StatusCodes.Status404NotFound);
        Ask(group.MapPost("/undo", UndoAsync)).WithName("UndoRun").WithSummary("Put back all that a run wrote")
            .WithDescription("Starts a run of its own. What somebody else changed since is left and reported. Git is not changed: the sync's next run writes it again unless Git changes first. " +
                "`objects` names the only ones that are meant, as `flow company.team/hello`; the body may be left out.");
        Ask(group.MapPost("/restore", RestoreAsync)).WithName("RestoreFromRun").WithSummary("Bring back what a run deleted")
            .WithDescription("Starts a run of its own. What exists again is left and reported. `objects` names the only ones that are meant, as `flow company.team/hello`; the body may be left out.");
    }

    private static RouteHandlerBuilder Ask(RouteHandlerBuilder route) => route
        .RequireAuthorization(Policies.Operator)
        .WithMetadata(new RequestSizeLimitAttribute(JsonBody.MostBytes), new OpenApiBody(typeof(UndoBody), UndoBody.Example))
        .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status415UnsupportedMediaType);

    private static async Task<Results<Ok<ListAnswer<JournalAnswer>>, ProblemHttpResult>> ListAsync(
        string id, ClaimsPrincipal user, RunStore runs, UndoDesk desk, CancellationToken ct) =>
        await RunEndpoints.VisibleAsync(id, user, runs, ct) is null
            ? Problems.NotFound("run")
            : TypedResults.Ok(new ListAnswer<JournalAnswer>([.. (await desk.JournalAsync(id, ct)).Select(JournalAnswer.From)]));

    private static async Task<Results<FileStreamHttpResult, ProblemHttpResult>> ReadAsync(
        string id, string position, ClaimsPrincipal user, RunStore runs, UndoDesk desk, HttpResponse response, CancellationToken ct)
    {
        if (await RunEndpoints.VisibleAsync(id, user, runs, ct) is null) return Problems.NotFound("run");
        if (!long.TryParse(position, NumberStyles.None, CultureInfo.InvariantCulture, out var at) || await desk.EntryAsync(id, at, ct) is not { Before.Digest.Length: > 0 } entry)
            return Problems.NotFound("object in the journal of this run, or it was not there before");
        // Whatever it holds, no browser is to take it for a page of ours.
        response.Headers.XContentTypeOptions = "nosniff";
        return TypedResults.Stream(desk.Open(id, entry), "text/plain; charset=utf-8", entry.Key.Id[(entry.Key.Id.LastIndexOf('/') + 1)..] + (entry.Key.Kind == ResourceKind.NamespaceFile ? "" : ".yaml"));
    }

    private static Task<Results<Accepted<RunAnswer>, ProblemHttpResult>> UndoAsync(
        string id, HttpRequest request, ClaimsPrincipal user, RunStore runs, UndoDesk desk, CancellationToken ct) => AskAsync(UndoWish.Undo, id, request, user, runs, desk, ct);

    private static Task<Results<Accepted<RunAnswer>, ProblemHttpResult>> RestoreAsync(
        string id, HttpRequest request, ClaimsPrincipal user, RunStore runs, UndoDesk desk, CancellationToken ct) => AskAsync(UndoWish.Restore, id, request, user, runs, desk, ct);

    private static async Task<Results<Accepted<RunAnswer>, ProblemHttpResult>> AskAsync(
        string kind, string id, HttpRequest request, ClaimsPrincipal user, RunStore runs, UndoDesk desk, CancellationToken ct)
    {
        if (await RunEndpoints.VisibleAsync(id, user, runs, ct) is not { } run) return Problems.NotFound("run");
        var asked = await desk.RequestAsync(run, kind, await UndoBody.ReadAsync(request, ct), user.Identity?.Name, ct);
        return asked switch
        {
            { Run: { } fresh } => TypedResults.Accepted($"{request.PathBase}/api/v1/runs/{fresh.Id}", RunAnswer.From(fresh, [], sources: [])),
            { Unknown: true } => Problems.Bad(asked.Refusal!),
            _ => Problems.Conflict(asked.Refusal!),
        };
    }
}

/// <summary>The body of a request to undo or restore. All of it may be left out.</summary>
/// <param name="Objects">The only objects that are meant, as <c>flow company.team/hello</c>: at least one; left out, all are.</param>
public sealed record UndoBody(IReadOnlyList<string>? Objects = null)
{
    internal const string Example = "{\"objects\": [\"flow company.team/hello\"]}";

    /// <exception cref="BadHttpRequestException">The body is none; the message says why.</exception>
    internal static async Task<IReadOnlyList<string>> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        var members = await JsonBody.MembersAsync(request, ct);
        return members switch
        {
            [] or [("objects", { ValueKind: JsonValueKind.Null })] => [],
            // Whoever chose none did not mean all.
            [("objects", { ValueKind: JsonValueKind.Array } none)] when none.GetArrayLength() == 0 =>
                throw new BadHttpRequestException("objects is empty: leave it out for all, or name some."),
            [("objects", { ValueKind: JsonValueKind.Array } named)] when named.EnumerateArray().All(o => o.ValueKind == JsonValueKind.String) =>
                [.. named.EnumerateArray().Select(o => o.GetString()!)],
            _ => throw new BadHttpRequestException($"The body must be an object such as {Example}, or empty."),
        };
    }
}

/// <summary>One object that a run wrote.</summary>
/// <param name="Action">What the run did: added, updated or deleted.</param>
/// <param name="Server">Of Kestra; of what was pushed, the repository.</param>
/// <param name="Branch">Of what was pushed; null for Kestra.</param>
/// <param name="State">What became of it since.</param>
/// <param name="Before">Null: it was not there.</param>
/// <param name="After">Digest of what the run wrote; null after a delete.</param>
public sealed record JournalAnswer(
    long Position, string Task, string Server, string Tenant, string? Branch, string Kind, string Namespace, string Id, string? Path, string Action, string State, JournalBefore? Before, string? After,
    DateTimeOffset At)
{
    internal static JournalAnswer From(JournalEntry e) => new(
        e.Position, e.Task, e.Target.Server, e.Target.Tenant, e.Target.Branch, e.Key.Kind.Word(), e.Key.Namespace, e.Key.Id, e.Path, e.Action.ToString().ToLowerInvariant(),
        e.State.ToString().ToLowerInvariant(), e.Before is { } b ? new JournalBefore(b.Digest, b.Version.Length > 0 ? b.Version : null, b.Size) : null, e.After?.Digest, e.At);
}

/// <param name="Digest">Git's own name of the bytes; empty where they could not be read, and are not kept.</param>
/// <param name="Revision">What the target counted it by.</param>
/// <param name="Size">Bytes.</param>
public sealed record JournalBefore(string Digest, string? Revision, long Size);
