using System.Text.Json;
using KestraGitHub.Definitions;

namespace KestraGitHub.GitHub;

/// <summary>What GitHub says of one need.</summary>
/// <param name="Has">Null where it cannot be told by asking.</param>
/// <param name="Says">What was found, and the cure where it is not good; may be empty.</param>
public sealed record GitHubFinding(string Name, bool? Has, string Says);

/// <summary>What was found of all: of permissions and events by their names, of repositories by theirs.</summary>
/// <param name="Says">Who we are there, in one line.</param>
public sealed record GitHubReport(string Says, IReadOnlyList<GitHubFinding> Permissions, IReadOnlyList<GitHubFinding> Events, IReadOnlyList<GitHubFinding> Repositories)
{
    public GitHubFinding? Of(GitHubPermission need) => Permissions.FirstOrDefault(f => f.Name == need.Name);

    public GitHubFinding? Of(GitHubEvent need) => Events.FirstOrDefault(f => f.Name == need.Name);
}

/// <summary>Whether GitHub takes what we sign in with, and grants what the definitions need.</summary>
internal sealed class GitHubProbe(GitHubClient github, GitHubHosts hosts, GitHubOptions options)
{
    /// <summary>Each costs a call.</summary>
    public const int MostRepositories = 30;

    public GitHubNeeds NeedsOf(IEnumerable<Definition> definitions) => GitHubNeeds.Of(definitions, hosts, app: options.HasApp || !options.IsConfigured);

    /// <returns>What was found, in one line.</returns>
    /// <exception cref="GitHubException">Something that is needed is missing.</exception>
    public async Task<string> LookAsync(GitHubNeeds needs, CancellationToken ct)
    {
        var report = await CheckAsync(needs with { Repositories = [] }, ct);
        var missing = needs.Permissions.Where(n => !n.Optional && report.Of(n) is { Has: false }).Select(n => $"{n.Name}: {n.Level} (for {n.For})").ToList();
        if (missing.Count > 0) throw new GitHubException(GitHubFailure.Forbidden, $"{report.Says}, which lacks {string.Join(", ", missing)}. Grant it on the App's page, and accept it where the App is installed.");
        return $"{report.Says}{(github.IsApp ? ", which is granted what is needed" : "")}";
    }

    /// <exception cref="GitHubException">GitHub does not take what we sign in with, or is not there.</exception>
    public async Task<GitHubReport> CheckAsync(GitHubNeeds needs, CancellationToken ct)
    {
        var (says, permissions, events) = github.IsApp ? await OfAppAsync(needs, ct) : await OfTokenAsync(needs, ct);
        var repositories = new List<GitHubFinding>();
        foreach (var repository in needs.Repositories.Take(MostRepositories)) repositories.Add(await OfRepositoryAsync(repository, needs, ct));
        return new(says, permissions, events, repositories);
    }

    private async Task<(string, IReadOnlyList<GitHubFinding>, IReadOnlyList<GitHubFinding>)> OfAppAsync(GitHubNeeds needs, CancellationToken ct)
    {
        var app = await github.GetAsync(GitHubScope.App, "/app", ct);
        var subscribed = app.Items("events").Select(e => e.GetString()).ToHashSet();
        return (
            $"{options.Api.Host} knows the App {app.Text("slug")}",
            [.. needs.Permissions.Select(n => Grants(app, n) ? new GitHubFinding(n.Name, true, "") : new(n.Name, false, $"Grant it on the App's page: {n.Title}, {n.Level}."))],
            [.. needs.Events.Select(e => e.ByItself || subscribed.Contains(e.Name) ? new GitHubFinding(e.Name, true, "") : new(e.Name, false, $"Tick {e.Title} on the App's page, where its hook calls this service; or leave it to the hooks of repositories."))]);
    }

    /// <summary>Costs nothing, needs no permission, and is refused to a token that is none. What a token may do cannot be asked.</summary>
    private async Task<(string, IReadOnlyList<GitHubFinding>, IReadOnlyList<GitHubFinding>)> OfTokenAsync(GitHubNeeds needs, CancellationToken ct)
    {
        var limits = await github.GetAsync(new GitHubScope("", null, ""), "/rate_limit", ct);
        return ($"{options.Api.Host} takes the token{Left(limits)}", [.. needs.Permissions.Select(n => new GitHubFinding(n.Name, null, ""))], [.. needs.Events.Select(e => new GitHubFinding(e.Name, null, ""))]);
    }

    private async Task<GitHubFinding> OfRepositoryAsync(GitHubRepository repository, GitHubNeeds needs, CancellationToken ct)
    {
        try
        {
            if (!github.IsApp)
            {
                var seen = await github.GetAsync(GitHubScope.Of(repository, ""), repository.Path, ct);
                return seen.Body.TryGetProperty("permissions", out var may) && may.TryGetProperty("push", out var push) && push.ValueKind == JsonValueKind.False
                    ? new(repository.ToString(), false, "The token may only read it: statuses of its commits are refused.")
                    : new(repository.ToString(), true, "");
            }

            var installed = await github.GetAsync(GitHubScope.App, repository.Path + "/installation", ct);
            var missing = needs.Permissions.Where(n => !n.Optional && !Grants(installed, n)).Select(n => $"{n.Title}: {n.Level}").ToList();
            if (installed.Text("suspended_at") is not null) return new(repository.ToString(), false, "The App is suspended there.");
            return missing.Count == 0 ? new(repository.ToString(), true, "") : new(repository.ToString(), false, $"Its owner has not accepted {string.Join(", ", missing)}: see the App under the owner's settings.");
        }
        catch (GitHubException e) when (!e.IsTransient && e.Kind != GitHubFailure.Unauthorized)
        {
            return new(repository.ToString(), false, e.Kind != GitHubFailure.NotFound ? e.Message
                : github.IsApp ? "The App is not installed there. Install it, or add the repository to its installation." : "It is not there, or the token may not see it.");
        }
    }

    private static string Left(GitHubReply limits) =>
        limits.Body.ValueKind == JsonValueKind.Object && limits.Body.TryGetProperty("resources", out var resources) && resources.TryGetProperty("core", out var core)
        && core.TryGetProperty("remaining", out var remaining) ? $"; {remaining} calls are left this hour" : "";

    private static bool Grants(GitHubReply of, GitHubPermission need) =>
        of.Body.TryGetProperty("permissions", out var granted) && granted.TryGetProperty(need.Name, out var has) && has.GetString() is { } held && (held == need.Level || held is "write" or "admin");
}
