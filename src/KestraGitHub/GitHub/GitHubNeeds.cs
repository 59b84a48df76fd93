using KestraGitHub.Definitions;

namespace KestraGitHub.GitHub;

/// <summary>A right that GitHub has to grant.</summary>
/// <param name="Name">As the API has it: <c>pull_requests</c>. <paramref name="Title"/> is what the App's page calls it.</param>
/// <param name="Level"><c>read</c> or <c>write</c>.</param>
/// <param name="Optional">True: without it something is missing that the service can do without.</param>
public sealed record GitHubPermission(string Name, string Title, string Level, string For, bool Optional = false);

/// <summary>An event that a webhook has to send.</summary>
/// <param name="ByItself">True: GitHub sends it to the App unasked.</param>
public sealed record GitHubEvent(string Name, string Title, string For, bool ByItself = false);

/// <summary>What the definitions need of GitHub: no right and no event more.</summary>
/// <param name="Repositories">Those on the configured GitHub that the definitions name, in the order of their names.</param>
public sealed record GitHubNeeds(IReadOnlyList<GitHubPermission> Permissions, IReadOnlyList<GitHubEvent> Events, IReadOnlyList<GitHubRepository> Repositories)
{
    /// <param name="definitions">Those in force; a disabled one needs nothing.</param>
    /// <param name="app">True: of an App; false: of a token.</param>
    internal static GitHubNeeds Of(IEnumerable<Definition> definitions, GitHubHosts hosts, bool app)
    {
        var ours = definitions.Where(d => !d.Disabled && (d.Repositories.Open || d.Repositories.Names.Any(n => hosts.RepositoryOf(n) is not null))).ToList();
        var tasks = ours.SelectMany(d => d.Tasks.Where(t => t.Standing == TaskStanding.Runs && t.Properties.ContainsKey("url")).Select(t => (Definition: d, Task: t))).ToList();
        var lent = tasks.Where(t => !t.Task.Properties.ContainsKey("password") && !t.Task.Properties.ContainsKey("privateKey")).ToList();
        var pulls = ours.Where(d => d.Options.PullRequests is not null).ToList();
        return new(
            [.. Rights(lent.Count > 0, lent.Any(t => t.Definition.WritesToGit || Proposes(t.Definition)), pulls, ours.Exists(Proposes), ours.Count > 0, app)], [.. Sent(ours, pulls.Count > 0, app)],
            [.. ours.SelectMany(d => d.Repositories.Names).Select(hosts.RepositoryOf).OfType<GitHubRepository>().Distinct().OrderBy(r => r.ToString(), StringComparer.OrdinalIgnoreCase)]);
    }

    private static bool Proposes(Definition definition) =>
        (definition.Options.Proposal is not null && definition.WritesToGit) || definition.Options.Safety.OnDrift == Reconciliation.OnDrift.PullRequest;

    private static IEnumerable<GitHubPermission> Rights(bool reads, bool writes, List<Definition> pulls, bool proposes, bool any, bool app)
    {
        yield return new("metadata", "Metadata", "read", "everything");
        if (!any) yield break;
        yield return app ? new("checks", "Checks", "write", "a check at each commit") : new("statuses", "Commit statuses", "write", "a status at each commit");
        if (writes) yield return new("contents", "Contents", "write", "Git: tasks that push and name no credential of their own");
        else if (reads) yield return new("contents", "Contents", "read", "Git: tasks that name no credential of their own");
        if (proposes) yield return new("pull_requests", "Pull requests", "write", "pull requests of its own, and plans as comments");
        else if (pulls.Any(d => d.Options.PullRequests!.Comment)) yield return new("pull_requests", "Pull requests", "write", "the plan as a comment");
        else if (pulls.Count > 0) yield return new("pull_requests", "Pull requests", "read", "seeing whether a pull request can be merged");
        if (app && pulls.Count > 0) yield return new("merge_queues", "Merge queues", "read", "letting a merge queue's groups through");
        yield return new("repository_hooks", "Webhooks", "read", "finding what a repository's hook sent and never came", Optional: true);
        yield return new("organization_hooks", "Webhooks of the organisation", "read", "the same of an organisation's hook", Optional: true);
    }

    private static IEnumerable<GitHubEvent> Sent(List<Definition> ours, bool pulls, bool app)
    {
        if (!ours.Any(d => d.Webhooks.Any(w => !w.Disabled))) yield break;
        yield return new("push", "Push", "a sync runs");
        if (pulls) yield return new("pull_request", "Pull request", "a plan of what merging would change");
        // A repository's and an organisation's hook are not sent these.
        if (pulls && app) yield return new("merge_group", "Merge group", "letting a merge queue's groups through");
        if (!app) yield break;
        yield return new("check_run", "Check run", "the button that runs a check again", ByItself: true);
        yield return new("check_suite", "Check suite", "the button that runs all checks again", ByItself: true);
    }
}
