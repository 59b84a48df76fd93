namespace KestraGitHub.Reconciliation;

/// <summary>Which objects of the target a task speaks of; nothing outside is read as its own, written or deleted.</summary>
/// <param name="Namespace">Empty for the whole tenant.</param>
/// <param name="IncludeChildren">True: also what lies below the namespace, on the dot.</param>
/// <param name="Folder">Of files: the folder of the namespace that they lie in, without slashes around it; empty for the whole namespace.</param>
public sealed record Scope(KindSet Kinds, string Namespace, bool IncludeChildren, string Folder = "")
{
    public Scope(ResourceKind kind, string ns, bool includeChildren, string folder = "") : this(new KindSet(kind), ns, includeChildren, folder)
    {
    }

    /// <summary>The kind of a scope that has one.</summary>
    public ResourceKind Kind => Kinds.Single();

    public bool IsTenant => Namespace.Length == 0;

    /// <summary>The place in a person's words.</summary>
    public string Place => IsTenant ? "the tenant" : $"'{Namespace}'";

    public static Scope Tenant(KindSet kinds) => new(kinds, "", IncludeChildren: true);

    public bool Contains(ResourceKey key) =>
        Kinds.Contains(key.Kind) && ContainsNamespace(key.Namespace)
        && (Folder.Length == 0 || key.Id.StartsWith(Folder + '/', StringComparison.Ordinal));

    public bool ContainsNamespace(string ns) => IsTenant || (IncludeChildren ? NamespaceTree.IsSameOrBelow(ns, Namespace) : ns == Namespace);

    /// <summary>The part of it that is of one kind.</summary>
    public Scope Only(ResourceKind kind) => this with { Kinds = new KindSet(kind) };

    /// <summary>The part of one kind that lies in one namespace, not below it.</summary>
    public Scope Only(ResourceKind kind, string ns) => new(kind, ns, includeChildren: false, Folder);

    /// <summary>A file by its path from <see cref="Folder"/>.</summary>
    public ResourceKey FileAt(string path) => new(ResourceKind.NamespaceFile, Namespace, Folder.Length == 0 ? path : $"{Folder}/{path}");
}
