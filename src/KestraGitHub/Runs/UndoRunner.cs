using KestraGitHub.Definitions;
using KestraGitHub.Reconciliation;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>A run that takes back what an earlier one wrote, or brings back what it deleted. Git is not asked, and still wants what it wants.</summary>
internal sealed class UndoRunner(RunStore runs, JournalStore journal, JournalUndo undo)
{
    /// <exception cref="PermanentFailureException">Something stands that should not. The report has everything that was done.</exception>
    public async Task RunAsync(RunRow run, LeaseKeeper keeper, RunLog log, RunReport report)
    {
        var of = await runs.GetAsync(run.UndoOf!, keeper.Token) ?? throw new PermanentFailureException($"Run {run.UndoOf} is not kept any more, and what it overwrote went with it.");
        var scope = run.Trigger.Kind == UndoWish.Restore ? UndoScope.Deletions : UndoScope.Everything;
        var wanted = UndoWish.ObjectsOf(run.Payload);
        List<JournalEntry> entries = [.. (await journal.LoadAsync(of.Id, keeper.Token)).Where(e => wanted.Count == 0 || wanted.Contains(e.Key.ToString()))];
        log.Step("planned", $"{(scope == UndoScope.Deletions ? "what was deleted" : "what was written")} by run {of.Id} is put back: {entries.Count} kept");
        var fates = await undo.UndoAsync(of, entries, scope, keeper, log, keeper.Token);
        foreach (var task in fates.GroupBy(f => f.Entry.Task))
        {
            List<(UndoneObject Fate, Change Change)> rows = [.. task.Select(f => (f, RowOf(f, of)))];
            var done = rows.Where(r => r.Change.Writes).Select(r => new AppliedChange(r.Change, r.Fate.Now)).ToList();
            report.AddApplied(task.Key, new SyncPlan("", rows.ConvertAll(r => r.Change), null), new ApplyResult(done, null, null));
        }

        foreach (var left in fates.Where(f => f.Fate == UndoFate.Left)) log.Warn($"{left.Entry.Key}: {left.Reason}");
        log.Step("applied", $"{fates.Count(f => f.Fate == UndoFate.Back)} put back, {fates.Count(f => f.Fate == UndoFate.AsBefore)} stood as before already");
        if (fates.Any(f => f is { Fate: UndoFate.Back, Entry.Target.IsGit: true })) log.Warn($"Kestra still holds what run {of.Id} pushed: the next run of {run.Sync} pushes it again, unless Kestra changes first.");
        if (fates.Any(f => f is { Fate: UndoFate.Back, Entry.Target.IsGit: false }))
            log.Warn($"Git still wants what run {of.Id} wrote{(of.Revision is { } commit ? $" (commit {LogWords.Short(commit)})" : "")}: the next run of {run.Sync} writes it again, unless Git changes first.");
        List<ResourceKey> stand = [.. fates.Where(f => f.Fate == UndoFate.Stands).Select(f => f.Entry.Key)];
        if (stand.Count > 0)
            throw new PermanentFailureException($"{(stand.Count == 1 ? "1 object" : $"{stand.Count} objects")} could not be put back: {LogWords.Named(stand)}. The rows say why.");
    }

    private static Change RowOf(UndoneObject fate, RunRow of) => fate.Fate switch
    {
        UndoFate.Back => fate.Change with { Reason = $"put back as it was before run {of.Id}" },
        UndoFate.AsBefore => fate.Change with { Action = ChangeAction.Unchanged },
        UndoFate.Left => fate.Change with { Action = ChangeAction.Conflict, Reason = fate.Reason },
        _ => fate.Change with { Action = ChangeAction.Failed, Reason = fate.Reason },
    };
}
