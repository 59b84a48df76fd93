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
    public bool Good => Checked && Faults.Count == 0 && Answers.Count > 0 && Answers.All(a => a.Fault is null);
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

    private static IResult Ask(HttpContext context) =>
        AccessScope.Of(context.User).Limited ? NotForAPart(context) : Answer(context, new(SetupWish.Blank, false, [], [], []), StatusCodes.Status200OK);

    private static async Task<IResult> Check(HttpContext context, [FromServices] DefinitionEnvironment environment, [FromServices] RepositoryCheck check, CancellationToken ct)
    {
        if (AccessScope.Of(context.User).Limited) return NotForAPart(context);
        return Answer(context, await LookAsync(SetupWish.Of(await context.Request.ReadFormAsync(ct)), environment, check, ct), StatusCodes.Status200OK);
    }

    private static async Task<IResult> Write(
        HttpContext context, [FromServices] DefinitionEnvironment environment, [FromServices] RepositoryCheck check, DefinitionFolder definitions, SyncDesk desk, CancellationToken ct)
    {
        if (AccessScope.Of(context.User).Limited) return NotForAPart(context);
        var view = await LookAsync(SetupWish.Of(await context.Request.ReadFormAsync(ct)), environment, check, ct);
        if (!view.Good) return Answer(context, view, StatusCodes.Status400BadRequest);
        AuditTrail.Note(context, $"definition {view.Wish.File}");
        if (await definitions.AddAsync(view.Wish.File, view.Wish.Yaml(), ct) is { } refusal) return Page.Fault(context, StatusCodes.Status409Conflict, "It was not written", refusal);
        var key = new SyncKey(environment.Tenant, "system", view.Wish.Id);
        // The plan is what one wants to see next; nothing is written by it.
        var asked = await desk.RequestRunAsync(key, dryRun: true, null, new RunTrigger("dashboard", By: context.User.Identity?.Name), ct);
        return SeeOther.To(asked.Run is { } run ? Links.Run(run.Id) : Links.Sync(key));
    }

    private static async Task<SetupView> LookAsync(SetupWish wish, DefinitionEnvironment environment, RepositoryCheck check, CancellationToken ct)
    {
        var parsed = DefinitionParser.Parse(wish.File, Encoding.UTF8.GetBytes(wish.Yaml()), environment);
        var faults = parsed.Faults.ToList();
        if (wish.File.Length == 0) faults.Add(new("", 0, 0, "The name has no letter that a file may have.", "Use letters, digits, _ and -."));
        return new(wish, true, faults, parsed.Definition is { } definition ? await check.AskAsync(definition, ct) : [], parsed.Definition?.SecretNames ?? []);
    }

    private static IResult NotForAPart(HttpContext context) => Page.Fault(
        context, StatusCodes.Status403Forbidden, "Your token sees a part only", "A definition may write anywhere: it is set up with a token without a scope.");

    private static IResult Answer(HttpContext context, SetupView view, int status) => Page.Of<Pages.SetupPage>(PageFrame.Of(context, "Set up a sync", Links.Setup), view, status);
}
