namespace KestraGitHub.Reconciliation;

/// <summary>Which objects of the target a task speaks of; nothing outside is read as its own, written or deleted.</summary>
/// <param name="Folder">Of files: the folder of the namespace that they lie in, without slashes around it; empty for the whole namespace.</param>
public sealed record Scope(ResourceKind Kind, string Namespace, bool IncludeChildren, string Folder = "")
{
    public bool Contains(ResourceKey key) =>
        key.Kind == Kind && (IncludeChildren ? NamespaceTree.IsSameOrBelow(key.Namespace, Namespace) : key.Namespace == Namespace)
        && (Folder.Length == 0 || key.Id.StartsWith(Folder + '/', StringComparison.Ordinal));

    /// <summary>A file by its path from <see cref="Folder"/>.</summary>
    public ResourceKey FileAt(string path) => new(ResourceKind.NamespaceFile, Namespace, Folder.Length == 0 ? path : $"{Folder}/{path}");
}
