using KestraGitHub.Access;
using KestraGitHub.Definitions;
using KestraGitHub.Runs;
using KestraGitHub.Storage;
using Microsoft.AspNetCore.Mvc;

namespace KestraGitHub.Dashboard;

/// <param name="OutOf">How many secrets it could have been signed with, where the definition names its own.</param>
/// <param name="Refusal">Why it cannot be replayed; null where it can.</param>
public sealed record DeliveryView(DeliveryRow Row, int? OutOf, string? Refusal = null);

public sealed record DeliveryListView(Page<DeliveryView> Deliveries, SyncKey? Sync, bool First, string? NotUnderstood = null);

/// <param name="Rows">One for each sync that took it and that the reader may see; at least one.</param>
public sealed record DeliveryPageView(IReadOnlyList<DeliveryView> Rows);

/// <summary>What GitHub sent, and what became of it.</summary>
internal static class DeliveryPages
{
    private const int PageSize = 50;

    public static void MapDeliveryPages(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/deliveries", List);
        routes.MapGet("/deliveries/{guid}", One);
        FormCheck.Guard(routes.MapPost("/deliveries/{guid}/replay", Replay).RequireAuthorization(Policies.Operator));
    }

    private static async Task<IResult> List(
        HttpContext context, DeliveryStore deliveries, DefinitionFolder definitions, string? sync, string? cursor, CancellationToken ct)
    {
        var key = Visible.Sync(sync);
        var page = await Visible.PageAsync(
            AccessScope.Of(context.User), d => d.Sync, PageSize, RunPages.Cursor(cursor), c => deliveries.QueryAsync(key, PageSize, c, ct));
        var view = new DeliveryListView(
            new([.. page.Items.Select(d => new DeliveryView(d, OwnSecrets(definitions, d)))], page.Next), key, string.IsNullOrEmpty(cursor), Visible.NoSync(sync));
        return Page.Of<Pages.DeliveriesPage>(PageFrame.Of(context, "Deliveries", Links.Deliveries), view);
    }

    private static async Task<IResult> One(
        HttpContext context, DeliveryStore deliveries, DefinitionFolder definitions, [FromServices] ReplayDesk desk, string guid, CancellationToken ct)
    {
        var scope = AccessScope.Of(context.User);
        var rows = (await deliveries.OfGuidAsync(guid, ct)).Where(r => scope.Allows(r.Sync)).ToList();
        if (rows.Count == 0) return Page.NotFound(context, "delivery");
        var view = new DeliveryPageView([.. rows.Select(r => new DeliveryView(r, OwnSecrets(definitions, r), desk.Refusal(r)))]);
        return Page.Of<Pages.DeliveryPage>(PageFrame.Of(context, $"Delivery {Brief.Delivery(guid)}", Links.Deliveries), view);
    }

    private static async Task<IResult> Replay(
        HttpContext context, DeliveryStore deliveries, [FromServices] ReplayDesk desk, string guid, [FromForm] string? sync, CancellationToken ct)
    {
        if (Visible.Sync(sync) is not { } key || !AccessScope.Of(context.User).Allows(key) || await deliveries.GetAsync(key, guid, ct) is not { } row) return Page.NotFound(context, "delivery");
        AuditTrail.Note(context, $"delivery {guid}");
        var asked = await desk.ReplayAsync(row, context.User.Identity?.Name, ct);
        return asked.Run is { } run ? SeeOther.To(Links.Run(run.Id)) : Page.Fault(context, StatusCodes.Status409Conflict, "It cannot be replayed", asked.Refusal!);
    }

    private static int? OwnSecrets(DefinitionFolder definitions, DeliveryRow row) =>
        definitions.Catalog.Find(row.Sync)?.Definition?.Options.WebhookSecrets.Count is > 0 and var count ? count : null;
}
