using KestraGitHub.Access;
using KestraGitHub.Definitions;
using KestraGitHub.Reconciliation;
using KestraGitHub.Runs;
using KestraGitHub.Storage;
using Microsoft.AspNetCore.Mvc;

namespace KestraGitHub.Dashboard;

/// <param name="Overwrites">True where a run puts back what Git has.</param>
/// <param name="Runs">True where a run can be asked for.</param>
public sealed record DriftGroup(SyncKey Sync, DateTimeOffset? CheckedAt, string? Error, bool Overwrites, bool Runs, IReadOnlyList<DriftRow> Objects);

/// <param name="Ignored">What somebody said to leave as it is.</param>
/// <param name="Looked">How many syncs have been looked at.</param>
public sealed record DriftPageView(IReadOnlyList<DriftGroup> Groups, IReadOnlyList<(SyncKey Sync, DriftRow Object)> Ignored, int More, int Looked)
{
    public int Objects => Groups.Sum(g => g.Objects.Count);
}

/// <summary>Everything that Kestra holds otherwise than it was applied, of all syncs, in one scroll.</summary>
internal static class DriftPages
{
    private const int Most = 500;

    public static void MapDriftPages(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/drift", All);
        FormCheck.Guard(routes.MapPost("/syncs/{tenant}/{space}/{flow}/ignore", Ignore).RequireAuthorization(Policies.Operator));
    }

    private static async Task<IResult> All(HttpContext context, DriftStore drifts, DefinitionFolder definitions, CancellationToken ct)
    {
        var scope = AccessScope.Of(context.User);
        var known = (await drifts.AllAsync(null, ct)).Where(d => scope.Allows(d.Key) && definitions.Catalog.Find(d.Key)?.Definition is { Disabled: false, WritesToKestra: true })
            .OrderBy(d => d.Key.ToString(), StringComparer.Ordinal).ToList();
        var (groups, left) = (new List<DriftGroup>(), Most);
        foreach (var (sync, drift) in known)
        {
            var objects = drift.Standing.Take(left).ToList();
            left -= objects.Count;
            var view = DriftView.Of(drift);
            if (objects.Count == 0 && view.Error is null) continue;
            var definition = definitions.Catalog.Find(sync)!.Definition!;
            groups.Add(new(sync, view.CheckedAt, view.Error, definition.Options.Safety.OnDrift == OnDrift.Overwrite, !definition.Disabled, objects));
        }

        var ignored = known.SelectMany(d => d.Value.Objects.Where(o => o.IgnoredBy is not null).Select(o => (d.Key, o))).Take(Most).ToList();
        var all = known.Sum(d => d.Value.Standing.Count());
        return Page.Of<Pages.DriftPage>(PageFrame.Of(context, "Drift", Links.Drift), new DriftPageView(groups, ignored, all - groups.Sum(g => g.Objects.Count), known.Count));
    }

    private static async Task<IResult> Ignore(
        HttpContext context, DriftStore drifts, string tenant, string space, string flow, [FromForm] string? task, [FromForm] string? kind, [FromForm] string? within,
        [FromForm] string? id, [FromForm] bool? again, CancellationToken ct)
    {
        var key = new SyncKey(tenant, space, flow);
        if (!AccessScope.Of(context.User).Allows(key)) return Page.NotFound(context, "sync");
        AuditTrail.Note(context, $"{(again == true ? "look at it again: " : "")}{kind} {within}/{id}");
        var by = again == true ? null : context.User.Identity?.Name ?? "somebody";
        return await drifts.IgnoreAsync(key, task ?? "", kind ?? "", within ?? "", id ?? "", by, ct)
            ? SeeOther.To(Links.Drift)
            : Page.Fault(context, StatusCodes.Status409Conflict, "It has not drifted any more", "A run or a newer look has found it as it was applied. Nothing was done.");
    }
}
