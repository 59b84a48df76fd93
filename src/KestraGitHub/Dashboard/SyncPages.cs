using System.Globalization;
using KestraGitHub.Access;
using KestraGitHub.Definitions;
using KestraGitHub.Reconciliation;
using KestraGitHub.Runs;
using KestraGitHub.Storage;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace KestraGitHub.Dashboard;

/// <summary>The first page, the page of one sync, and the buttons that start a run.</summary>
internal static class SyncPages
{
    private const int RecentRuns = 20;
    private const int MostObjects = 2000;

    public static void MapSyncPages(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", Overview);
        routes.MapGet("/syncs/{tenant}/{space}/{flow}", Sync);
        FormCheck.Guard(routes.MapPost("/syncs/{tenant}/{space}/{flow}/drift", CheckDrift).RequireAuthorization(Policies.Operator));
        FormCheck.Guard(routes.MapPost("/syncs/{tenant}/{space}/{flow}/runs", Start).RequireAuthorization(Policies.Operator));
        FormCheck.Guard(routes.MapPost("/syncs/{tenant}/{space}/{flow}/rollback", RollBack).RequireAuthorization(Policies.Operator));
        FormCheck.Guard(routes.MapPost("/syncs/{tenant}/{space}/{flow}/release", Release).RequireAuthorization(Policies.Operator));
    }

    private static async Task<IResult> Overview(
        HttpContext context, OverviewDesk desk, [FromServices] DefinitionsPull pull, string? show, string? q, string? sort, string? by, string? page, CancellationToken ct)
    {
        var number = int.TryParse(page, NumberStyles.None, CultureInfo.InvariantCulture, out var known) ? known : 1;
        var view = await desk.ViewAsync(AccessScope.Of(context.User), OverviewWish.Of(show, q, sort, by, number), ct);
        if (view.All == 0) view = view with { Git = await DefinitionPages.GitAsync(context, pull, ct) };
        return Page.Of<Pages.OverviewPage>(PageFrame.Of(context, "Overview", Links.Overview), view);
    }

    private static async Task<IResult> Sync(
        HttpContext context, SyncDesk desk, RunStore runs, InventoryStore inventories, [FromServices] IOptions<PublicAddress> address, TimeProvider time, string tenant, string space, string flow,
        CancellationToken ct)
    {
        var key = new SyncKey(tenant, space, flow);
        var history = AccessScope.Of(context.User).Allows(key) ? await runs.QueryAsync(new(tenant, space, flow, null, RecentRuns, null), ct) : new Page<RunRow>([], null);
        if (await Find(context, desk, key, ct) is not { } sync) return Page.NotFound(context, "sync", history.Items.Count > 0 ? (Links.RunsOf(key), "Its runs are still here") : null);
        var definition = sync.Entry.Definition;
        var view = new SyncPageView(
            SyncRowView.From(sync), sync.Entry, [.. (definition?.Tasks ?? []).Where(t => t.Standing != TaskStanding.Local).Select(DefinitionWords.Task)], Urls(context, address.Value, key, definition),
            Secrets(definition), definition is null ? null : SourceMask.Lines(definition.Source), history, sync.Note)
        {
            Objects = await ObjectsAsync(sync, runs, inventories, ct), Care = definition is null ? [] : CareWords.Of(definition),
            NextTimes = (definition is { Disabled: false } ? definition.Schedules : []).DistinctBy(s => s.Id).ToDictionary(s => s.Id, s => NextTimes.Of(s, time.GetUtcNow(), 5)),
            Pause = sync.Pause, Drift = sync.Drift, Proposals = sync.Proposals, Hold = sync.Hold, Quarantine = sync.Quarantine,
        };
        return Page.Of<Pages.SyncPage>(PageFrame.Of(context, Brief.Sync(key), Links.Overview), view);
    }

    /// <summary>What the inventory has, what has drifted, and what the newest run found or would do.</summary>
    private static async Task<IReadOnlyList<KnownObject>> ObjectsAsync(SyncView sync, RunStore runs, InventoryStore inventories, CancellationToken ct)
    {
        var run = sync.Current is { State: RunState.Waiting } waits ? waits : sync.Last;
        var owned = await inventories.AllAsync(sync.Key, MostObjects, ct);
        var rows = run is null ? [] : await runs.ChangesAsync(run.Id, ct);
        return ObjectTree.Known(owned, sync.Drift.Objects, rows.Where(r => r.Kind != "task").Take(MostObjects), planned: run is { Ended: false });
    }

    private static async Task<IResult> Start(
        HttpContext context, SyncDesk desk, string tenant, string space, string flow, [FromForm] bool? dryRun, [FromForm] bool? force, [FromForm] string? onConflict,
        CancellationToken ct)
    {
        var key = new SyncKey(tenant, space, flow);
        if (!AccessScope.Of(context.User).Allows(key)) return Page.NotFound(context, "sync");
        var wins = ConflictWords.Parse(onConflict);
        AuditTrail.Note(context, dryRun == true ? "dry run" : force == true ? "forced" : wins is not null ? $"onConflict: {onConflict}" : null);
        var asked = await desk.RequestRunAsync(key, dryRun ?? false, null, new RunTrigger("dashboard", By: context.User.Identity?.Name), ct, force ?? false, wins);
        return asked switch
        {
            { Run: { } run } => SeeOther.To(Links.Run(run.Id)),
            { Outcome: RunRequestOutcome.Disabled } => Page.Fault(
                context, StatusCodes.Status409Conflict, "The sync is disabled", "Remove `disabled: true` from its file, or ask for a dry run."),
            { Outcome: RunRequestOutcome.Broken } => Page.Fault(
                context, StatusCodes.Status409Conflict, "The definition does not load",
                "Nothing of it is in force, so nothing can run. Its page says where its file is wrong and what to do."),
            _ => Page.NotFound(context, "sync"),
        };
    }

    private static async Task<IResult> CheckDrift(HttpContext context, [FromServices] DriftCheck check, string tenant, string space, string flow, CancellationToken ct)
    {
        var key = new SyncKey(tenant, space, flow);
        if (!AccessScope.Of(context.User).Allows(key)) return Page.NotFound(context, "sync");
        return await check.RunAsync(key, ct) switch
        {
            DriftCheckOutcome.Unknown => Page.NotFound(context, "sync"),
            DriftCheckOutcome.Off => Page.Fault(
                context, StatusCodes.Status409Conflict, "It is not looked at", "The definition is disabled or does not load: mend its file, or remove `disabled: true`."),
            // While a run goes on there is nothing to say: the run looks itself.
            _ => SeeOther.To(Links.Sync(key)),
        };
    }

    private static async Task<IResult> RollBack(
        HttpContext context, RollbackDesk desk, string tenant, string space, string flow, [FromForm] string? run, CancellationToken ct)
    {
        var key = new SyncKey(tenant, space, flow);
        if (!AccessScope.Of(context.User).Allows(key)) return Page.NotFound(context, "sync");
        AuditTrail.Note(context, $"to run {run}");
        var asked = await desk.RollBackAsync(key, run, null, null, new RunTrigger("dashboard", By: context.User.Identity?.Name), ct);
        return asked switch
        {
            { Run: { } started } => SeeOther.To(Links.Run(started.Id)),
            { Outcome: RollbackOutcome.Unknown } => Page.NotFound(context, "sync"),
            _ => Page.Fault(context, StatusCodes.Status409Conflict, "It cannot be rolled back to that", asked.Why),
        };
    }

    private static async Task<IResult> Release(HttpContext context, RollbackDesk desk, string tenant, string space, string flow, CancellationToken ct)
    {
        var key = new SyncKey(tenant, space, flow);
        if (!AccessScope.Of(context.User).Allows(key)) return Page.NotFound(context, "sync");
        await desk.ReleaseAsync(key, ct);
        return SeeOther.To(Links.Sync(key));
    }

    public static async Task<SyncView?> Find(HttpContext context, SyncDesk desk, SyncKey key, CancellationToken ct) =>
        AccessScope.Of(context.User).Allows(key) ? await desk.GetAsync(key, ct) : null;

    /// <summary>What GitHub can reach is not what this reader came by, where it is configured.</summary>
    private static List<(string, string, bool)> Urls(HttpContext context, PublicAddress address, SyncKey key, Definition? definition)
    {
        var start = address.PublicUrl.Length > 0 ? address.PublicUrl.TrimEnd('/') : $"{context.Request.Scheme}://{context.Request.Host}{context.Request.PathBase}";
        return [.. (definition?.Webhooks ?? []).Select(w => (w.Id, Links.Webhook(start, key), w.Disabled))];
    }

    private static string Secrets(Definition? definition) => definition?.Options.WebhookSecrets.Count switch
    {
        null or 0 => "One of Webhooks:Secrets of the configuration. Where none is configured, " +
            "the service has made one: it is in the file webhook-secret of its data folder.",
        1 => "The one that the definition names under x-kestra-github.webhookSecrets.",
        var n => $"One of the {n} that the definition names under x-kestra-github.webhookSecrets.",
    };
}
