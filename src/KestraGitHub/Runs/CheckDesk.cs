using KestraGitHub.Definitions;
using KestraGitHub.GitHub;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>A press of GitHub's re-run button, as the event tells of it.</summary>
/// <param name="Name">Of the one check that is to be run again, with the run that it told of; null for all checks of the commit.</param>
/// <param name="AppId">Number of the App whose checks they are, <paramref name="ClientId"/> its other name; null where the event does not say.</param>
internal sealed record CheckRequest(string Commit, string? Name, string? Run, string? AppId, string? ClientId);

/// <summary>A check of ours, and the run that it told of.</summary>
/// <param name="Outdated">True: it is of a pull request that was pushed to since.</param>
internal sealed record ToldCheck(OutboxRow Row, RunRow Run, bool Outdated);

/// <summary>
/// The button beside a check asks for what had run once more. Whoever may press it may write to the repository; only what this service itself told last of
/// that commit counts, so that no event, however well signed, starts what never ran.
/// </summary>
internal sealed class CheckDesk(GitHubClient github, GitHubOptions options, GitHubHosts hosts, OutboxStore outbox, RunStore runs, CommitReports reports)
{
    /// <param name="names">Every name that the repository has or had.</param>
    /// <returns>At most one for each sync; none where they are not our App's.</returns>
    public async Task<IReadOnlyDictionary<SyncKey, ToldCheck>> FindAsync(CheckRequest request, IEnumerable<RepositoryName> names, CancellationToken ct)
    {
        var found = new Dictionary<SyncKey, ToldCheck>();
        if (!github.IsApp || !options.IsOwnApp(request.AppId, request.ClientId)) return found;
        var repositories = names.Where(n => hosts.RepositoryOf(n) is not null).Select(n => n.Path).Distinct().ToList();
        foreach (var row in await outbox.ChecksAsync(repositories, request.Commit, ct))
        {
            if (request.Name is not null && (row.Context != request.Name || row.Sent!.Run != request.Run)) continue;
            if (await runs.GetAsync(row.Sent!.Run, ct) is not { } run || run.Sync != row.Sync) continue;
            var outdated = run.PullRequest is { } pull && await runs.NewestHeadAsync(run.Sync, pull, ct) != pull.Head;
            found.TryAdd(run.Sync, new ToldCheck(row, run, outdated));
        }

        return found;
    }

    /// <summary>Has the checks tell of the runs that were asked for, before these begin: whoever pressed the button sees at once that it did something.</summary>
    public async Task AgainAsync(IReadOnlyList<(OutboxRow Row, string RunId)> again, CancellationToken ct)
    {
        await outbox.FollowAsync(again, ct);
        reports.Wake();
    }
}
