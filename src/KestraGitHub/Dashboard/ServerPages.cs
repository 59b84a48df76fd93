using KestraGitHub.Access;
using KestraGitHub.Kestra;
using KestraGitHub.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace KestraGitHub.Dashboard;

/// <param name="Definitions">How many definitions choose it.</param>
public sealed record ServerView(KestraServerStatus Server, int Definitions);

public sealed record ServerListView(IReadOnlyList<ServerView> Servers);

/// <summary>The Kestra servers: who they are, and what cannot be done there.</summary>
internal static class ServerPages
{
    public static void MapServerPages(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/servers", All);
        FormCheck.Guard(routes.MapPost("/servers/ask", Ask).RequireAuthorization(Policies.Operator));
    }

    private static IResult All(HttpContext context, [FromServices] KestraServers servers, DefinitionFolder definitions)
    {
        var scope = AccessScope.Of(context.User);
        var chosen = definitions.Catalog.Entries.Where(e => e.Definition is not null && scope.Allows(e.Key!.Value)).GroupBy(e => e.Definition!.Options.Kestra ?? "").ToDictionary(g => g.Key, g => g.Count());
        var views = servers.Status.Select(s => new ServerView(s, chosen.GetValueOrDefault(s.Name)));
        return Page.Of<Pages.ServersPage>(PageFrame.Of(context, "Kestra servers", Links.Servers), new ServerListView([.. views]));
    }

    private static async Task<IResult> Ask([FromServices] KestraServers servers, CancellationToken ct)
    {
        await servers.ProbeAllAsync(ct);
        return SeeOther.To(Links.Servers);
    }
}
