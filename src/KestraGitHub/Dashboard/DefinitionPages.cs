using KestraGitHub.Access;
using KestraGitHub.Definitions;
using KestraGitHub.Runs;
using KestraGitHub.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace KestraGitHub.Dashboard;

/// <param name="State">What all nodes agree on; null before the first commit was looked at.</param>
/// <param name="Head">Where the branch was when this node looked last.</param>
/// <param name="History">Newest first.</param>
public sealed record DefinitionsGitView(
    string Address, string? Branch, string Directory, string? Trouble, string? Head, DefinitionsInForce? State, IReadOnlyList<DefinitionsEvent> History)
{
    /// <summary>Whether the branch has moved away from what somebody holds.</summary>
    public bool IsAhead => State is { HeldBy: not null } && Head is not null && Head != State.Commit;
}

/// <param name="Folder">Where they are read from; null where they come from Git, and for whoever sees but a part of them.</param>
/// <param name="Git">Null where they come from a folder, and for whoever sees but a part of them.</param>
/// <param name="Fault">Why what was just asked for was not done, as lines.</param>
public sealed record DefinitionsView(string? Folder, DefinitionsGitView? Git, int Loaded, IReadOnlyList<CatalogEntry> Broken, string? Fault);

/// <summary>Where the definitions come from, which are in force, and the way back.</summary>
internal static class DefinitionPages
{
    public static void MapDefinitionPages(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Links.Definitions, All);
        FormCheck.Guard(routes.MapPost(Links.PullDefinitions, Pull).RequireAuthorization(Policies.Admin));
        FormCheck.Guard(routes.MapPost(Links.RollBackDefinitions, RollBack).RequireAuthorization(Policies.Admin));
        FormCheck.Guard(routes.MapPost(Links.FollowDefinitions, Follow).RequireAuthorization(Policies.Admin));
    }

    private static async Task<IResult> All(HttpContext context, DefinitionFolder folder, [FromServices] DefinitionsPull pull, CancellationToken ct) =>
        Answer(context, await ViewAsync(context, folder, pull, null, ct));

    private static async Task<IResult> Pull(HttpContext context, [FromServices] DefinitionsPull pull, CancellationToken ct)
    {
        if (!Reaches(context, pull)) return Page.NotFound(context, "repository");
        await pull.PullAsync(ct);
        return SeeOther.To(Links.Definitions);
    }

    private static async Task<IResult> RollBack(
        HttpContext context, DefinitionFolder folder, [FromServices] DefinitionsPull pull, [FromForm] string? commit, CancellationToken ct)
    {
        if (!Reaches(context, pull)) return Page.NotFound(context, "repository");
        AuditTrail.Note(context, commit);
        if (await pull.RollBackAsync(commit ?? "", context.User.Identity?.Name ?? "", ct) is not { } refusal) return SeeOther.To(Links.Definitions);
        return refusal.IsKnown
            ? Answer(context, await ViewAsync(context, folder, pull, refusal.Why, ct), StatusCodes.Status409Conflict)
            : Page.NotFound(context, "commit");
    }

    /// <summary>Pressed twice it is done once.</summary>
    private static async Task<IResult> Follow(HttpContext context, [FromServices] DefinitionsPull pull, CancellationToken ct)
    {
        if (!Reaches(context, pull)) return Page.NotFound(context, "repository");
        await pull.FollowBranchAsync(context.User.Identity?.Name ?? "", ct);
        return SeeOther.To(Links.Definitions);
    }

    private static bool Reaches(HttpContext context, DefinitionsPull pull) => pull.IsOn && !AccessScope.Of(context.User).Limited;

    private static async Task<DefinitionsView> ViewAsync(HttpContext context, DefinitionFolder folder, DefinitionsPull pull, string? fault, CancellationToken ct)
    {
        var scope = AccessScope.Of(context.User);
        var entries = folder.Catalog.Entries.Where(e => !scope.Limited || (e.Key is { } key && scope.Allows(key))).ToList();
        var git = await GitAsync(context, pull, ct);
        return new(pull.IsOn || scope.Limited ? null : folder.Root, git, entries.Count(e => e.Definition is not null), [.. entries.Where(e => e.Broken)], fault);
    }

    /// <summary>Null where they come from a folder, and for whoever sees but a part of them.</summary>
    public static async Task<DefinitionsGitView?> GitAsync(HttpContext context, DefinitionsPull pull, CancellationToken ct) => pull.IsOn && !AccessScope.Of(context.User).Limited
        ? new(pull.Address, pull.Source.Branch, pull.Source.Directory, pull.Trouble, pull.Head, await pull.StateAsync(ct), await pull.HistoryAsync(ct))
        : null;

    private static IResult Answer(HttpContext context, DefinitionsView view, int status = StatusCodes.Status200OK) =>
        Page.Of<Pages.DefinitionsPage>(PageFrame.Of(context, "Definitions", Links.Definitions), view, status);
}
