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
        });
    }

    private static Results<NoContent, ProblemHttpResult> Pull(ClaimsPrincipal user, [FromServices] DefinitionsPull? pull)
    {
        if (AccessScope.Of(user).Limited) return Problems.NotFound("service");
        if (pull is not { IsOn: true }) return Problems.Conflict("The definitions come from a folder, which is watched. Set Definitions:Git:Url to take them from Git.");
        pull.Wake();
        return TypedResults.NoContent();
    }
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
}

/// <param name="Since">When it was put in force.</param>
public sealed record DefinitionsCommit(string Commit, string Message, string Author, DateTimeOffset Since);

/// <param name="Faults">One a line, each with its place and cure.</param>
public sealed record RefusedDefinitions(string Commit, DateTimeOffset? At, string? Faults);
