using System.Text;
using KestraGitHub.Access;
using KestraGitHub.Definitions;
using KestraGitHub.Runs;
using KestraGitHub.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace KestraGitHub.Dashboard;

/// <param name="Checked">True when the form was sent: then the rest says what came of it.</param>
/// <param name="Faults">What is wrong with it.</param>
/// <param name="Answers">What the repository said to the task's own credentials.</param>
public sealed record SetupView(SetupWish Wish, bool Checked, IReadOnlyList<Fault> Faults, IReadOnlyList<RepositoryAnswer> Answers, IReadOnlyList<string> Secrets)
{
    public bool Good => Checked && Faults.Count == 0 && Answers.Count > 0 && Answers.All(a => a.Fault is null) && Refusal is null;

    /// <summary>Null where it does not load.</summary>
    public Definition? Definition { get; init; }

    /// <summary>What its first run would do; null where something is wrong, and for what goes to Git.</summary>
    public FirstPlanned? Plan { get; init; }

    /// <summary>Why it was not written, although nothing is wrong with it.</summary>
    public string? Refusal { get; init; }

    /// <summary>The repository that definitions come from, and its directory: whoever commits the file there writes it. Null where they come from a folder.</summary>
    public (string Address, string? Branch, string Directory)? Repository { get; init; }
}

/// <summary>The first definition, step by step: written only when it loads, its secrets are there and the repository answers.</summary>
internal static class SetupPages
{
    public static void MapSetupPages(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/setup", Ask).RequireAuthorization(Policies.Admin);
        FormCheck.Guard(routes.MapPost("/setup", Check).RequireAuthorization(Policies.Admin));
        FormCheck.Guard(routes.MapPost("/setup/write", Write).RequireAuthorization(Policies.Admin));
    }

    private static IResult Ask(HttpContext context, [FromServices] DefinitionsPull pull) =>
        AccessScope.Of(context.User).Limited ? NotForAPart(context) : Answer(context, new(SetupWish.Blank, false, [], [], []), pull, StatusCodes.Status200OK);

    private static async Task<IResult> Check(
        HttpContext context, [FromServices] DefinitionEnvironment environment, [FromServices] RepositoryCheck check, [FromServices] FirstPlan plan, [FromServices] DefinitionsPull pull,
        CancellationToken ct)
    {
        if (AccessScope.Of(context.User).Limited) return NotForAPart(context);
        var view = await LookAsync(SetupWish.Of(await context.Request.ReadFormAsync(ct)), environment, check, ct);
        if (view is { Good: true, Definition: { WritesToGit: false } definition }) view = view with { Plan = await plan.OfAsync(definition, ct) };
        return Answer(context, view, pull, StatusCodes.Status200OK);
    }

    private static async Task<IResult> Write(
        HttpContext context, [FromServices] DefinitionEnvironment environment, [FromServices] RepositoryCheck check, [FromServices] DefinitionsPull pull, DefinitionFolder definitions,
        SyncDesk desk, CancellationToken ct)
    {
        if (AccessScope.Of(context.User).Limited) return NotForAPart(context);
        var view = await LookAsync(SetupWish.Of(await context.Request.ReadFormAsync(ct)), environment, check, ct);
        if (!view.Good) return Answer(context, view, pull, StatusCodes.Status400BadRequest);
        if (pull.IsOn) return Answer(context, view, pull, StatusCodes.Status409Conflict);
        AuditTrail.Note(context, $"definition {view.Wish.File}");
        if (await definitions.AddAsync(view.Wish.File, view.Wish.Yaml(), ct) is { } refusal) return Answer(context, view with { Refusal = refusal }, pull, StatusCodes.Status409Conflict);
        var key = new SyncKey(environment.Tenant, "system", view.Wish.Id);
        // The plan is what one wants to see next, and nothing is written by it: the page of the sync leads to it, and has the webhook to paste.
        var asked = await desk.RequestRunAsync(key, dryRun: true, null, new RunTrigger("dashboard", By: context.User.Identity?.Name), ct);
        AuditTrail.Began(context, asked.Run?.Id);
        return SeeOther.To(Links.WebhookOf(key));
    }

    private static async Task<SetupView> LookAsync(SetupWish wish, DefinitionEnvironment environment, RepositoryCheck check, CancellationToken ct)
    {
        if (wish.CredentialInUrl() is { } credential) return new(wish.WithoutCredential(), true, [credential], [], []);
        var parsed = DefinitionParser.Parse(wish.File, Encoding.UTF8.GetBytes(wish.Yaml()), environment);
        var faults = parsed.Faults.ToList();
        if (wish.File.Length == 0) faults.Add(new("", 0, 0, "The name has no letter that a file may have.", "Use letters, digits, _ and -."));
        return new(wish, true, faults, parsed.Definition is { } definition ? await check.AskAsync(definition, ct) : [], parsed.Definition?.SecretNames ?? []) { Definition = parsed.Definition };
    }

    private static IResult NotForAPart(HttpContext context) => Page.Fault(
        context, StatusCodes.Status403Forbidden, "Your token sees a part only", "A definition may write anywhere: it is set up with a token without a scope.");

    private static IResult Answer(HttpContext context, SetupView view, DefinitionsPull pull, int status) => Page.Of<Pages.SetupPage>(
        PageFrame.Of(context, "Set up a sync", Links.Setup), view with { Repository = pull.IsOn ? (pull.Address, pull.Source.Branch, pull.Source.Directory) : null }, status);
}
