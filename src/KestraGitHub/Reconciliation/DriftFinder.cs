namespace KestraGitHub.Reconciliation;

/// <summary>How an object of the target differs from what was applied.</summary>
public enum DriftKind { Edited, Deleted, Added }

/// <param name="Version">The target's own version now; empty where it does not say, and of what is gone.</param>
public sealed record DriftFound(ResourceKey Key, DriftKind What, string Version);

/// <summary>Compares what the target holds with what was applied. It needs no look at the source.</summary>
internal static class DriftFinder
{
    public static IReadOnlyList<DriftFound> Find(Inventory inventory, ResourceSet held, Scope scope, SyncPolicy policy)
    {
        var unreadable = held.Problems.SelectMany(p => p.Shields).ToHashSet();
        var hidden = held.Problems.Where(p => p.ShieldsNamespace).Select(p => (p.ResourceKind, p.Namespace)).ToHashSet();
        var found = new List<DriftFound>();
        foreach (var entry in inventory.Entries.Values.Where(e => e is { Owned: true, Orphan: false } && scope.Contains(e.Key)))
        {
            var now = held.Resources.GetValueOrDefault(entry.Key);
            if (now is not null)
            {
                if (now.Likeness != entry.AppliedLikeness) found.Add(new DriftFound(entry.Key, DriftKind.Edited, now.Version));
            }
            else if (unreadable.Contains(entry.Key))
            {
                found.Add(new DriftFound(entry.Key, DriftKind.Edited, ""));
            }
            else if (!held.Unsupported.ContainsKey(entry.Key.Kind) && !hidden.Contains((entry.Key.Kind, entry.Key.Namespace)))
            {
                found.Add(new DriftFound(entry.Key, DriftKind.Deleted, ""));
            }
        }

        // Only where the next run would delete it: elsewhere it is nobody's business what lies beside.
        if (policy.WhenMissing == WhenMissing.Delete && inventory.Entries.Count > 0)
            found.AddRange(held.Resources.Values.Where(r => IsNew(r.Key)).Select(r => new DriftFound(r.Key, DriftKind.Added, r.Version)));
        return [.. found.OrderBy(f => f.Key.Kind).ThenBy(f => f.Key.Namespace, StringComparer.Ordinal).ThenBy(f => f.Key.Id, StringComparer.Ordinal)];

        bool IsNew(ResourceKey key) => !inventory.Entries.ContainsKey(key) && key != policy.Self && scope.Contains(key)
            && !policy.ProtectedNamespaces.Any(p => NamespaceTree.IsSameOrBelow(key.Namespace, p));
    }
}
