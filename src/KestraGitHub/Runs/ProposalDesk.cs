using KestraGitHub.Git;
using KestraGitHub.GitHub;
using KestraGitHub.Kestra;
using KestraGitHub.Reconciliation;
using KestraGitHub.Storage;
using Microsoft.Extensions.Options;

namespace KestraGitHub.Runs;

/// <summary>
/// Brings changes to Git by a pull request: what Kestra holds, instead of a push; and what was edited in Kestra, where a sync keeps it for that. There is one for
/// each task, kept up to date while it is open, and closed when there is nothing left to say. One that somebody closed stays closed until there is something new.
/// </summary>
internal sealed class ProposalDesk(
    GitMirrors git, GitHubClient github, GitHubHosts hosts, ProposalBranch branches, ProposalStore store, IOptions<PublicAddress> address)
{
    private readonly OwnPullRequests _pulls = new(github);

    /// <summary>Before anything is written.</summary>
    /// <exception cref="PermanentFailureException">No pull request can be made of this repository.</exception>
    public void Refuse(TaskRun task)
    {
        if (task.Task.Proposal is null || task.Plan is null) return;
        if (!github.IsConfigured)
            throw new PermanentFailureException($"Task {task.Task.Id} is to make a pull request, and GitHub's API is not configured. Set GitHub:Token, or GitHub:AppId and GitHub:PrivateKey.");
        if (hosts.RepositoryOf(task.Task.Git.Url) is null)
            throw new PermanentFailureException($"Task {task.Task.Id} is to make a pull request, and {task.Task.Git.Url} is no repository of {hosts.Authority}. Check GitHub:ApiUrl and the task's url.");
    }

    /// <summary>Proposes the plan of a task that brings Kestra to Git.</summary>
    public async Task<ApplyResult> ProposeAsync(RunAttempt attempt, TaskRun task, CancellationToken ct)
    {
        try
        {
            var writes = task.Plan!.Writes.ToList();
            var said = await ProposeAsync(attempt, task, new ProposedChanges(writes, task.Git!.Changes(task.Plan)), ct);
            task.Plan = Told(task.Plan, [.. writes.Select(w => w.Key)], said);
            return new ApplyResult([.. task.Plan.Writes.Select(c => new AppliedChange(c, c.Action == ChangeAction.Deleted ? null : c.Desired))], null, null);
        }
        catch (Exception e)
        {
            return new ApplyResult([], null, new ApplyFailure(null, e));
        }
    }

    /// <summary>Offers to Git what was edited in Kestra, and stays there.</summary>
    public async Task OfferAsync(RunAttempt attempt, TaskRun task, CancellationToken ct)
    {
        // What is read of an older commit says nothing of the branch.
        if (attempt.Run.RequestedRevision is not null || attempt.Pinned.ContainsKey(task.Task.Name) || task.Head.Reference is null) return;
        var edits = new EditsOut(task.Task, task.Commit!);
        var (rows, changes) = (new List<Change>(), new List<TreeChange>());
        foreach (var row in task.Plan!.Changes.Where(c => c.Offered))
        {
            var (change, fault) = await edits.OfAsync(row, held => Content.OfAsync(held, task.Kestra, ct), ct);
            if (change is not null)
            {
                rows.Add(row with { Path = change.Path });
                changes.Add(change);
            }
            else
            {
                attempt.Log.Warn($"{row.Key} cannot be offered to Git: {fault}");
            }
        }

        var said = await ProposeAsync(attempt, task, new ProposedChanges(rows, changes), ct);
        task.Plan = Told(task.Plan, [.. rows.Select(r => r.Key)], said);
    }

    /// <returns>What the rows are to say; empty where there is nothing.</returns>
    private async Task<string> ProposeAsync(RunAttempt attempt, TaskRun task, ProposedChanges proposed, CancellationToken ct)
    {
        var (sync, name, repository) = (attempt.Sync, task.Task.Name, hosts.RepositoryOf(task.Task.Git.Url)!.Value);
        var last = await store.FindAsync(sync, name, ct);
        if (last is not null && (last.Branch != task.Task.Proposal!.WorkBranch || (last.Number > 0 && last.Repository != repository.ToString()))) last = null;
        if (last is null && proposed.Changes.Count == 0) return "";
        using var turn = await git.TakeTurnAsync(task.Task.Git with { Branch = task.Task.Proposal!.WorkBranch }, ct);
        var pull = last is { Number: > 0 } ? await _pulls.GetAsync(repository, last.Number, ct) : null;
        var standing = pull switch { { Open: true } => PullStanding.Open, { Merged: true } => PullStanding.Merged, _ => last is { Number: > 0 } ? PullStanding.Closed : PullStanding.None };
        var branch = await branches.BringAsync(attempt, task, proposed, last, standing, ct);
        if (branch.Step == WorkStep.End || (branch.Files.Count == 0 && standing != PullStanding.Open))
        {
            await EndAsync(attempt, task, repository, last, pull, branch, ct);
            return "";
        }

        if (branch.TurnedDown)
        {
            attempt.Log.Step("proposed", $"{task.Task.Id}: pull request {last!.Number} was closed, and there is nothing new since");
            return $"pull request {last.Number} was closed";
        }

        pull = await TellAsync(attempt, task, repository, proposed.Rows, last, pull is { Open: true } ? pull : null, branch, ct);
        task.Proposed = branch.Head;
        return $"proposed in pull request {pull.Number}";
    }

    private async Task<OwnPullRequest> TellAsync(
        RunAttempt attempt, TaskRun task, GitHubRepository repository, IReadOnlyList<Change> rows, Proposal? last, OwnPullRequest? pull, BranchOutcome branch, CancellationToken ct)
    {
        var (target, into) = (task.Task.Proposal!, task.Head.Reference!["refs/heads/".Length..]);
        var text = ProposalText.Of(attempt.Sync, task.Task, rows, branch.Left, address.Value.OfRun(attempt.Run.Id));
        var digest = last?.TextDigest;
        // A stop may have come between opening it and writing that down.
        if (pull is null && await _pulls.FindAsync(repository, target.WorkBranch, into, ct) is { } there) (pull, digest) = (there, null);
        if (pull is null)
        {
            pull = await _pulls.OpenAsync(repository, target.WorkBranch, into, text.Title, text.Body, target.Rules.Draft, ct);
            await SaveAsync();
            attempt.Log.Step("proposed", $"{task.Task.Id}: pull request {pull.Number} opened, {pull.Url}");
            await TryAsync(attempt, "Labels were not set", target.Rules.Labels.Count, () => _pulls.LabelAsync(repository, pull.Number, target.Rules.Labels, ct));
            await TryAsync(attempt, "Nobody was asked for a review", target.Rules.Reviewers.Count, () => _pulls.AskAsync(repository, pull.Number, target.Rules.Reviewers, ct));
            return pull;
        }

        if (digest != text.Digest) await _pulls.RewriteAsync(repository, pull.Number, text.Title, text.Body, ct);
        await SaveAsync();
        attempt.Log.Step("proposed", $"{task.Task.Id}: pull request {pull.Number} {(branch.Step == WorkStep.Keep && digest == text.Digest ? "says it already" : "brought up to date")}, {pull.Url}");
        return pull;

        Task SaveAsync() => store.SaveAsync(
            attempt.Sync, new Proposal(task.Task.Name, repository.ToString(), target.WorkBranch, pull.Number, branch.Ours ? branch.Head! : last?.Commit ?? "", branch.Files, text.Digest), ct);
    }

    private async Task EndAsync(RunAttempt attempt, TaskRun task, GitHubRepository repository, Proposal? last, OwnPullRequest? pull, BranchOutcome branch, CancellationToken ct)
    {
        if (pull is { Open: true }) await _pulls.CloseAsync(repository, pull.Number, ct);
        if (branch is { Head: { } head, Ours: true } && task.Task.Proposal!.OwnBranch) await branches.RemoveAsync(attempt, task, head, ct);
        await store.EndAsync(attempt.Sync, task.Task.Name, ct);
        if (last is { Number: > 0 })
            attempt.Log.Step("proposed", $"{task.Task.Id}: pull request {last.Number} {(pull is { Merged: true } ? "was merged" : "is closed")}: there is nothing left to propose");
    }

    /// <summary>What makes the pull request nicer must not fail it.</summary>
    private static async Task TryAsync(RunAttempt attempt, string what, int count, Func<Task> work)
    {
        if (count == 0) return;
        try
        {
            await work();
        }
        catch (GitHubException e)
        {
            attempt.Log.Warn($"{what}: {e.Message}");
        }
    }

    private static SyncPlan Told(SyncPlan plan, HashSet<ResourceKey> keys, string said) =>
        said.Length == 0 ? plan : plan with { Changes = [.. plan.Changes.Select(c => keys.Contains(c.Key) && (c.Writes || c.Offered) ? c with { Reason = $"{c.Reason}; {said}" } : c)] };
}
