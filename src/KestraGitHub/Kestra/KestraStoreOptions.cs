using KestraGitHub.Reconciliation;

namespace KestraGitHub.Kestra;

/// <summary>How one store works.</summary>
/// <param name="ValidateBatch">Flows in one call of validation.</param>
/// <param name="DesiredSize">Bytes that the source has for a file, or null: one of another size need not be read to be different.</param>
/// <param name="Namespaces">Those that the other side names, and the server perhaps does not list.</param>
/// <param name="Only">The only flows that count, known once the source was read; null: all of the scope.</param>
internal sealed record KestraStoreOptions(
    int ValidateBatch = 100, Func<ResourceKey, long?>? DesiredSize = null, Func<IEnumerable<string>>? Namespaces = null, Func<IEnumerable<ResourceKey>>? Only = null)
{
    public static KestraStoreOptions Default { get; } = new();
}
