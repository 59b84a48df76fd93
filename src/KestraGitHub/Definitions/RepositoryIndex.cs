using System.Runtime.CompilerServices;

namespace KestraGitHub.Definitions;

/// <summary>Which definitions of a catalog name which repository. Made once for each catalog.</summary>
internal sealed class RepositoryIndex
{
    private static readonly ConditionalWeakTable<DefinitionCatalog, RepositoryIndex> Made = [];

    private readonly ILookup<RepositoryName, Definition> _byName;

    private RepositoryIndex(DefinitionCatalog catalog)
    {
        // A file that is doubled stands in the catalog twice, and is in force once.
        var definitions = catalog.Entries.Where(e => e.Key is { } key && catalog.Find(key) == e).Select(e => e.Definition).OfType<Definition>().ToList();
        _byName = definitions.SelectMany(d => d.Repositories.Names.Select(name => (Name: name, Definition: d))).ToLookup(p => p.Name, p => p.Definition);
        Open = [.. definitions.Where(d => d.Repositories.Open)];
    }

    /// <summary>Those that name a repository which only a run knows.</summary>
    public IReadOnlyList<Definition> Open { get; }

    public static RepositoryIndex Of(DefinitionCatalog catalog) => Made.GetValue(catalog, static c => new RepositoryIndex(c));

    public bool Knows(RepositoryName name) => _byName.Contains(name);

    /// <summary>Each once, in the order of the catalog for each name.</summary>
    public IEnumerable<Definition> Find(IEnumerable<RepositoryName> names) => names.SelectMany(name => _byName[name]).DistinctBy(d => d.Key);
}
