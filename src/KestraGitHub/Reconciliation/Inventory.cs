namespace KestraGitHub.Reconciliation;

/// <summary>One object of the target as the last run left it: applied by this sync, found equal, or only seen there.</summary>
/// <param name="Path">Where it came from; empty for what was only seen.</param>
/// <param name="SourceVersion">Blob id of the file then; empty for what was only seen, which is nobody's to delete by ownership.</param>
/// <param name="Digest">Digest of the bytes that the target held afterwards.</param>
/// <param name="Likeness">The same without differences that mean nothing.</param>
/// <param name="TargetVersion">The target's own version afterwards (a flow's revision, a file's time stamp).</param>
/// <param name="Size">Bytes of the content on the target.</param>
public sealed record InventoryEntry(
    ResourceKey Key, string Path, string SourceVersion, string Digest, string Likeness, string TargetVersion, long Size)
{
    /// <summary>True for what this sync applied or found equal to Git: only that may be called its own.</summary>
    public bool Owned => SourceVersion.Length > 0;

    /// <summary>What this sync applied, where the target's own edit was left in its place; null where the target holds what was applied.</summary>
    public AppliedContent? Applied { get; init; }

    /// <summary>True where the target holds the changes of both sides, joined: the source alone does not say what is right.</summary>
    public bool Merged { get; init; }

    /// <summary>True for what the source has no more: whatever becomes of it in the target is no drift.</summary>
    public bool Orphan { get; init; }

    /// <summary>True for what was applied and is left deleted in the target.</summary>
    public bool Gone => Digest.Length == 0;

    public string AppliedLikeness => Applied?.Likeness ?? Likeness;

    public string AppliedDigest => Applied?.Digest ?? Digest;

    /// <summary>The entry after the target's content was left as it is, whatever was applied before; null is nothing.</summary>
    public InventoryEntry LeftAs(Resource? held)
    {
        var applied = Applied ?? new AppliedContent(Digest, Likeness);
        return this with
        {
            Digest = held?.Digest ?? "", Likeness = held?.Likeness ?? "", TargetVersion = held?.Version ?? "", Size = held?.Size ?? 0,
            Applied = held?.Likeness == applied.Likeness ? null : applied,
        };
    }
}

/// <param name="Digest">As <see cref="InventoryEntry.Digest"/>.</param>
/// <param name="Likeness">As <see cref="InventoryEntry.Likeness"/>.</param>
public sealed record AppliedContent(string Digest, string Likeness);

/// <summary>What one task of a sync knows of its target.</summary>
public sealed record Inventory(IReadOnlyDictionary<ResourceKey, InventoryEntry> Entries)
{
    /// <summary>The entry of <paramref name="key"/> if it is ours.</summary>
    public InventoryEntry? Owned(ResourceKey key) => Entries.GetValueOrDefault(key) is { Owned: true } entry ? entry : null;

    /// <summary>Only what the target held: the same without what was left deleted there.</summary>
    public Inventory Held => Entries.Values.Any(e => e.Gone) ? new(Entries.Where(e => !e.Value.Gone).ToDictionary()) : this;

    public static Inventory Empty { get; } = new(new Dictionary<ResourceKey, InventoryEntry>());
}
