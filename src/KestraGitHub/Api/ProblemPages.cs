using System.Text;
using System.Text.Encodings.Web;
using KestraGitHub.Access;

namespace KestraGitHub.Api;

/// <summary><c>/problems/{name}</c>: where the type of a problem leads. Open, as whoever was refused may have no token.</summary>
internal static class ProblemPages
{
    public static void MapProblemPages(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/problems").AllowAnonymous().ExcludeFromDescription();
        group.MapGet("/", (HttpContext context) => Page(context, "Problems", [.. ProblemKinds.All]));
        group.MapGet("/{name}", (HttpContext context, string name) => ProblemKinds.All.FirstOrDefault(p => p.Name == name) is { } kind ? Page(context, kind.Title, kind) : Results.NotFound());
    }

    private static IResult Page(HttpContext context, string title, params ProblemKind[] kinds)
    {
        var page = new StringBuilder($"<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><meta name=\"color-scheme\" content=\"light dark\"><title>{Text(title)}</title><main><h1>{Text(title)}</h1>");
        foreach (var kind in kinds)
        {
            if (kinds.Length > 1) page.Append($"<h2><a href=\"{Text(context.Request.PathBase + kind.Address)}\">{Text(kind.Title)}</a></h2>");
            page.Append($"<p><code>{kind.Name}</code>, status {kind.Status}</p><p>{Marked(kind.Means)}</p><p><strong>What to do:</strong> {Marked(kind.Cure)}</p>");
        }

        return Results.Content(page.Append("</main></html>").ToString(), "text/html; charset=utf-8");
    }

    /// <summary>What stands in backticks is code.</summary>
    private static string Marked(string text) => string.Concat(text.Split('`').Select((part, i) => i % 2 == 1 ? $"<code>{Text(part)}</code>" : Text(part)));

    private static string Text(string text) => HtmlEncoder.Default.Encode(text);
}
