using KestraGitHub.Access;
using KestraGitHub.Definitions;
using KestraGitHub.Runs;
using Microsoft.AspNetCore.Mvc;

namespace KestraGitHub.Dashboard;

/// <summary>The buttons that suspend a sync and let it go on.</summary>
internal static class PausePages
{
    private const int MostHours = 24 * 366;

    public static void MapPausePages(this IEndpointRouteBuilder routes)
    {
        FormCheck.Guard(routes.MapPost("/syncs/{tenant}/{space}/{flow}/suspend", Suspend).RequireAuthorization(Policies.Operator));
        FormCheck.Guard(routes.MapPost("/syncs/{tenant}/{space}/{flow}/resume", Resume).RequireAuthorization(Policies.Operator));
        FormCheck.Guard(routes.MapPost(Links.SuspendAll, SuspendAll).RequireAuthorization(Policies.Admin));
        FormCheck.Guard(routes.MapPost(Links.ResumeAll, ResumeAll).RequireAuthorization(Policies.Admin));
    }

    private static async Task<IResult> SuspendAll(
        HttpContext context, PauseDesk pauses, [FromForm] string? reason, [FromForm] int? hours, TimeProvider time, CancellationToken ct)
    {
        if (AccessScope.Of(context.User).Limited) return NotAll(context);
        AuditTrail.Note(context, reason);
        await pauses.SuspendAsync(null, Cut(reason), context.User.Identity?.Name, Until(hours, time), ct);
        return SeeOther.To(Links.Jobs);
    }

    private static async Task<IResult> ResumeAll(HttpContext context, PauseDesk pauses, CancellationToken ct)
    {
        if (AccessScope.Of(context.User).Limited) return NotAll(context);
        await pauses.ResumeAsync(null, ct);
        return SeeOther.To(Links.Jobs);
    }

    private static IResult NotAll(HttpContext context) => Page.Fault(
        context, StatusCodes.Status403Forbidden, "Your rights do not reach that far", "Every sync is meant, and you see only a part of them. Suspend those one by one.");

    private static string? Cut(string? reason) => reason is { Length: > 500 } ? reason[..500] : reason;

    private static DateTimeOffset? Until(int? hours, TimeProvider time) => hours is > 0 and <= MostHours ? time.GetUtcNow() + TimeSpan.FromHours(hours.Value) : null;

    private static async Task<IResult> Suspend(
        HttpContext context, SyncDesk desk, PauseDesk pauses, string tenant, string space, string flow, [FromForm] string? reason, [FromForm] int? hours, TimeProvider time,
        CancellationToken ct)
    {
        var key = new SyncKey(tenant, space, flow);
        if (await SyncPages.Find(context, desk, key, ct) is null) return Page.NotFound(context, "sync");
        AuditTrail.Note(context, reason);
        await pauses.SuspendAsync(key, Cut(reason), context.User.Identity?.Name, Until(hours, time), ct);
        return SeeOther.To(Links.Sync(key));
    }

    private static async Task<IResult> Resume(HttpContext context, SyncDesk desk, PauseDesk pauses, string tenant, string space, string flow, CancellationToken ct)
    {
        var key = new SyncKey(tenant, space, flow);
        if (await SyncPages.Find(context, desk, key, ct) is null) return Page.NotFound(context, "sync");
        await pauses.ResumeAsync(key, ct);
        return SeeOther.To(Links.Sync(key));
    }
}
