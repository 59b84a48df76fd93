namespace KestraGitHub.Reconciliation;

/// <summary>Decides what has to change, and touches nothing. Everything a run may do is in the plan it returns; apply only carries it out.</summary>
internal static class SyncPlanner
{
    /// <summary>So many objects are named in an error; the rows have all of them.</summary>
    private const int Named = 3;

    /// <param name="desired">The source, at one commit.</param>
    /// <param name="actual">The target, as read.</param>
    /// <param name="inventory">What this task applied before: tells an edit in Kestra from a change in Git, and what is ours.</param>
    public static SyncPlan Plan(ResourceSet desired, ResourceSet actual, Inventory inventory, SyncPolicy policy)
    {
        var shield = new Shield(desired.Problems.Concat(actual.Problems));
        var unreadable = new Shield(actual.Problems);
        var comparison = new Comparison(policy);
        var changes = desired.Problems.Select(RowOf).ToList();
        var invalid = changes.Where(c => c.Action == ChangeAction.Invalid).Select(c => c.Key).ToHashSet();
        changes.AddRange(desired.Resources.Values.Select(d =>
            actual.Unsupported.GetValueOrDefault(d.Key.Kind) is { } reason
                ? new Change(ChangeAction.Skipped, d.Key, d.Path, reason, d)
                : comparison.Of(d, actual.Resources.GetValueOrDefault(d.Key), unreadable.Of(d.Key), inventory.Owned(d.Key))));
        changes.AddRange(actual.Resources.Values
            .Where(a => !desired.Resources.ContainsKey(a.Key) && !invalid.Contains(a.Key))
            .Select(a => comparison.OfMissing(Missing(a, desired, inventory, policy, shield), inventory.Owned(a.Key))));
        return new SyncPlan(desired.Revision, InOrder(changes), BlockerOf(changes, policy));
    }

    /// <summary>The plan after the target was asked: what it objects to is invalid, and stops everything unless invalid objects may be left out.</summary>
    public static SyncPlan WithObjections(SyncPlan plan, IReadOnlyList<Objection> objections, SyncPolicy policy)
    {
        if (objections.Count == 0) return plan;
        var reasons = objections.GroupBy(o => o.Key).ToDictionary(g => g.Key, g => string.Join(" ", g.Select(o => o.Reason)));
        var skipped = objections.Where(o => o.Skips).Select(o => o.Key).ToHashSet();
        var changes = plan.Changes
            .Select(c => c.Writes && reasons.TryGetValue(c.Key, out var reason)
                ? c with { Action = skipped.Contains(c.Key) ? ChangeAction.Skipped : ChangeAction.Invalid, Reason = reason }
                : c)
            .ToList();
        return plan with { Changes = changes, Blocker = BlockerOf(changes, policy) };
    }

    /// <summary>
    /// The plan after the source was asked about what it holds itself: an object with a flaw is carried as it stands and its row says so, or it stops
    /// everything. It is never dropped: what is broken needs its copy most.
    /// </summary>
    public static SyncPlan WithFlaws(SyncPlan plan, IReadOnlyList<Objection> flaws, SyncPolicy policy)
    {
        if (flaws.Count == 0) return plan;
        if (!policy.IgnoreInvalid) return WithObjections(plan, flaws, policy);
        var reasons = flaws.ToLookup(f => f.Key, f => f.Reason);
        return plan with
        {
            Changes = [.. plan.Changes.Select(c => c.Writes && reasons.Contains(c.Key) ? c with { Reason = $"{c.Reason}; invalid in {policy.Source}, and kept as it stands: {string.Join(" ", reasons[c.Key])}" } : c)],
        };
    }

    /// <summary>The plan after both sides' changes were joined where that was wished: each such row as it came out.</summary>
    public static SyncPlan WithMerges(SyncPlan plan, IReadOnlyDictionary<ResourceKey, Change> merges, SyncPolicy policy)
    {
        if (merges.Count == 0) return plan;
        List<Change> changes = [.. plan.Changes.Select(c => c.MergeFrom is null ? c : merges.GetValueOrDefault(c.Key, c))];
        return plan with { Changes = changes, Blocker = BlockerOf(changes, policy) };
    }

    private static Change Missing(Resource actual, ResourceSet desired, Inventory inventory, SyncPolicy policy, Shield shield)
    {
        var known = inventory.Owned(actual.Key);
        var (action, reason) =
            desired.Unsupported.GetValueOrDefault(actual.Key.Kind) is { } lacking ? (ChangeAction.Skipped, lacking)
            : policy.WhenMissing == WhenMissing.Keep ? (ChangeAction.Kept, $"not in {policy.Source}; delete is off")
            : actual.Key == policy.Self ? (ChangeAction.Protected, "it defines this sync")
            : policy.ProtectedNamespaces.FirstOrDefault(p => NamespaceTree.IsSameOrBelow(actual.Key.Namespace, p)) is { } p
                ? (ChangeAction.Protected, $"namespace {p} is protected")
            // Before the rules against deleting: there is nothing that they could keep from it.
            : policy.WhenMissing == WhenMissing.Fail && shield.Over(actual.Key) is null ? (ChangeAction.Failed, $"in {policy.Target}, not in {policy.Source}")
            : desired.Missing ? (ChangeAction.Kept, "the directory is missing in Git: nothing is deleted because of that")
            : desired.HoldsNo(actual.Key.Kind) && !IsLastOfItsKind(desired, known, policy) ? (ChangeAction.Kept, $"nothing usable is left in {policy.Source}: an empty source never deletes")
            : shield.Over(actual.Key) is { } problem ? (ChangeAction.Kept, $"{problem.Path} is {Word(problem.Kind)} and may be this {actual.Key.Kind.Word()}")
            : (ChangeAction.Deleted, known is null ? $"not in {policy.Source}" : $"no longer in {policy.Source}");
        var row = new Change(action, actual.Key, actual.Path.Length > 0 ? actual.Path : known?.Path, reason, Actual: actual);
        // What was made there is an edit as well.
        return action == ChangeAction.Deleted && known is null && policy.OffersEdits
            ? row with { Action = ChangeAction.Kept, Reason = $"new in {policy.Target}; onDrift is pullRequest", Offered = true }
            : row;
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

    /// <summary>
    /// A commit that still holds other kinds is no wrong directory: what was applied of a kind goes with its last file. A list of Kestra's may be empty
    /// because of rights, and proves nothing.
    /// </summary>
    private static bool IsLastOfItsKind(ResourceSet desired, InventoryEntry? known, SyncPolicy policy) =>
        policy.Direction == Direction.GitToKestra && known is not null && !desired.HoldsNothing;

    private static string? BlockerOf(List<Change> changes, SyncPolicy policy)
    {
        var missing = changes.Where(c => c.Action == ChangeAction.Failed).ToList();
        if (missing.Count > 0)
            return $"{missing.Count} {Plural(missing.Count)} in {policy.Target} and not in {policy.Source}, and whenMissingInSource is FAIL: nothing was written: {string.Join(", ", missing.Take(Named).Select(c => c.Key))}{More(missing, Named)}";
        var conflicts = changes.Where(c => c is { Action: ChangeAction.Conflict, Stops: true }).ToList();
        if (conflicts.Count > 0)
            return $"{conflicts.Count} {(conflicts.Count == 1 ? "object" : "objects")} changed in {policy.Source} and in {policy.Target}, and onConflict is {policy.OnConflict.Word()}: nothing was written: "
                + $"{string.Join(", ", conflicts.Take(Named).Select(c => $"{c.Key} ({c.Reason})"))}{More(conflicts, Named)}. Make both sides equal, or say which one wins: in `onConflict` of the definition, or for one run on its page and with `run --on-conflict`.";
        if (policy.IgnoreInvalid) return null;
        var invalid = changes.Where(c => c.Action == ChangeAction.Invalid).ToList();
        if (invalid.Count == 0) return null;
        var first = invalid[0];
        return $"{invalid.Count} {Plural(invalid.Count)} invalid, nothing was written: {first.Path ?? first.Key.Id}: {first.Reason}{More(invalid, 1)}";
    }

    private static string More(List<Change> changes, int named) => changes.Count > named ? $" (and {changes.Count - named} more)" : "";

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

        public ReadProblem? Over(ResourceKey key) => Of(key) ?? OverFolder(key) ?? _namespaces.GetValueOrDefault((key.Kind, key.Namespace));

        public ReadProblem? Of(ResourceKey key) => _keys.GetValueOrDefault(key);

        /// <summary>What cannot be used may be a folder (a link to one, a submodule): then a file below it is not missing either.</summary>
        private ReadProblem? OverFolder(ResourceKey key)
        {
            if (key.Kind != ResourceKind.NamespaceFile || _keys.Count == 0) return null;
            for (var slash = key.Id.LastIndexOf('/'); slash > 0; slash = key.Id.LastIndexOf('/', slash - 1))
                if (Of(key with { Id = key.Id[..slash] }) is { } problem) return problem;
            return null;
        }
    }
}
