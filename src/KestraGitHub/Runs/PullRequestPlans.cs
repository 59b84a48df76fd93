using KestraGitHub.Definitions;
using KestraGitHub.Git;
using KestraGitHub.GitHub;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>What a run that plans a pull request reads: the merge that GitHub would make, for the tasks that read its base, and for no others.</summary>
internal sealed class PullRequestPlans(GitMirrors git, GitHubClient github, GitHubHosts hosts, CommitReports reports, TimeProvider time)
{
    /// <summary>GitHub makes the merge some seconds after the event, and only when somebody asks.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Has the pull request told of the run, where a task reads its base.</summary>
    /// <exception cref="PermanentFailureException">It comes from a fork, and the sync plans none of those. Nothing was read.</exception>
    public async Task BeginAsync(RunAttempt attempt, IReadOnlyList<SyncTask> stage)
    {
        if (attempt.Run.PullRequest is not { } pull || !stage.Any(t => Reads(pull, t))) return;
        await reports.FollowAsync(attempt.Run, attempt.Keeper.Lease, pull, comments: attempt.Definition.Options.PullRequests is { Comment: true } && !pull.Refused, attempt.Token);
        if (pull.Refused)
            throw new PermanentFailureException("The pull request comes from a fork and was not planned. Whoever looks after the sync can allow it: `x-kestra-github.pullRequests.forks: true`.");
    }

    /// <summary>Whether the task reads what the pull request is to be merged into.</summary>
    public bool Reads(PullRequest pull, SyncTask task) =>
        task.Push is null && hosts.RepositoryOf(task.Git.Url) is { } repository && GitHubRepository.Parse(pull.Repository) is { } wanted && repository.Equals(wanted)
        && (task.Git.Branch is { Length: > 0 } branch ? Short(branch) == pull.Base : pull.OfDefault);

    /// <summary>The commit that merging would make of the very head that the event told of.</summary>
    /// <exception cref="RunMustWaitException">GitHub has not made it yet.</exception>
    /// <exception cref="PermanentFailureException">It cannot be made.</exception>
    public async Task<GitHead> MergeAsync(RunAttempt attempt, PullRequest pull, SyncTask task)
    {
        var ct = attempt.Token;
        if (await git.FindReferenceAsync(task.Git, pull.MergeRef, ct) is { } head && (await git.ParentsAsync(task.Git, head, ct)).Contains(pull.Head)) return head;
        var waited = time.GetUtcNow() - attempt.Run.CreatedAt;
        if (waited > LookAgain && await ConflictsAsync(pull, ct))
            throw new PermanentFailureException($"The pull request conflicts with its base, so there is nothing to plan. Merge that branch into it, mend the conflicts, and push.");
        if (waited > Patience)
            throw new PermanentFailureException($"GitHub made no merge of the pull request's commit {LogWords.Short(pull.Head)} within {Patience.TotalSeconds:0} s. Push again, or close and open it.");
        throw new RunMustWaitException("merge", LookAgain, "Waits for the merge that GitHub makes of the pull request.");
    }

    /// <summary>To ask also makes GitHub look. Unanswered it is no: the merge may come yet.</summary>
    private async Task<bool> ConflictsAsync(PullRequest pull, CancellationToken ct)
    {
        if (!github.IsConfigured || GitHubRepository.Parse(pull.Repository) is not { } repository) return false;
        try
        {
            var reply = await github.GetAsync(GitHubScope.Of(repository, "pull_requests:read"), $"{repository.Path}/pulls/{pull.Number}", ct);
            return reply.Body.TryGetProperty("mergeable", out var mergeable) && mergeable.ValueKind == System.Text.Json.JsonValueKind.False
                && reply.Body.TryGetProperty("head", out var head) && head.TryGetProperty("sha", out var sha) && sha.GetString() == pull.Head;
        }
        catch (GitHubException)
        {
            return false;
        }
    }

    private static string Short(string branch) => branch.StartsWith("refs/heads/", StringComparison.Ordinal) ? branch["refs/heads/".Length..] : branch;
}
