using KestraGitHub.Git;
using KestraGitHub.Reconciliation;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>Takes back what a run pushed: by one more commit, on what the branch is now. History is never rewritten.</summary>
internal sealed class BranchUndo(GitMirrors git, JournalStore journal, OwnCommitStore ownCommits, UndoTargets targets, TimeProvider time)
{
    /// <summary>Readings of the branch: somebody may be quicker with a push.</summary>
    private const int Rounds = 5;

    /// <param name="entries">Of one branch.</param>
    public async Task<IReadOnlyList<UndoneObject>> UndoAsync(RunRow run, List<JournalEntry> entries, UndoScope scope, IApplyGuard guard, RunLog log, CancellationToken ct)
    {
        try
        {
            SyncPlan? first = null;
            var task = await targets.FindPushAsync(run, entries[0].Target, log, ct);
            using var turn = await git.TakeTurnAsync(task.Git, ct);
            var source = new JournalSource(journal, run.Id, entries);
            for (var round = 1; ; round++)
            {
                var head = await git.ResolveForPushAsync(task.Git, ct);
                if (head.IsNew) return All(entries, UndoFate.Left, $"{entries[0].Target} is gone");
                var tip = await BranchTip.ReadAsync(await git.OpenAsync(task.Git, head, ct), entries.Select(e => (e.Key, e.Path!)), ct);
                var plan = UndoPlanner.Plan(entries, tip.Held, scope);
                first ??= plan;
                if (round == Rounds || !plan.Writes.Any()) return [.. plan.Changes.Select(c => JournalUndo.FateOf(entries, first, c, [], []))];
                var stamp = new CommitStamp(run.Sync.ToString(), run.Id, (_, _, _) => Task.CompletedTask);
                var message = CommitMessage.Of(task.Push! with { Message = $"Undo run {run.Id}" }, stamp, time.GetUtcNow());
                if (await git.CommitAsync(tip.Commit, message, tip.Changes(plan), source, ct) is not { } made) continue;
                await ownCommits.AddAsync(run.Sync, made.Commit, tip.Commit.Commit, ct);
                await guard.BeforeWriteAsync(ct);
                try
                {
                    await git.PushAsync(tip.Commit, made, ct);
                    log.Step("pushed", $"commit {LogWords.Short(made.Commit)} to {entries[0].Target}: {message.Text.Split('\n')[0]}");
                }
                catch (GitException e) when (e.Kind == GitErrorKind.Moved)
                {
                    log.Info($"{e.Message} It is planned anew on what is there now.");
                }
            }
        }
        catch (Exception e) when (e is not (OperationCanceledException or StorageUnavailableException))
        {
            return All(entries, UndoFate.Stands, FailureKinds.Of(e).Message);
        }
    }

    private static List<UndoneObject> All(List<JournalEntry> entries, UndoFate fate, string reason) =>
        entries.ConvertAll(e => new UndoneObject(e, fate, reason, new Change(ChangeAction.Failed, e.Key, e.Path, reason), null));
}
