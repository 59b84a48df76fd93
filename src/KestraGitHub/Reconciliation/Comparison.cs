namespace KestraGitHub.Reconciliation;

/// <summary>Makes the row of one object out of what both sides hold, what was applied last, and the policy.</summary>
internal sealed class Comparison(SyncPolicy policy)
{
    private string Source => policy.Source;

    private string Target => policy.Target;

    /// <summary>Where an edit of the target can be found after it was overwritten.</summary>
    private string Copy => policy.Direction == Direction.GitToKestra ? "the journal keeps it" : "the branch's history keeps it";

    /// <param name="actual">Null where the target does not have it, or has something that cannot be read (<paramref name="unreadable"/>).</param>
    /// <param name="known">Null where it was never applied: then there is nothing to tell an edit from.</param>
    public Change Of(Resource desired, Resource? actual, ReadProblem? unreadable, InventoryEntry? known)
    {
        if (actual?.Digest == desired.Digest) return Row(ChangeAction.Unchanged, "");

        // A new blob is applied even when only its line ends differ; without a new blob such a difference is nobody's edit (flows/import trims).
        // On the way to Git it never is one: two syncs of opposite directions would pass it to and fro for ever.
        var changed = known is not null && known.SourceVersion != desired.Version;
        if (actual?.Likeness == desired.Likeness)
            return changed && policy.Direction == Direction.GitToKestra
                ? Row(ChangeAction.Updated, $"changed in {Source}")
                : Row(ChangeAction.Unchanged, "differs in line ends or final newlines only");

        if (known is null)
            return actual is not null ? Row(ChangeAction.Updated, $"differs from {Source}")
                : unreadable is not null ? Row(ChangeAction.Updated, $"what {Target} holds cannot be read; {Source} replaces it")
                : Row(ChangeAction.Added, $"new in {Source}");

        // Other line ends on one side and an edit on the other are no conflict.
        changed &= known.Merged || desired.Likeness != known.AppliedLikeness;
        var moved = TargetOf(actual, unreadable, known, changed);
        var put = moved == Moved.Gone ? ChangeAction.Added : ChangeAction.Updated;
        var edit = EditOf(moved, actual);
        return ThreeWay.Decide(changed ? Moved.Changed : Moved.No, moved, policy.OnDrift, policy.OnConflict) switch
        {
            Outcome.Settled when known.Merged => Row(ChangeAction.Unchanged, "holds a merge of both") with { Merged = true },
            Outcome.Settled => Row(ChangeAction.Updated, $"differs from {Source}"),
            Outcome.Apply => Row(ChangeAction.Updated, $"changed in {Source}"),
            Outcome.Overwrite when unreadable is not null => Row(put, $"what {Target} holds cannot be read; {Source} replaces it"),
            Outcome.Overwrite => Row(put, moved == Moved.Gone ? $"was applied before and is gone from {Target}" : $"{edit}; {Source} wins"),
            Outcome.Leave => Row(ChangeAction.Kept, $"{edit}; onDrift is {Word(policy.OnDrift)}") with { Offered = policy.OffersEdits && (actual is not null || unreadable is null) },
            Outcome.SourceWins when moved == Moved.Gone => Row(put, $"changed in {Source}; {edit}, and is put back"),
            Outcome.SourceWins => Row(put, $"changed in {Source}; {EditIn(actual)} is overwritten, {Copy}"),
            Outcome.TargetWins => Row(ChangeAction.Conflict, $"changed in {Source}, {edit}; onConflict is target"),
            Outcome.Merge when actual is not null => Row(ChangeAction.Conflict, $"changed in {Source}, {edit}") with { Stops = true, MergeFrom = known },
            _ => Row(ChangeAction.Conflict, $"changed in {Source}, {edit}") with { Stops = true },
        };

        Change Row(ChangeAction action, string reason) => policy.OnlyDeletes && action is not ChangeAction.Unchanged
            ? new(ChangeAction.Skipped, desired.Key, Path(), $"{reason}; only deletes are asked for", desired, actual)
            : new(action, desired.Key, Path(), reason, desired, actual);

        // The row names the place in Git: where the file lies already, whatever a new one would be called.
        string Path() => policy.Direction == Direction.GitToKestra ? desired.Path : actual?.Path ?? unreadable?.Path ?? desired.Path;
    }

    /// <summary>What the source has no more is deleted only where that takes no edit along unseen.</summary>
    /// <param name="row">As it is where nobody edited the object.</param>
    public Change OfMissing(Change row, InventoryEntry? known)
    {
        if (row is not { Action: ChangeAction.Deleted, Actual: { } actual } || known is null || !IsEdited(actual, known)) return row;
        var reason = $"deleted in {Source}, {EditOf(Moved.Changed, actual)}";
        return ThreeWay.Decide(Moved.Gone, Moved.Changed, policy.OnDrift, policy.OnConflict) switch
        {
            Outcome.SourceWins => row with { Reason = $"no longer in {Source}; {EditIn(actual)} goes with it, {Copy}" },
            Outcome.TargetWins => row with { Action = ChangeAction.Conflict, Reason = $"{reason}; onConflict is target" },
            _ => row with { Action = ChangeAction.Conflict, Reason = reason, Stops = true },
        };
    }

    private Moved TargetOf(Resource? actual, ReadProblem? unreadable, InventoryEntry known, bool changedInSource) =>
        actual is null ? (unreadable is null ? Moved.Gone : Moved.Changed)
        : IsEdited(actual, known) || IsMergeOfBefore(known, changedInSource) ? Moved.Changed
        : Moved.No;

    private static bool IsEdited(Resource actual, InventoryEntry known) => actual.Likeness != known.AppliedLikeness;

    /// <summary>What was joined holds an edit of the target, which a later change of the source, or another policy, has to reckon with.</summary>
    private bool IsMergeOfBefore(InventoryEntry known, bool changedInSource) => known.Merged && (changedInSource || policy.OnConflict != OnConflict.Merge);

    private string EditOf(Moved target, Resource? actual) =>
        target == Moved.Gone ? $"was deleted in {Target}"
        : actual is null ? $"what {Target} holds cannot be read any more"
        : $"edited in {Target}{Revision(actual)}";

    private string EditIn(Resource? actual) => actual is null ? $"what {Target} holds and cannot be read" : $"the edit in {Target}{Revision(actual)}";

    private string Revision(Resource actual) =>
        policy.Direction == Direction.GitToKestra && actual.Key.Kind == ResourceKind.Flow && actual.Version.Length > 0 ? $" (revision {actual.Version})" : "";

    private static string Word(OnDrift onDrift) => onDrift == OnDrift.PullRequest ? "pullRequest" : onDrift.ToString().ToLowerInvariant();
}
