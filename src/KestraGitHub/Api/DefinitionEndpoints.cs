using System.Security.Claims;
using KestraGitHub.Access;
using KestraGitHub.Runs;
using KestraGitHub.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace KestraGitHub.Api;

/// <summary><c>/api/v1/definitions</c>: where the definitions come from, and whether the newest ones are in force.</summary>
internal static class DefinitionEndpoints
{
    public static void MapDefinitions(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/definitions").WithTags("Service");
        group.MapGet("/", GetAsync).WithName("GetDefinitions").WithSummary("Where the definitions come from, and which are in force")
            .WithDescription("`refused` is a newer commit that has faults: what was in force before it stays.").ProducesProblem(StatusCodes.Status404NotFound);
        group.MapPost("/pull", Pull).WithName("PullDefinitions").WithSummary("Look at the repository of the definitions now").RequireAuthorization(Policies.Admin)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        group.MapGet("/history", HistoryAsync).WithName("GetDefinitionsHistory").WithSummary("Which commits of the definitions were in force, or refused")
            .WithDescription("Newest first, at most 200. Empty where the definitions come from a folder.")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
        group.MapPost("/rollback", RollBackAsync).WithName("RollBackDefinitions").WithSummary("Go back to a commit of the definitions that was in force before")
            .WithDescription("It is checked as a whole, put in force on every node, and held: newer commits of the branch are not taken until `follow`.")
            .WithMetadata(new RequestSizeLimitAttribute(JsonBody.MostBytes), new OpenApiBody(typeof(DefinitionsRollbackWish), """{"commit": "5d41402abc4b2a76b9719d911017c592aa3c1f00"}"""))
            .RequireAuthorization(Policies.Admin)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status415UnsupportedMediaType);
        group.MapPost("/follow", FollowAsync).WithName("FollowDefinitions").WithSummary("Follow the branch of the definitions again after a rollback")
            .RequireAuthorization(Policies.Admin).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Results<Ok<DefinitionsHistoryAnswer>, ProblemHttpResult>> HistoryAsync(
        string? limit, ClaimsPrincipal user, [FromServices] DefinitionsPull? pull, CancellationToken ct)
    {
        if (AccessScope.Of(user).Limited) return Problems.NotFound("service");
        if (PageWish.Parse(limit, null, out var fault) is not { } wish) return Problems.Bad(fault!);
        var history = pull is { IsOn: true } ? await pull.HistoryAsync(ct) : [];
        return TypedResults.Ok(new DefinitionsHistoryAnswer(string.IsNullOrEmpty(limit) ? history : [.. history.Take(wish.Limit)]));
    }

    private static async Task<Results<Ok<DefinitionsAnswer>, ProblemHttpResult>> RollBackAsync(
        HttpRequest request, ClaimsPrincipal user, DefinitionFolder folder, [FromServices] DefinitionsPull? pull, CancellationToken ct)
    {
        if (AccessScope.Of(user).Limited) return Problems.NotFound("service");
        if (pull is not { IsOn: true }) return FromFolder();
        if ((await JsonBody.TextsAsync(request, ["commit"], ct)).GetValueOrDefault("commit") is not { Length: > 0 } commit)
            return Problems.Bad($"Say which commit, as in {JsonBody.ExampleOf(request)}.");
        AuditTrail.Note(request.HttpContext, commit);
        return await pull.RollBackAsync(commit, user.Identity?.Name ?? "", ct) switch
        {
            null => await GetAsync(user, folder, pull, ct),
            { IsKnown: false } => Problems.NotFound("commit"),
            var refusal => Problems.Conflict(refusal.Why),
        };
    }

    private static async Task<Results<Ok<DefinitionsAnswer>, ProblemHttpResult>> FollowAsync(
        ClaimsPrincipal user, DefinitionFolder folder, [FromServices] DefinitionsPull? pull, CancellationToken ct)
    {
        if (AccessScope.Of(user).Limited) return Problems.NotFound("service");
        if (pull is not { IsOn: true }) return FromFolder();
        if (!await pull.FollowBranchAsync(user.Identity?.Name ?? "", ct)) return Problems.Conflict("The branch is followed already: nobody went back to an earlier commit.");
        return await GetAsync(user, folder, pull, ct);
    }

    private static async Task<Results<Ok<DefinitionsAnswer>, ProblemHttpResult>> GetAsync(
        ClaimsPrincipal user, DefinitionFolder folder, [FromServices] DefinitionsPull? pull, CancellationToken ct)
    {
        if (AccessScope.Of(user).Limited) return Problems.NotFound("service");
        var entries = folder.Catalog.Entries;
        var counts = new DefinitionCounts(entries.Count(e => e.Definition is not null), entries.Count(e => e.Broken));
        if (pull is not { IsOn: true }) return TypedResults.Ok(new DefinitionsAnswer("folder", counts));
        var state = await pull.StateAsync(ct);
        return TypedResults.Ok(new DefinitionsAnswer("git", counts)
        {
            Url = pull.Address, Branch = pull.Source.Branch, Directory = pull.Source.Directory, Error = pull.Trouble,
            InForce = state is { Commit.Length: > 0 } ? new(state.Commit, state.Message, state.Author, state.Since) : null,
            Refused = state is { Refused: { } commit } ? new(commit, state.RefusedAt, state.Refusal) : null,
            Held = state is { HeldBy: { } by } ? new(by, state.HeldAt) : null, Head = pull.Head,
        });
    }

    private static Results<NoContent, ProblemHttpResult> Pull(ClaimsPrincipal user, [FromServices] DefinitionsPull? pull)
    {
        if (AccessScope.Of(user).Limited) return Problems.NotFound("service");
        if (pull is not { IsOn: true }) return FromFolder();
        pull.Wake();
        return TypedResults.NoContent();
    }

    private static ProblemHttpResult FromFolder() =>
        Problems.Conflict("The definitions come from a folder, which is watched. Set Definitions:Git:Url to take them from Git.");
}

/// <param name="From"><c>folder</c> or <c>git</c>.</param>
public sealed record DefinitionsAnswer(string From, DefinitionCounts Counts)
{
    public string? Url { get; init; }

    public string? Branch { get; init; }

    public string? Directory { get; init; }

    /// <summary>Why the repository could not be looked at last.</summary>
    public string? Error { get; init; }

    public DefinitionsCommit? InForce { get; init; }

    public RefusedDefinitions? Refused { get; init; }

    /// <summary>Somebody went back to what is in force: the branch is not followed.</summary>
    public HeldDefinitions? Held { get; init; }

    /// <summary>Where the branch was when this node looked last.</summary>
    public string? Head { get; init; }
}

/// <param name="Commit">In full; one of those that were in force.</param>
public sealed record DefinitionsRollbackWish(string Commit);

/// <param name="By">The name of a token.</param>
public sealed record HeldDefinitions(string By, DateTimeOffset? Since);

/// <param name="Items">Newest first.</param>
public sealed record DefinitionsHistoryAnswer(IReadOnlyList<DefinitionsEvent> Items);

/// <param name="Since">When it was put in force.</param>
public sealed record DefinitionsCommit(string Commit, string Message, string Author, DateTimeOffset Since);

/// <param name="Faults">One a line, each with its place and cure.</param>
public sealed record RefusedDefinitions(string Commit, DateTimeOffset? At, string? Faults);
