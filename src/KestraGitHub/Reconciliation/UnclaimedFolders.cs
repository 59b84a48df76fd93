namespace KestraGitHub.Reconciliation;

/// <summary>
/// A repository may hold a folder <c>src/files</c> that has nothing to do with Kestra. On the way to Git the files of a folder count as those of a
/// namespace, which may be deleted, only where something says that it is one: Kestra, another object in the folder that names its namespace itself, or
/// what was applied before.
/// </summary>
internal static class UnclaimedFolders
{
    /// <summary>Takes the others out of <paramref name="actual"/> and says so, one row for each folder.</summary>
    public static (ResourceSet Desired, ResourceSet Actual) LeftAlone(ResourceSet desired, ResourceSet actual, Inventory inventory)
    {
        var claimed = desired.Namespaces
            .Concat(actual.Resources.Keys.Where(k => k.Kind != ResourceKind.NamespaceFile).Select(k => k.Namespace))
            .Concat(inventory.Entries.Values.Where(e => e.Owned).Select(e => e.Key.Namespace))
            .ToHashSet(StringComparer.Ordinal);
        var alien = actual.Resources.Values
            .Where(r => r.Key.Kind == ResourceKind.NamespaceFile).GroupBy(r => r.Key.Namespace)
            .Where(ns => !claimed.Any(c => NamespaceTree.IsSameOrBelow(c, ns.Key))).ToList();
        if (alien.Count == 0) return (desired, actual);
        var folders = alien.Select(ns => new ReadProblem(
            ProblemKind.Ignored, ResourceKind.NamespaceFile, FolderOf(ns.First()), ns.Key, $"nothing says that '{ns.Key}' is a namespace: the folder is left alone", []));
        var left = alien.SelectMany(ns => ns).Select(r => r.Key).ToHashSet();
        return (
            desired with { Problems = [.. desired.Problems, .. folders] },
            actual with { Resources = actual.Resources.Where(r => !left.Contains(r.Key)).ToDictionary() });
    }

    private static string FolderOf(Resource file) => file.Path[..^(file.Key.Id.Length + 1)];
}
