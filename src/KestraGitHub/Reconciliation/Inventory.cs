namespace KestraGitHub.Reconciliation;

/// <summary>One object that this sync applied, or found equal, the last time.</summary>
/// <param name="Path">Where it came from.</param>
/// <param name="SourceVersion">Blob id of the file then.</param>
/// <param name="Digest">Digest of the bytes that the target held afterwards.</param>
/// <param name="Likeness">The same without differences that mean nothing.</param>
/// <param name="TargetVersion">The target's own version afterwards (a flow's revision, a file's time stamp).</param>
/// <param name="Size">Bytes of the content on the target.</param>
public sealed record InventoryEntry(
    ResourceKey Key, string Path, string SourceVersion, string Digest, string Likeness, string TargetVersion, long Size);

/// <summary>What one task of a sync holds in the target: the only things it may call its own.</summary>
public sealed record Inventory(IReadOnlyDictionary<ResourceKey, InventoryEntry> Entries)
{
    public static Inventory Empty { get; } = new(new Dictionary<ResourceKey, InventoryEntry>());
}
