namespace KestraGitHub.Reconciliation;

/// <summary>Which objects of the target a task speaks of; nothing outside is read as its own, written or deleted.</summary>
public sealed record Scope(ResourceKind Kind, string Namespace, bool IncludeChildren)
{
    public bool Contains(ResourceKey key) =>
        key.Kind == Kind && (IncludeChildren ? NamespaceTree.IsSameOrBelow(key.Namespace, Namespace) : key.Namespace == Namespace);
}
