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
}

/// <summary>What one task of a sync knows of its target.</summary>
public sealed record Inventory(IReadOnlyDictionary<ResourceKey, InventoryEntry> Entries)
{
    /// <summary>The entry of <paramref name="key"/> if it is ours.</summary>
    public InventoryEntry? Owned(ResourceKey key) => Entries.GetValueOrDefault(key) is { Owned: true } entry ? entry : null;

    public static Inventory Empty { get; } = new(new Dictionary<ResourceKey, InventoryEntry>());
}
