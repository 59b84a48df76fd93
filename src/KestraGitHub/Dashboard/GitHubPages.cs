using KestraGitHub.Access;
using KestraGitHub.Definitions;
using KestraGitHub.GitHub;
using KestraGitHub.Storage;

namespace KestraGitHub.Dashboard;

/// <summary>What GitHub has to grant and to send for what the definitions use, and whether it does.</summary>
internal static class GitHubPages
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static void MapGitHubPages(this IEndpointRouteBuilder routes) => routes.MapGet(Links.GitHub, Show);

    /// <param name="check">Anything: GitHub is asked. Each look costs calls, so who may only read is not offered it.</param>
    private static async Task<IResult> Show(HttpContext context, DefinitionFolder definitions, GitHubProbe probe, GitHubOptions options, string? check, CancellationToken ct)
    {
        var frame = PageFrame.Of(context, "GitHub", Links.GitHub);
        var (scope, catalog) = (AccessScope.Of(context.User), definitions.Catalog);
        var seen = catalog.Keys.Where(scope.Allows).Select(key => catalog.Find(key)?.Definition).OfType<Definition>().ToList();
        var needs = probe.NeedsOf(seen);
        var (report, fault) = check is not null && frame.MayOperate && options.IsConfigured ? await CheckAsync(probe, needs, ct) : (null, null);
        return Page.Of<Pages.GitHubPage>(frame, new GitHubView(options.Api.Host, options.HasApp, options.IsConfigured, needs, report, fault) { Hooks = seen.Exists(d => !d.Disabled && d.Webhooks.Any(w => !w.Disabled)) });
    }

    private static async Task<(GitHubReport? Report, string? Fault)> CheckAsync(GitHubProbe probe, GitHubNeeds needs, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        try
        {
            return (await probe.CheckAsync(needs, limit.Token), null);
        }
        catch (GitHubException e)
        {
            return (null, e.Message);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return (null, $"GitHub did not answer within {Patience.TotalSeconds:0} s. Look whether it is reachable from here.");
        }
    }
}
