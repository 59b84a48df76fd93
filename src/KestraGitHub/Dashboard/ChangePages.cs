using System.Text;
using KestraGitHub.Access;
using KestraGitHub.Reconciliation;
using KestraGitHub.Runs;
using KestraGitHub.Storage;
using Microsoft.AspNetCore.Mvc;

namespace KestraGitHub.Dashboard;

/// <summary>A row of a run, with its place in all of them.</summary>
public sealed record PlacedChange(int Place, ChangeRow Row);

/// <summary>A column of the raw texts.</summary>
/// <param name="Lines">Each with a plus where the column before lacks it, a minus where the next one does; null where nothing can be shown.</param>
public sealed record ColumnView(string Title, IReadOnlyList<(char Sign, string Line)>? Lines, string? Missing);

/// <param name="Columns">One, with the lines that come and go, for two texts; else one for each text.</param>
public sealed record ChangePageView(RunRow Run, ChangeRow Row, ChangeSides Sides, IReadOnlyList<ColumnView> Columns, int? Previous, int? Next);

/// <summary>One object of a run: what it means, and the very lines. Texts of flows and files are for those who may operate.</summary>
internal static class ChangePages
{
    public static void MapChangePages(this IEndpointRouteBuilder routes) => routes.MapGet("/runs/{id}/changes/{place}", One).RequireAuthorization(Policies.Operator);

    private static async Task<IResult> One(HttpContext context, RunStore runs, [FromServices] ChangeDesk desk, string id, string place, CancellationToken ct)
    {
        if (await RunPages.Find(context, runs, id, ct) is not { } run) return Page.NotFound(context, "run");
        var rows = await runs.ChangesAsync(id, ct);
        if (!int.TryParse(place, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var at) || at >= rows.Count) return Page.NotFound(context, "change");
        var sides = await desk.OfAsync(run, rows[at], ct);
        var view = new ChangePageView(run, rows[at], sides, Columns(sides), at > 0 ? at - 1 : null, at + 1 < rows.Count ? at + 1 : null);
        return Page.Of<Pages.ChangePage>(PageFrame.Of(context, $"{rows[at].Id} in run {Brief.Run(id)}", Links.Runs), view);
    }

    internal static IReadOnlyList<ColumnView> Columns(ChangeSides sides)
    {
        var texts = sides.Sides.Select(s => Safe(s, sides.IsFlow)).ToList();
        if (texts is [var before, var after])
        {
            var title = before.Absent || before is { Text: null, Binary: null } ? before.Missing! : after.Missing ?? "Before → after";
            if (before.Binary is not null || after.Binary is not null)
                return [new(before.Absent ? before.Missing! : after.Absent ? after.Missing! : "Before → after", null, $"binary, {string.Join(" → ", texts.Select(Size).OfType<string>())}")];
            if ((before.Text ?? after.Text) is not null) return [new(title, LineDiff.Steps(before.Text ?? "", after.Text ?? ""), null)];
        }

        var first = texts[0].Text;
        return
        [
            .. texts.Select((side, i) => new ColumnView(
                side.Title,
                side.Text is null ? null
                : i == 0 ? [.. texts.Skip(1).Select(t => t.Text).OfType<string>().Take(1).SelectMany(t => LineDiff.Steps(side.Text, t)).Where(l => l.Sign != '+').DefaultIfEmpty((' ', side.Text))]
                : [.. LineDiff.Steps(first ?? side.Text, side.Text).Where(l => l.Sign != '-')],
                side.Binary is null ? side.Missing : $"binary, {Size(side)}")),
        ];
    }

    /// <summary>Of what is there and can be shown.</summary>
    private static string? Size(ChangeSide side) => (side.Binary ?? (side.Text is { } text ? Encoding.UTF8.GetByteCount(text) : null)) is { } bytes ? Brief.Bytes(bytes) : null;

    /// <summary>What people typed for a password is stars here too.</summary>
    private static ChangeSide Safe(ChangeSide side, bool flow)
    {
        if (!flow || side.Text is null) return side;
        return SourceMask.Lines(side.Text) is { } lines
            ? side with { Text = string.Join('\n', lines) + "\n" }
            : side with { Text = null, Missing = "It cannot be shown safely: it cannot be told where its passwords are." };
    }
}
