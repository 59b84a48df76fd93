using KestraGitHub.Access;
using KestraGitHub.Definitions;
using KestraGitHub.Git;
using KestraGitHub.Runs;
using KestraGitHub.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace KestraGitHub.Dashboard;

/// <param name="Syncs">Those whose last run read it, and those that never read any and whose definition names it.</param>
/// <param name="Read">The newest of the last runs of its syncs that got as far as its commit.</param>
/// <param name="Failed">The newest of them that failed before it.</param>
/// <param name="Bytes">Of the mirror on this node; null where there is none.</param>
/// <param name="Newest">When its mirror grew last.</param>
/// <param name="Answers">What the repository said just now, where it was asked.</param>
public sealed record RepositoryView(
    string Url, IReadOnlyList<SyncKey> Syncs, RunRow? Read, RunRow? Failed, long? Bytes, DateTimeOffset? Newest, IReadOnlyList<RepositoryAnswer> Answers);

/// <param name="Unread">Syncs of which no run has read a repository yet, and whose definition names none outright.</param>
public sealed record RepositoryListView(IReadOnlyList<RepositoryView> Repositories, IReadOnlyList<SyncKey> Unread, long Bytes);

/// <summary>The repositories that runs read or write, and whether their credentials work.</summary>
internal static class RepositoryPages
{
    private const int MostAsked = 10;

    // Of the syncs that share a repository a few tell whether it can be read.
    private const int MostLooked = 20;

    public static void MapRepositoryPages(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/repositories", All);
        FormCheck.Guard(routes.MapPost("/repositories/test", Test).RequireAuthorization(Policies.Operator));
    }

    private static async Task<IResult> All(
        HttpContext context, DefinitionFolder definitions, RepositoryBook repositories, RunStore runs, [FromServices] GitMirrors mirrors, CancellationToken ct) =>
        Answer(context, await ViewAsync(AccessScope.Of(context.User), definitions.Catalog, repositories, runs, mirrors, [], ct));

    /// <summary>Shows the page with the answers. Nothing changes, so that reloading may ask again.</summary>
    private static async Task<IResult> Test(
        HttpContext context, DefinitionFolder definitions, RepositoryBook repositories, RunStore runs, [FromServices] GitMirrors mirrors, [FromServices] RepositoryCheck check,
        [FromForm] string? url, CancellationToken ct)
    {
        var scope = AccessScope.Of(context.User);
        var asked = (await UsedAsync([.. definitions.Catalog.Keys.Where(scope.Allows)], definitions.Catalog, repositories, ct)).Where(u => u.Url == url).Select(u => u.Sync).Distinct().Take(MostAsked).ToList();
        if (asked.Count == 0) return Page.NotFound(context, "repository");
        AuditTrail.Note(context, Brief.Url(url!));
        return Answer(context, await ViewAsync(scope, definitions.Catalog, repositories, runs, mirrors, await check.AskAsync(asked, url!, ct), ct));
    }

    private static async Task<RepositoryListView> ViewAsync(
        AccessScope scope, DefinitionCatalog catalog, RepositoryBook repositories, RunStore runs, GitMirrors mirrors, IReadOnlyList<RepositoryAnswer> answers, CancellationToken ct)
    {
        var keys = catalog.Keys.Where(scope.Allows).ToList();
        var read = await UsedAsync(keys, catalog, repositories, ct);
        var latest = await runs.LatestAsync(read.Distinct().GroupBy(r => r.Url, r => r.Sync).SelectMany(g => g.Take(MostLooked)), ct);
        var views = read.GroupBy(r => r.Url, r => r.Sync).OrderBy(g => Brief.Repository(g.Key), StringComparer.OrdinalIgnoreCase).Select(group =>
        {
            var syncs = group.Distinct().OrderBy(k => k.ToString(), StringComparer.Ordinal).ToList();
            var last = syncs.Select(k => latest.GetValueOrDefault(k).Last).OfType<RunRow>().OrderByDescending(r => r.FinishedAt).ToList();
            var mirror = mirrors.FactsOf(group.Key);
            return new RepositoryView(
                group.Key, syncs, last.FirstOrDefault(r => r.Revision is not null), last.FirstOrDefault(r => r is { State: RunState.Failed, Revision: null, UndoOf: null }), mirror?.Bytes, mirror?.Newest,
                [.. answers.Where(a => a.Url == group.Key)]);
        }).ToList();
        return new(views, [.. keys.Except(read.Select(r => r.Sync)).OrderBy(k => k.ToString(), StringComparer.Ordinal)], views.Sum(v => v.Bytes ?? 0));
    }

    /// <summary>What runs read; where none got so far, what the definition names: a credential that never worked is looked for here as well.</summary>
    private static async Task<IReadOnlyList<(SyncKey Sync, string Url)>> UsedAsync(
        IReadOnlyCollection<SyncKey> keys, DefinitionCatalog catalog, RepositoryBook repositories, CancellationToken ct)
    {
        var read = await repositories.UrlsAsync(keys, ct);
        return [.. read, .. keys.Except(read.Select(r => r.Sync)).SelectMany(key => DefinitionWords.Repositories(catalog.Find(key)?.Definition).Select(url => (key, url)))];
    }

    private static IResult Answer(HttpContext context, RepositoryListView view) =>
        Page.Of<Pages.RepositoriesPage>(PageFrame.Of(context, "Repositories", Links.Repositories), view);
}
