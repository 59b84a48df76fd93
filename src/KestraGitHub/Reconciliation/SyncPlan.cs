namespace KestraGitHub.Reconciliation;

/// <summary>What becomes of one object. The names are those of <c>counts</c> and <c>changes[].action</c> in the API.</summary>
public enum ChangeAction { Added, Updated, Deleted, Unchanged, Kept, Skipped, Ignored, Protected, Conflict, Invalid, Failed }

/// <summary>What to do with an object of the target that the source does not have.</summary>
public enum WhenMissing { Keep, Delete, Fail }

/// <summary>Which side is the source.</summary>
public enum Direction { GitToKestra, KestraToGit }

/// <summary>What the definition allows.</summary>
/// <param name="IgnoreInvalid">True: an invalid object is left out and said; false: it stops the run before the first write.</param>
/// <param name="ProtectedNamespaces">Nothing in these namespaces (or below them, on the dot) is deleted.</param>
/// <param name="Self">The flow that defines the sync: never deleted.</param>
public sealed record SyncPolicy(
    WhenMissing WhenMissing, bool IgnoreInvalid, IReadOnlyList<string> ProtectedNamespaces, ResourceKey? Self)
{
    public Direction Direction { get; init; }

    /// <summary>True: what would be added or updated is only said.</summary>
    public bool OnlyDeletes { get; init; }

    public OnConflict OnConflict { get; init; }

    public OnDrift OnDrift { get; init; }

    /// <summary>True where edits of the target are offered to the source.</summary>
    public bool OffersEdits => Direction == Direction.GitToKestra && OnDrift == OnDrift.PullRequest;

    /// <summary>True: that what is missing in the source is deleted was not written out, it is what the task does by itself.</summary>
    public bool DeletesByDefault { get; init; }

    public string Source => Direction == Direction.GitToKestra ? "Git" : "Kestra";

    public string Target => Direction == Direction.GitToKestra ? "Kestra" : "Git";
}

/// <summary>One row of a plan: an object, what becomes of it, and the reason in a person's words.</summary>
public sealed record Change(ChangeAction Action, ResourceKey Key, string? Path, string Reason, Resource? Desired = null, Resource? Actual = null)
{
    /// <summary>True when applying it sends a write to the target.</summary>
    public bool Writes => Action is ChangeAction.Added or ChangeAction.Updated or ChangeAction.Deleted;

    /// <summary>True of a conflict beside which nothing is written.</summary>
    public bool Stops { get; init; }

    /// <summary>What both sides began with, where their changes are to be joined; until that is done the row is a conflict that <see cref="Stops"/>.</summary>
    public InventoryEntry? MergeFrom { get; init; }

    /// <summary>True of an edit of the target that stays, and is to be offered to the source.</summary>
    public bool Offered { get; init; }

    /// <summary>True where the target holds, or is to hold, the changes of both sides, joined.</summary>
    public bool Merged { get; init; }
}

/// <summary>All that one task would do, as data: it can be stored, shown, compared and tested apart from its effects.</summary>
/// <param name="Revision">The commit that was planned for.</param>
/// <param name="Blocker">Why nothing of it may be applied, or null.</param>
public sealed record SyncPlan(string Revision, IReadOnlyList<Change> Changes, string? Blocker)
{
    public IEnumerable<Change> Writes => Changes.Where(c => c.Writes);
}
