using KestraGitHub.Git;
using KestraGitHub.Reconciliation;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>What is to be proposed.</summary>
/// <param name="Rows">The objects, as the plan has them.</param>
/// <param name="Changes">The same as changes of the task's commit.</param>
internal sealed record ProposedChanges(IReadOnlyList<Change> Rows, IReadOnlyList<TreeChange> Changes);

/// <summary>What a work branch has come to.</summary>
/// <param name="Head">Its commit; null where it is not there (any more).</param>
internal sealed record BranchOutcome(WorkStep Step, string? Head, IReadOnlyList<ProposedFile> Files, IReadOnlyList<string> Left)
{
    /// <summary>True where its last commit is ours: it may go with its pull request.</summary>
    public bool Ours { get; init; }

    /// <summary>True where somebody closed the pull request that proposed just this; nothing was done.</summary>
    public bool TurnedDown { get; init; }
}

/// <summary>How the pull request is that proposed something last.</summary>
internal enum PullStanding
{
    None,
    Open,

    /// <summary>What it proposed is no measure any more.</summary>
    Merged,

    /// <summary>Somebody did not want it.</summary>
    Closed,
}

/// <summary>Brings the work branch of a proposal to what it should hold. Somebody else's commits on it are never lost.</summary>
internal sealed class ProposalBranch(GitMirrors git, ProposalStore store, OwnCommitStore ownCommits, TimeProvider time)
{
    private const int Rounds = 5;

    /// <exception cref="GitException">It could not be read or pushed.</exception>
    public async Task<BranchOutcome> BringAsync(RunAttempt attempt, TaskRun task, ProposedChanges proposed, Proposal? last, PullStanding pull, CancellationToken ct)
    {
        for (var round = 1; ; round++)
        {
            try
            {
                return await BringOnceAsync(attempt, task, proposed, last, pull, ct);
            }
            catch (GitException e) when (e.Kind == GitErrorKind.Moved && round < Rounds)
            {
                attempt.Log.Info($"{task.Task.Id}: {e.Message} It is looked at again.");
            }
        }
    }

    /// <summary>Takes away a branch that nothing is left on but ours.</summary>
    public async Task RemoveAsync(RunAttempt attempt, TaskRun task, string head, CancellationToken ct)
    {
        var start = await git.OpenForBranchAsync(task.Task.Git, task.Commit!, task.Task.Proposal!.WorkBranch, ct);
        await attempt.Keeper.BeforeWriteAsync(ct);
        await git.PushAsync(start, null, head, ct);
    }

    private async Task<BranchOutcome> BringOnceAsync(RunAttempt attempt, TaskRun task, ProposedChanges proposed, Proposal? last, PullStanding pull, CancellationToken ct)
    {
        var (source, name) = (task.Task.Git, task.Task.Proposal!.WorkBranch);
        var work = await git.FindReferenceAsync(source, "refs/heads/" + name, ct);
        var start = await git.OpenForBranchAsync(source, task.Commit!, name, ct);
        var made = proposed.Changes.Count == 0 ? null : await git.CommitAsync(start, Message(attempt, task, proposed), proposed.Changes, task.Kestra, ct);
        var paths = proposed.Changes.Select(c => c.Path).Union((last?.Files ?? []).Select(f => f.Path)).ToList();
        var into = await GitMirrors.FilesAsync(task.Commit!, paths, ct);
        var wanted = await WantedAsync(made, proposed, into, ct);
        if (pull == PullStanding.Closed && wanted.Select(f => (f.Path, f.Now)).SequenceEqual(last!.Files.Select(f => (f.Path, f.Now))))
            return new BranchOutcome(WorkStep.Keep, work?.Commit, wanted, []) { TurnedDown = true };
        var tip = work is null ? null : await git.OpenAsync(source, work, ct);
        var ours = work is not null && last is not null && (work.Commit == last.Commit || work.Commit == last.Expected);
        var decision = WorkBranch.Decide(wanted, into, pull == PullStanding.Merged ? [] : last?.Files, tip is null ? null : await GitMirrors.FilesAsync(tip, paths, ct), ours);
        var outcome = new BranchOutcome(decision.Step, work?.Commit, wanted, decision.Left) { Ours = ours };
        switch (decision.Step)
        {
            case WorkStep.Rebuild:
                return outcome with { Head = await PushAsync(attempt, task, last, start, made!, work?.Commit, ct), Ours = true };
            case WorkStep.Append:
                var more = await git.CommitAsync(tip!, Message(attempt, task, proposed), [.. decision.Files.Select(f => GitMirrors.ChangeTo(f.Path, f.Now))], task.Kestra, ct);
                return more is null ? outcome : outcome with { Head = await PushAsync(attempt, task, last, tip!, more, work!.Commit, ct) };
            default:
                return outcome;
        }
    }

    private async Task<string> PushAsync(RunAttempt attempt, TaskRun task, Proposal? last, GitCommit on, GitCommit made, string? before, CancellationToken ct)
    {
        await ownCommits.AddAsync(attempt.Sync, made.Commit, before ?? new string('0', made.Commit.Length), ct);
        // Known before it is there: a stop right after the push must not make it somebody else's.
        var known = last ?? new Proposal(task.Task.Name, "", task.Task.Proposal!.WorkBranch, 0, "", [], "");
        await store.SaveAsync(attempt.Sync, known with { Expected = made.Commit }, ct);
        await attempt.Keeper.BeforeWriteAsync(ct);
        await git.PushAsync(on, made, before ?? "", ct);
        attempt.Log.Step("pushed", $"{task.Task.Id}: commit {LogWords.Short(made.Commit)} to {task.Task.Proposal!.WorkBranch} of {task.Task.Git.Url}");
        return made.Commit;
    }

    private static async Task<IReadOnlyList<ProposedFile>> WantedAsync(GitCommit? made, ProposedChanges proposed, IReadOnlyDictionary<string, string?> into, CancellationToken ct)
    {
        if (made is null) return [];
        var files = await GitMirrors.FilesAsync(made, proposed.Changes.Select(c => c.Path), ct);
        return [.. files.Where(f => f.Value != into[f.Key]).Select(f => new ProposedFile(f.Key, into[f.Key], f.Value)).OrderBy(f => f.Path, StringComparer.Ordinal)];
    }

    private CommitMessage Message(RunAttempt attempt, TaskRun task, ProposedChanges proposed)
    {
        var stamp = new CommitStamp(attempt.Sync.ToString(), attempt.Run.Id, (_, _, _) => Task.CompletedTask);
        return CommitMessage.Of(
            ProposalText.MessageOf(attempt.Sync, task.Task), task.Task.Push?.Author ?? Definitions.Person.Service, stamp, time.GetUtcNow(),
            ProposalText.Trailers(proposed.Rows));
    }
}
