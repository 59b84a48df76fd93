using KestraGitHub.Definitions;
using KestraGitHub.GitHub;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>
/// Has GitHub told of the commits that a run works on. Only a row is written here, before the work: what becomes of the run is looked up later, so that GitHub
/// being away neither delays nor fails a run, and no end of one goes untold.
/// </summary>
internal sealed class CommitReports(GitHubClient github, GitHubHosts hosts, OutboxStore outbox) : IDisposable
{
    private readonly Bell _news = new();

    public static string ContextOf(SyncKey sync) => $"kestra-github/{sync.Namespace}/{sync.Flow}";

    /// <summary>A dry run and an undo say nothing of a commit; repositories elsewhere are told nothing.</summary>
    public async Task FollowAsync(RunRow run, Lease lease, IReadOnlyList<SourceRow> sources, CancellationToken ct)
    {
        if (!github.IsConfigured || run.DryRun || run.UndoOf is not null) return;
        var commits = sources.Select(CommitOf).OfType<(string, string)>().Distinct().ToList();
        if (commits.Count == 0) return;
        await outbox.FollowAsync(lease, commits, ContextOf(run.Sync), ct);
        Wake();
    }

    /// <summary>Has the pull request's head, and the pull request itself where <paramref name="comments"/>, told of the run that plans it.</summary>
    public async Task FollowAsync(RunRow run, Lease lease, PullRequest pull, bool comments, CancellationToken ct)
    {
        if (!github.IsConfigured) return;
        await outbox.FollowAsync(lease, comments ? [(pull.Repository, pull.Head), (pull.Repository, PlaceOf(pull))] : [(pull.Repository, pull.Head)], ContextOf(run.Sync), ct);
        Wake();
    }

    /// <summary>Where a comment goes, in the place of a commit.</summary>
    public static string PlaceOf(PullRequest pull) => $"pull/{pull.Number}";

    /// <summary>The number of the pull request; null for a commit.</summary>
    public static string? PullOf(string place) => place.StartsWith("pull/", StringComparison.Ordinal) ? place["pull/".Length..] : null;

    /// <summary>The repository, in lower case, and the commit that a task is at; null where it is none of GitHub's.</summary>
    public (string Repository, string Sha)? CommitOf(SourceRow source) =>
        source.Commit is { Length: > 0 } sha && hosts.RepositoryOf(source.Url) is { } repository ? (repository.ToString().ToLowerInvariant(), sha) : null;

    /// <summary>Waits for something to be followed, at most so long.</summary>
    public Task WaitAsync(TimeSpan most, CancellationToken ct) => _news.WaitAsync(most, ct);

    public void Dispose() => _news.Dispose();

    /// <summary>There is something to tell.</summary>
    public void Wake() => _news.Ring();
}
