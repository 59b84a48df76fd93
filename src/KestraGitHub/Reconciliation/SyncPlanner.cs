namespace KestraGitHub.Reconciliation;

/// <summary>Decides what has to change, and touches nothing. Everything a run may do is in the plan it returns; apply only carries it out.</summary>
internal static class SyncPlanner
{
    /// <param name="desired">The source, at one commit.</param>
    /// <param name="actual">The target, as read.</param>
    /// <param name="inventory">What this task applied before: tells an edit in Kestra from a change in Git, and what is ours.</param>
    public static SyncPlan Plan(ResourceSet desired, ResourceSet actual, Inventory inventory, SyncPolicy policy)
    {
        var shield = new Shield(desired.Problems.Concat(actual.Problems));
        var unreadable = new Shield(actual.Problems);
        var changes = desired.Problems.Select(RowOf).ToList();
        var invalid = changes.Where(c => c.Action == ChangeAction.Invalid).Select(c => c.Key).ToHashSet();
        changes.AddRange(desired.Resources.Values.Select(d =>
            Compare(d, actual.Resources.GetValueOrDefault(d.Key), unreadable.Covers(d.Key), inventory.Owned(d.Key))));
        changes.AddRange(actual.Resources.Values
            .Where(a => !desired.Resources.ContainsKey(a.Key) && !invalid.Contains(a.Key))
            .Select(a => Missing(a, desired, inventory, policy, shield)));
        return new SyncPlan(desired.Revision, InOrder(changes), BlockerOf(changes, policy));
    }

    /// <summary>The plan after the target was asked: what it objects to is invalid, and stops everything unless invalid objects may be left out.</summary>
    public static SyncPlan WithObjections(SyncPlan plan, IReadOnlyList<Objection> objections, SyncPolicy policy)
    {
        if (objections.Count == 0) return plan;
        var reasons = objections.GroupBy(o => o.Key).ToDictionary(g => g.Key, g => string.Join(" ", g.Select(o => o.Reason)));
        var changes = plan.Changes
            .Select(c => c.Writes && reasons.TryGetValue(c.Key, out var reason) ? c with { Action = ChangeAction.Invalid, Reason = reason } : c)
            .ToList();
        return plan with { Changes = changes, Blocker = BlockerOf(changes, policy) };
    }

    private static Change Compare(Resource desired, Resource? actual, bool unreadable, InventoryEntry? known)
    {
        if (actual is null && unreadable) return Row(ChangeAction.Updated, "what Kestra holds cannot be read; Git replaces it");
        if (actual is null) return Row(ChangeAction.Added, known is null ? "new in Git" : "was applied before and is gone from Kestra");
        if (actual.Digest == desired.Digest) return Row(ChangeAction.Unchanged, "");

        // A new blob is applied even when only its line ends differ; without a new blob such a difference is nobody's edit (flows/import trims).
        var changedInGit = known is not null && known.SourceVersion != desired.Version;
        if (actual.Likeness == desired.Likeness && !changedInGit) return Row(ChangeAction.Unchanged, "differs in line ends or final newlines only");

        var editedInKestra = known is not null && known.Likeness != actual.Likeness;
        return Row(ChangeAction.Updated, (known, changedInGit, editedInKestra) switch
        {
            (null, _, _) => "differs from Git",
            (_, true, true) => $"changed in Git; the edit in Kestra{RevisionOf(actual)} is overwritten",
            (_, false, _) => $"edited in Kestra{RevisionOf(actual)}; Git wins",
            _ => "changed in Git",
        });

        Change Row(ChangeAction action, string reason) => new(action, desired.Key, desired.Path, reason, desired, actual);
    }

    private static string RevisionOf(Resource actual) =>
        actual.Key.Kind == ResourceKind.Flow && actual.Version.Length > 0 ? $" (revision {actual.Version})" : "";

    private static Change Missing(Resource actual, ResourceSet desired, Inventory inventory, SyncPolicy policy, Shield shield)
    {
        var known = inventory.Owned(actual.Key);
        var (action, reason) =
            policy.WhenMissing == WhenMissing.Keep ? (ChangeAction.Kept, "not in Git; delete is off")
            : actual.Key == policy.Self ? (ChangeAction.Protected, "it defines this sync")
            : policy.ProtectedNamespaces.FirstOrDefault(p => NamespaceTree.IsSameOrBelow(actual.Key.Namespace, p)) is { } p
                ? (ChangeAction.Protected, $"namespace {p} is protected")
            : desired.Missing ? (ChangeAction.Kept, "the directory is missing in Git: nothing is deleted because of that")
            : desired.Resources.Count == 0 ? (ChangeAction.Kept, "nothing usable is left in Git: an empty source never deletes")
            : shield.Over(actual.Key) is { } problem ? (ChangeAction.Kept, $"{problem.Path} is {Word(problem.Kind)} and may be this {actual.Key.Kind.Word()}")
            : policy.WhenMissing == WhenMissing.Fail ? (ChangeAction.Failed, "in Kestra, not in Git")
            : (ChangeAction.Deleted, known is null ? "not in Git" : "no longer in Git");
        return new Change(action, actual.Key, known?.Path, reason, Actual: actual);
    }

    private static Change RowOf(ReadProblem problem)
    {
        var action = problem.Kind switch
        {
            ProblemKind.Invalid => ChangeAction.Invalid,
            ProblemKind.Ignored => ChangeAction.Ignored,
            _ => ChangeAction.Skipped,
        };
        var key = problem.Shields.Count > 0 ? problem.Shields[0] : new ResourceKey(problem.ResourceKind, problem.Namespace, problem.Path);
        return new Change(action, key, problem.Path, problem.Reason);
    }

    private static string Word(ProblemKind kind) => kind switch { ProblemKind.Invalid => "invalid", ProblemKind.Ignored => "ignored", _ => "skipped" };

    private static string? BlockerOf(List<Change> changes, SyncPolicy policy)
    {
        var missing = changes.Count(c => c.Action == ChangeAction.Failed);
        if (missing > 0) return $"{missing} {Plural(missing)} in Kestra and not in Git, and whenMissingInSource is FAIL: nothing was written.";
        if (policy.IgnoreInvalid) return null;
        var invalid = changes.Where(c => c.Action == ChangeAction.Invalid).ToList();
        if (invalid.Count == 0) return null;
        var first = invalid[0];
        var rest = invalid.Count > 1 ? $" (and {invalid.Count - 1} more)" : "";
        return $"{invalid.Count} {Plural(invalid.Count)} invalid, nothing was written: {first.Path ?? first.Key.Id}: {first.Reason}{rest}";
    }

    private static string Plural(int count) => count == 1 ? "object is" : "objects are";

    private static List<Change> InOrder(List<Change> changes) =>
        [.. changes
            .OrderBy(c => c.Action == ChangeAction.Deleted)
            .ThenBy(c => c.Key.Kind)
            .ThenBy(c => c.Key.Namespace, StringComparer.Ordinal)
            .ThenBy(c => c.Key.Id, StringComparer.Ordinal)];

    /// <summary>Invalid, unreadable, ignored: none of it is absent.</summary>
    private sealed class Shield
    {
        private readonly Dictionary<ResourceKey, ReadProblem> _keys = [];
        private readonly Dictionary<(ResourceKind, string), ReadProblem> _namespaces = [];

        public Shield(IEnumerable<ReadProblem> problems)
        {
            foreach (var problem in problems)
            {
                foreach (var key in problem.Shields) _keys.TryAdd(key, problem);
                if (problem.ShieldsNamespace) _namespaces.TryAdd((problem.ResourceKind, problem.Namespace), problem);
            }
        }

        public ReadProblem? Over(ResourceKey key) => _keys.GetValueOrDefault(key) ?? _namespaces.GetValueOrDefault((key.Kind, key.Namespace));

        public bool Covers(ResourceKey key) => _keys.ContainsKey(key);
    }
}
