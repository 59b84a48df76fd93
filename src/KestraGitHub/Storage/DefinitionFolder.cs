using KestraGitHub.Definitions;

namespace KestraGitHub.Storage;

/// <summary>Reads the folder of definitions and watches it. <see cref="Catalog"/> is always a whole, immutable picture.</summary>
internal sealed class DefinitionFolder
{
    public DefinitionCatalog Catalog { get; private set; } = DefinitionCatalog.Empty;

    /// <summary>After the catalog was replaced.</summary>
    public event Action<DefinitionCatalog>? Changed;

    private void OnChanged(DefinitionCatalog catalog)
    {
        Catalog = catalog;
        Changed?.Invoke(catalog);
    }
}
