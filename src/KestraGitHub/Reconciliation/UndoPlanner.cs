namespace KestraGitHub.Reconciliation;

/// <summary>Which entries of a journal are taken back.</summary>
public enum UndoScope
{
    /// <summary>All that was written.</summary>
    Everything,

    /// <summary>Only what was deleted, and is not there again.</summary>
    Deletions,
}

/// <summary>Makes the inverse of what a run wrote, out of its journal and what stands there now. Pure: nothing is read or written here.</summary>
internal static class UndoPlanner
{
    public const string SomebodyElse = "somebody else changed it since; it stands as they left it";

    /// <param name="entries">Of one target. The newest of each object counts.</param>
    /// <param name="now">A fresh reading of these objects.</param>
    /// <returns>
    /// Newest first: writes where an object stands as the run wrote it; <see cref="ChangeAction.Unchanged"/> where it stands as before; <see cref="ChangeAction.Conflict"/>
    /// where neither is so; <see cref="ChangeAction.Failed"/> where nobody knows what it was.
    /// </returns>
    public static SyncPlan Plan(IEnumerable<JournalEntry> entries, ResourceSet now, UndoScope scope = UndoScope.Everything) => new(
        now.Revision,
        [.. Newest(entries).Where(e => scope == UndoScope.Everything || e.Action == ChangeAction.Deleted).Select(e => ChangeOf(e, now, scope))],
        Blocker: null);

    /// <summary>The newest entry of each object, newest first.</summary>
    public static IReadOnlyList<JournalEntry> Newest(IEnumerable<JournalEntry> entries) =>
        [.. entries.GroupBy(e => (e.Target, e.Key)).Select(g => g.MaxBy(e => e.Position)!).OrderByDescending(e => e.Position)];

    /// <summary>
    /// What to write down of an object that a run is about to write, when an earlier attempt of it may have written it: the original before is kept,
    /// unless what stands there now is neither that nor what the run wrote. Then somebody edited it meanwhile, and their edit is what counts.
    /// </summary>
    /// <param name="earlier">The newest entry of the object, or null.</param>
    public static bool Keeps(JournalEntry? earlier, Resource? now) => earlier is not null && (earlier.StandsAsBefore(now) || earlier.StandsAsWritten(now));

    private static Change ChangeOf(JournalEntry entry, ResourceSet now, UndoScope scope)
    {
        var stands = now.Resources.GetValueOrDefault(entry.Key);
        if (stands is null && now.Problems.FirstOrDefault(p => p.Shields.Contains(entry.Key)) is { } problem)
            return Row(ChangeAction.Conflict, $"it cannot be read now, and is left as it stands: {problem.Reason}");
        if (entry.StandsAsBefore(stands)) return Row(ChangeAction.Unchanged, "stands as it was before");
        if (scope == UndoScope.Deletions && stands is not null) return Row(ChangeAction.Conflict, "it exists again; it stands as it is");
        if (!entry.StandsAsWritten(stands)) return Row(ChangeAction.Conflict, SomebodyElse);
        if (entry.Before is null) return Row(ChangeAction.Deleted, "was not there before");
        if (entry.Before.Digest.Length == 0) return Row(ChangeAction.Failed, "what it was before could not be read, and cannot be put back");
        return Row(stands is null ? ChangeAction.Added : ChangeAction.Updated, stands is null ? "was deleted" : "was overwritten");

        Change Row(ChangeAction action, string reason) => new(action, entry.Key, entry.Path, reason, Desired(entry), stands);
    }

    private static Resource? Desired(JournalEntry entry) =>
        entry.Before is { } before ? new Resource(entry.Key, entry.Path ?? "", before.Digest, before.Likeness, before.Version, before.Size) : null;
}
