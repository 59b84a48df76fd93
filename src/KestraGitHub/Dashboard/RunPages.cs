using KestraGitHub.Access;
using KestraGitHub.Reconciliation;
using KestraGitHub.Runs;
using KestraGitHub.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace KestraGitHub.Dashboard;

/// <summary>The list of runs, and one run with its steps, changes and log.</summary>
internal static class RunPages
{
    private const int PageSize = 50;
    private const int ReloadSeconds = 5;
    private static readonly string Deleted = nameof(ChangeAction.Deleted).ToLowerInvariant();

    public static void MapRunPages(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/runs", List);
        routes.MapGet("/runs/{id}", One);
        routes.MapGet("/runs/{id}/stream", RunStream.Get);
        FormCheck.Guard(routes.MapPost("/runs/{id}/cancel", Cancel).RequireAuthorization(Policies.Operator));
        FormCheck.Guard(routes.MapPost("/runs/{id}/undo", Undo).RequireAuthorization(Policies.Operator));
        FormCheck.Guard(routes.MapPost("/runs/{id}/restore", Restore).RequireAuthorization(Policies.Operator));
        FormCheck.Guard(routes.MapPost("/runs/{id}/approve", Approve).RequireAuthorization(Policies.Operator));
        FormCheck.Guard(routes.MapPost("/runs/{id}/reject", Reject).RequireAuthorization(Policies.Operator));
    }

    private static async Task<IResult> List(
        HttpContext context, SyncDesk desk, RunStore runs, string? state, string? sync, string? cursor, CancellationToken ct)
    {
        var scope = AccessScope.Of(context.User);
        RunState? wanted = Enum.TryParse<RunState>(state, ignoreCase: true, out var known) && Enum.IsDefined(known) ? known : null;
        var key = Visible.Sync(sync);
        var tenant = key?.Tenant ?? scope.Tenant;
        var page = await Visible.PageAsync(
            scope, r => r.Sync, PageSize, Cursor(cursor), c => runs.QueryAsync(new(tenant, key?.Namespace, key?.Flow, wanted, PageSize, c), ct));
        var choices = desk.Keys.Where(scope.Allows).OrderBy(k => k.ToString(), StringComparer.Ordinal);
        return Page.Of<Pages.RunsPage>(
            PageFrame.Of(context, "Runs", Links.Runs), new RunListView(page, wanted, key, [.. choices], string.IsNullOrEmpty(cursor)) { NotUnderstood = [.. NotUnderstood(state, wanted, sync)] });
    }

    private static IEnumerable<string> NotUnderstood(string? state, RunState? wanted, string? sync)
    {
        if (!string.IsNullOrEmpty(state) && wanted is null) yield return $"There is no state '{Visible.Cut(state)}': that filter is left out.";
        if (Visible.NoSync(sync) is { } words) yield return words;
    }

    private static async Task<IResult> One(
        HttpContext context, SyncDesk desk, RunStore runs, UndoDesk undo, ApprovalDesk approvals, Digests digests, string id, CancellationToken ct)
    {
        if (await Find(context, runs, id, ct) is not { } run) return Page.NotFound(context, "run");
        var events = await runs.EventsAsync(id, 0, ct);
        var changes = (await runs.ChangesAsync(id, ct)).Select((row, place) => new PlacedChange(place, row)).ToList();
        var sync = await desk.GetAsync(run.Sync, ct);
        var journal = run.Ended ? await undo.JournalAsync(id, ct) : [];
        var view = new RunPageView(
            run, StepList.Of(run, events), [.. changes.Where(c => c.Row.Action == Deleted)], [.. changes.Where(c => c.Row.Action != Deleted)], events,
            sync?.Entry.Definition is not null, digests.Of(run.Sync, id), await runs.SourcesAsync(id, ct))
        {
            Kept = journal.Where(e => e.State != JournalState.Undone).Select(e => e.Key.ToString()).ToHashSet(StringComparer.Ordinal),
            TakenBack = journal.Count(e => e.State == JournalState.Undone),
            RollsBack = sync?.Hold is { } hold && hold.RunId == id ? hold : null,
            Plan = await approvals.PlanAsync(id, ct),
            Conflicts = sync is { Last.Id: { } last, Current: null, Entry.Definition: not null } && last == id ? run.Counts.Conflict : 0,
            OnConflict = run.OnConflict ?? sync?.Entry.Definition?.Options.Safety.OnConflict ?? default,
            ToGit = sync?.Entry.Definition?.WritesToGit ?? false,
        };
        var frame = PageFrame.Of(context, $"Run {Brief.Run(id)}", Links.Runs);
        // Nothing moves by itself while it waits for a person, who may be typing.
        return Page.Of<Pages.RunPage>(run.Ended || run.WaitingFor == Waits.Approval ? frame : frame with { Reload = ReloadSeconds }, view);
    }

    private static async Task<IResult> Cancel(HttpContext context, SyncDesk desk, RunStore runs, string id, CancellationToken ct)
    {
        if (await Find(context, runs, id, ct) is not { } run) return Page.NotFound(context, "run");
        if (run.Ended) return Page.Fault(context, StatusCodes.Status409Conflict, "It has ended already", "There was nothing left to cancel. Its page says what came of it.");
        await desk.CancelAsync(id, context.User.Identity?.Name, ct);
        return SeeOther.To(Links.Run(id));
    }

    private static Task<IResult> Undo(HttpContext context, RunStore runs, UndoDesk desk, string id, CancellationToken ct) =>
        PutBack(context, runs, desk, id, UndoWish.Undo, null, ct);

    private static Task<IResult> Restore(HttpContext context, RunStore runs, UndoDesk desk, string id, [FromForm] string? @object, CancellationToken ct) =>
        PutBack(context, runs, desk, id, UndoWish.Restore, @object, ct);

    private static async Task<IResult> PutBack(HttpContext context, RunStore runs, UndoDesk desk, string id, string kind, string? only, CancellationToken ct)
    {
        if (await Find(context, runs, id, ct) is not { } run) return Page.NotFound(context, "run");
        AuditTrail.Note(context, string.IsNullOrEmpty(only) ? $"of run {id}" : $"{only}, of run {id}");
        var asked = await desk.RequestAsync(run, kind, string.IsNullOrEmpty(only) ? [] : [only], context.User.Identity?.Name, ct);
        return asked.Run is { } fresh
            ? SeeOther.To(Links.Run(fresh.Id))
            : Page.Fault(context, StatusCodes.Status409Conflict, kind == UndoWish.Undo ? "Nothing to undo" : "Nothing to restore", asked.Refusal!);
    }

    private static async Task<IResult> Approve(
        HttpContext context, ApprovalDesk desk, RunStore runs, string id, [FromForm] string? plan, [FromForm] string? confirm, CancellationToken ct)
    {
        if (await Find(context, runs, id, ct) is not { } run) return Page.NotFound(context, "run");
        if (await desk.PlanAsync(id, ct) is { } seen && Components.Approval.Phrase(seen) is { } phrase && confirm?.Trim() != phrase)
            return Page.Fault(
                context, StatusCodes.Status400BadRequest, "It was not confirmed", $"The plan deletes: type {phrase} beside the button to approve it. Nothing was done. Go back, and look at the list of deletions again.");
        return await desk.ApproveAsync(run, plan, context.User.Identity?.Name, ct) ? SeeOther.To(Links.Run(id)) : Late(context);
    }

    private static async Task<IResult> Reject(HttpContext context, ApprovalDesk desk, RunStore runs, string id, CancellationToken ct)
    {
        if (await Find(context, runs, id, ct) is null) return Page.NotFound(context, "run");
        return await desk.RejectAsync(id, context.User.Identity?.Name, ct) ? SeeOther.To(Links.Run(id)) : Late(context);
    }

    private static IResult Late(HttpContext context) => Page.Fault(
        context, StatusCodes.Status409Conflict, "The plan is another one by now",
        "The run went on, or waits with another plan than the page showed. Nothing was done: go back, reload the page and look again.");

    /// <summary>The run, when whoever asks may see it.</summary>
    public static async Task<RunRow?> Find(HttpContext context, RunStore runs, string id, CancellationToken ct) =>
        await runs.GetAsync(id, ct) is { } run && AccessScope.Of(context.User).Allows(run.Sync) ? run : null;

    public static string? Cursor(string? cursor) => string.IsNullOrEmpty(cursor) ? null : cursor;
}
