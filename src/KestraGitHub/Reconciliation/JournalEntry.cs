namespace KestraGitHub.Reconciliation;

/// <summary>What became of a journaled object. The words in the database and the API are the lower-case names.</summary>
public enum JournalState
{
    /// <summary>About to be written; nobody knows yet whether it was.</summary>
    Planned,

    Written,

    /// <summary>It stands as it was before.</summary>
    Undone,

    /// <summary>Somebody else changed it since; it stands as they left it.</summary>
    Left,
}

/// <summary>An object as it stood, or is to stand, by its digests.</summary>
/// <param name="Digest">Empty where it was there and could not be read.</param>
public sealed record Standing(string Digest, string Likeness, string Version, long Size)
{
    public static Standing? Of(Resource? resource) => resource is null ? null : new(resource.Digest, resource.Likeness, resource.Version, resource.Size);
}

/// <summary>One object that a run of a sync was about to write: what it was before, and what it was to be.</summary>
/// <param name="Position">Grows within the run: the newest entry of an object counts.</param>
/// <param name="Before">Null: it was not there.</param>
/// <param name="After">Null: it goes.</param>
/// <param name="Known">What the task's inventory said of it before the run; null when it did not know it.</param>
public sealed record JournalEntry(
    long Position, string Task, TargetAddress Target, ResourceKey Key, string? Path, Standing? Before, Standing? After, InventoryEntry? Known, JournalState State, DateTimeOffset At)
{
    /// <summary>What the run did to it, or meant to do.</summary>
    public ChangeAction Action => Before is null ? ChangeAction.Added : After is null ? ChangeAction.Deleted : ChangeAction.Updated;

    public bool StandsAsBefore(Resource? now) => Is(Before, now, exactly: true) || (Is(Before, now, exactly: false) && !Is(After, now, exactly: false));

    public bool StandsAsWritten(Resource? now) => !StandsAsBefore(now) && Is(After, now, exactly: false);

    private static bool Is(Standing? known, Resource? now, bool exactly) =>
        known is null || now is null ? known is null && now is null : known.Digest == now.Digest || (!exactly && known.Likeness.Length > 0 && known.Likeness == now.Likeness);
}

/// <summary>Where a target is, without a credential: a server's address and its tenant, or a repository's and its branch.</summary>
/// <param name="Branch">Null for Kestra.</param>
public sealed record TargetAddress(string Server, string Tenant, string? Branch = null)
{
    public bool IsGit => Branch is not null;

    public override string ToString() => IsGit ? $"branch {Branch} of {Server}" : Server;
}
