using KestraGitHub.Access;
using KestraGitHub.Storage;

namespace KestraGitHub.Dashboard;

/// <summary>What GitHub sent, and what became of it.</summary>
internal static class DeliveryPages
{
    private const int PageSize = 50;

    public static void MapDeliveryPages(this IEndpointRouteBuilder routes) => routes.MapGet("/deliveries", List);

    private static async Task<IResult> List(
        HttpContext context, DeliveryStore deliveries, DefinitionFolder definitions, string? sync, string? cursor, CancellationToken ct)
    {
        var key = Visible.Sync(sync);
        var page = await Visible.PageAsync(
            AccessScope.Of(context.User), d => d.Sync, PageSize, RunPages.Cursor(cursor), c => deliveries.QueryAsync(key, PageSize, c, ct));
        var view = new DeliveryListView(
            new([.. page.Items.Select(d => new DeliveryView(d, OwnSecrets(definitions, d)))], page.Next), key, string.IsNullOrEmpty(cursor));
        return Page.Of<Pages.DeliveriesPage>(PageFrame.Of(context, "Deliveries", Links.Deliveries), view);
    }

    private static int? OwnSecrets(DefinitionFolder definitions, DeliveryRow row) =>
        definitions.Catalog.Find(row.Sync)?.Definition?.Options.WebhookSecrets.Count is > 0 and var count ? count : null;
}
