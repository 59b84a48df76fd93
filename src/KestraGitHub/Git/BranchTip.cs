using KestraGitHub.Reconciliation;

namespace KestraGitHub.Git;

/// <summary>What stands at some paths of a commit, as far as putting something back there needs to know.</summary>
internal sealed class BranchTip
{
    private readonly Dictionary<ResourceKey, string> _modes = [];

    private BranchTip(GitCommit commit) => Commit = commit;

    public GitCommit Commit { get; }

    public ResourceSet Held { get; private set; } = ResourceSet.Empty;

    public static async Task<BranchTip> ReadAsync(GitCommit commit, IEnumerable<(ResourceKey Key, string Path)> places, CancellationToken ct)
    {
        var (tip, held) = (new BranchTip(commit), new Dictionary<ResourceKey, Resource>());
        using var use = commit.Mirror.Use();
        foreach (var (key, path) in places)
        {
            if (await TreePath.FindAsync(commit.Mirror.Objects, commit, path, ct) is not { } found) continue;
            // The name of a blob says what it holds; a folder or a link has a name too, and is then nobody's file of ours.
            held[key] = new Resource(key, path, found.Mode == TreeEntry.File ? found.Id : $"{found.FullMode} {found.Id}", "", found.Id, 0);
            tip._modes[key] = found.FullMode;
        }

        tip.Held = new ResourceSet(commit.Commit, held, []);
        return tip;
    }

    /// <summary>The writes of a plan as changes of the tree; what is there keeps its mode.</summary>
    public IReadOnlyList<TreeChange> Changes(SyncPlan plan) =>
        [.. plan.Writes.Select(c => new TreeChange(c.Path!, _modes.GetValueOrDefault(c.Key, "100644"), c.Action == ChangeAction.Deleted ? null : c.Desired))];
}
