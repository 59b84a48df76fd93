using KestraGitHub.Access;
using KestraGitHub.Storage;

namespace KestraGitHub.Dashboard;

public sealed record AuditListView(Page<AuditRow> Rows, bool First);

/// <summary>Who did what.</summary>
internal static class AuditPages
{
    private const int PageSize = 50;

    public static void MapAuditPages(this IEndpointRouteBuilder routes) => routes.MapGet("/audit", List);

    private static async Task<IResult> List(HttpContext context, AuditStore audit, string? cursor, CancellationToken ct)
    {
        var page = await Visible.PageAsync(AccessScope.Of(context.User), r => r.Sync, PageSize, RunPages.Cursor(cursor), c => audit.QueryAsync(PageSize, c, ct));
        return Page.Of<Pages.AuditPage>(PageFrame.Of(context, "Audit", Links.Audit), new AuditListView(page, string.IsNullOrEmpty(cursor)));
    }
}
