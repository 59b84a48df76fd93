using KestraGitHub.Definitions;
using KestraGitHub.Reconciliation;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>
/// The end of a run that failed for good, or was cancelled, after it had written: puts back what it wrote, or lets it stand, as the definition says, and
/// makes rows and counts say what happened.
/// </summary>
internal sealed class FailureUndo(JournalStore journal, JournalUndo undo, RunStore runs, DefinitionFolder definitions)
{
    /// <param name="how">How the run ended: <c>failed</c>, <c>was cancelled</c>.</param>
    /// <returns>A sentence or more that says what stands; empty where the run got to no write at all.</returns>
    /// <exception cref="OperationCanceledException">The lease was lost or the service stops: whoever takes the run up finds its journal.</exception>
    public async Task<string> PutBackAsync(RunRow run, LeaseKeeper keeper, RunLog log, RunReport report, string how)
    {
        var entries = UndoPlanner.Newest((await journal.LoadAsync(run.Id, CancellationToken.None)).Where(e => !e.Target.IsGit)); // a pushed commit stands
        var pushed = Pushed(await runs.SourcesAsync(run.Id, CancellationToken.None));
        if (entries.Count == 0) return pushed;
        if (Rule(run) == OnFailure.Stop) return Join(Standing(entries, report), pushed);
        log.Step("undoing", $"the run {how}: what it wrote is put back");
        var fates = await undo.UndoAsync(run, entries, UndoScope.Everything, keeper, log, keeper.Token);
        foreach (var fate in fates) Tell(fate, report, log, how);
        return Join(Sentence(fates), pushed);
    }

    private OnFailure Rule(RunRow run) => definitions.Catalog.Find(run.Sync)?.Definition?.Options.Safety.OnFailure ?? OnFailure.Undo;

    private static void Tell(UndoneObject fate, RunReport report, RunLog log, string how)
    {
        var entry = fate.Entry;
        var row = report.ActionOf(entry);
        var said = row is null or ChangeAction.Added or ChangeAction.Updated or ChangeAction.Deleted;
        var did = Word(row is { } action && said ? action : entry.Action);
        switch (fate.Fate)
        {
            // Sent and found to be nothing, or never sent: its row says so already.
            case UndoFate.AsBefore when row is null || !said:
                return;
            case UndoFate.AsBefore:
                report.Settle(entry, ChangeAction.Skipped, _ => $"{did}, and stands as before: somebody else put it back");
                return;
            case UndoFate.Back:
                log.Info($"{entry.Key} was put back");
                report.Settle(entry, said ? ChangeAction.Skipped : null, old => said ? $"{did}, then put back: the run {how}" : $"{old}; put back");
                return;
            case UndoFate.Left:
                log.Warn($"{entry.Key}: {fate.Reason}");
                report.Settle(entry, ChangeAction.Conflict, _ => $"{did}, and not put back: {fate.Reason}");
                return;
            default:
                log.Error("", $"{entry.Key} could not be put back, and stands as it was written: {fate.Reason}");
                report.Settle(entry, said ? null : row, old => $"{(old.Length > 0 ? old + "; " : "")}it stands as it was written, and could not be put back: {fate.Reason}");
                return;
        }
    }

    private static string Sentence(IReadOnlyList<UndoneObject> fates)
    {
        List<ResourceKey> stand = [.. fates.Where(f => f.Fate == UndoFate.Stands).Select(f => f.Entry.Key)], left = [.. fates.Where(f => f.Fate == UndoFate.Left).Select(f => f.Entry.Key)];
        if (stand.Count + left.Count == 0) return fates.Any(f => f.Fate == UndoFate.Back) ? "Everything was put back." : "Nothing was written.";
        var back = fates.Any(f => f.Fate == UndoFate.Back) ? "The rest was put back." : "";
        return Join(
            stand.Count == 0 ? "" : $"{Count(stand.Count)} could not be put back: {LogWords.Named(stand)}. Undo this run when Kestra can be written again.",
            left.Count == 0 ? "" : $"{Count(left.Count)} {(left.Count == 1 ? "was" : "were")} changed by somebody else meanwhile and left: {LogWords.Named(left)}.",
            back);
    }

    /// <summary>Nothing is put back: what an earlier attempt wrote gets its row, and all of it is named.</summary>
    private static string Standing(IReadOnlyList<JournalEntry> entries, RunReport report)
    {
        List<JournalEntry> written = [.. entries.Where(e => e.State == JournalState.Written).Reverse()];
        foreach (var entry in written.Where(e => report.ActionOf(e) is null)) report.Settle(entry, null, _ => $"{Word(entry.Action)} by an earlier attempt; it stands");
        return written.Count == 0
            ? "Nothing was written."
            : $"{Count(written.Count)} {(written.Count == 1 ? "stands" : "stand")} as written, for onFailure is stop: {LogWords.Named(written.ConvertAll(e => e.Key))}.";
    }

    private static string Pushed(IEnumerable<SourceRow> sources) => string.Join(" ", sources.Where(s => s is { Made: true, Commit: not null })
        .Select(s => $"Commit {LogWords.Short(s.Commit!)} was pushed to {s.Ref} of {s.Url} and stands.").Distinct());

    private static string Count(int count) => count == 1 ? "1 object" : $"{count} objects";

    private static string Word(ChangeAction action) => action.ToString().ToLowerInvariant();

    private static string Join(params string[] sentences) => string.Join(" ", sentences.Where(s => s.Length > 0));
}
