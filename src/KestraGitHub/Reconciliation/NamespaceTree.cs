namespace KestraGitHub.Reconciliation;

/// <summary>Namespaces nest on the dot: <c>dev.a</c> is below <c>dev</c>, <c>dev2</c> and <c>development</c> are not.</summary>
public static class NamespaceTree
{
    public static bool IsSameOrBelow(string name, string ancestor) =>
        name.StartsWith(ancestor, StringComparison.Ordinal) && (name.Length == ancestor.Length || name[ancestor.Length] == '.');
}
