namespace KestraGitHub.Definitions;

/// <summary>One file of the folder of definitions.</summary>
/// <param name="Key">Null when the file is too broken to say who it is, or to let it be told.</param>
/// <param name="Definition">The version in force: the file's own, or the last good one when the file is broken now; null when there is none.</param>
/// <param name="Faults">What is wrong with the file as it stands; empty when it is the version in force.</param>
public sealed record CatalogEntry(string File, SyncKey? Key, Definition? Definition, IReadOnlyList<Fault> Faults)
{
    public bool Broken => Faults.Count > 0;
}

/// <summary>All definitions at one moment. Immutable: a change of a file makes a new catalog.</summary>
public sealed class DefinitionCatalog(IReadOnlyList<CatalogEntry> entries)
{
    private readonly Dictionary<SyncKey, CatalogEntry> _byKey = entries
        .Where(e => e.Key is not null)
        .GroupBy(e => e.Key!.Value)
        .ToDictionary(g => g.Key, g => g.First());

    public static DefinitionCatalog Empty { get; } = new([]);

    public IReadOnlyList<CatalogEntry> Entries => entries;

    /// <summary>Of the syncs that any file names, each once, in the order of the files.</summary>
    public IReadOnlyCollection<SyncKey> Keys => _byKey.Keys;

    public CatalogEntry? Find(SyncKey key) => _byKey.GetValueOrDefault(key);
}
