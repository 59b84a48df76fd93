using KestraGitHub.Definitions;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Git;

/// <summary>
/// A directory of Git as the side that is written to: what Kestra holds as files of it, and where each of them goes. Pure; it knows the directory as
/// it was read.
/// </summary>
/// <param name="files">All that lies in the directory.</param>
/// <param name="problems">What of it cannot be used as it stands.</param>
internal sealed class GitTarget(SyncTask task, IReadOnlyList<SourceFile> files, KestraIgnore ignore, IReadOnlyList<ReadProblem> problems, bool sha256)
{
    private readonly Dictionary<string, SourceFile> _files = files.DistinctBy(f => f.FullPath).ToDictionary(f => f.FullPath, StringComparer.Ordinal);

    private PushSettings Push => task.Push!;

    /// <summary>The selected part of what Kestra holds, each as the file that would hold it here.</summary>
    public ResourceSet AsFiles(ResourceSet kestra)
    {
        var resources = new Dictionary<ResourceKey, Resource>();
        var found = kestra.Problems.ToList();
        foreach (var held in kestra.Resources.Values.Where(r => Push.Selection.Matches(r.Key)))
        {
            var path = GitPaths.PathIn(task, held.Key);
            if (Ignored(held.Key, path) is { } pattern) found.Add(Problem(ProblemKind.Ignored, held.Key, path, pattern));
            else if (AsFile(held, path, found) is { } file) resources[held.Key] = file;
        }

        return kestra with { Resources = resources, Problems = found };
    }

    /// <summary>What cannot be written without harm to something else that lies there.</summary>
    public IReadOnlyList<Objection> Check(SyncPlan plan)
    {
        var gone = plan.Writes.Where(c => c.Action == ChangeAction.Deleted).Select(c => c.Path!).ToHashSet(StringComparer.Ordinal);
        var there = _files.Keys.Where(p => !gone.Contains(p)).ToHashSet(StringComparer.Ordinal);
        var written = plan.Writes.Where(c => c.Action != ChangeAction.Deleted).ToList();
        var folders = there.Concat(written.Select(c => c.Path!)).SelectMany(Ancestors).ToHashSet(StringComparer.Ordinal);
        return [.. written.Select(c => (c.Key, Reason: Objection(c, there, folders))).Where(o => o.Reason is not null).Select(o => new Objection(o.Key, o.Reason!))];
    }

    /// <summary>The plan as changes of the tree. A file that is there keeps its name and its mode.</summary>
    public IReadOnlyList<TreeChange> Changes(SyncPlan plan) =>
    [
        .. plan.Writes.Select(c => new TreeChange(
            c.Path!, _files.GetValueOrDefault(c.Path!)?.Entry.FullMode ?? "100644", c.Action == ChangeAction.Deleted ? null : c.Desired)),
    ];

    private Resource? AsFile(Resource held, string path, List<ReadProblem> found) => held.Key.Kind switch
    {
        // Kestra's time stamp is remembered: while it stays the bytes need not be read again to be known.
        ResourceKind.NamespaceFile => held with { Path = GitPaths.Full(task, path), Version = held.Version.Length > 0 ? held.Version : held.Digest },
        // Byte for byte as they are; their bytes may have stayed where they are until they are wanted.
        ResourceKind.App or ResourceKind.UnitTest => held with { Path = GitPaths.Full(task, path), Version = held.Digest },
        ResourceKind.Dashboard => AsDashboard(held, path, found),
        _ => AsFlow(held, path, found),
    };

    private Resource? AsFlow(Resource held, string path, List<ReadProblem> found)
    {
        var source = held.Content ?? throw new InvalidOperationException($"{held.Key} was read without its source");
        var file = FlowOut.Of(source, held.Key.Namespace, task.Scope.Namespace, Push.TargetNamespace);
        if (file.Draft) found.Add(Problem(ProblemKind.Skipped, held.Key, path, "it is a draft; what Git has of it stays"));
        else if (file.Fault is not null) found.Add(Problem(ProblemKind.Invalid, held.Key, path, file.Fault));
        if (file.Draft || file.Bytes is not { } bytes) return null;
        return new Resource(held.Key, GitPaths.Full(task, path), BlobHash.Of(bytes.Span, sha256), FlowLikeness.Of(bytes.Span), held.Digest, bytes.Length, bytes);
    }

    private Resource? AsDashboard(Resource held, string path, List<ReadProblem> found)
    {
        if (!FlowNames.IsDashboardId(held.Key.Id))
        {
            found.Add(Problem(ProblemKind.Skipped, held.Key, path, "its id cannot be the name of a file; give it another one in Kestra"));
            return null;
        }

        var bytes = SourceLikeness.WithoutUpdated(held.Content!.Value);
        return new Resource(held.Key, GitPaths.Full(task, path), BlobHash.Of(bytes.Span, sha256), held.Likeness, held.Digest, bytes.Length, bytes);
    }

    private string? Objection(Change change, HashSet<string> there, HashSet<string> folders)
    {
        var path = change.Path!;
        if (SourceFile.NameFault(path) is { } fault) return fault;
        if (change.Actual is null)
        {
            var inTheWay = problems.Where(p => p.Shields.Contains(change.Key)).ToList();
            // Only a broken file of the flow's own name is certainly this flow; anything else may be someone's.
            if (inTheWay.Find(p => !IsBrokenFileOf(p, change.Key)) is { } other)
                return $"{other.Path} in Git may be this {change.Key.Kind.Word()}, and cannot be used: {other.Reason}. Mend or remove it there";
            if (inTheWay.Count == 0 && there.Contains(path)) return $"{path} in Git holds something else. Rename that file";
        }

        if (folders.Contains(path)) return $"{path} is a directory in Git";
        return Ancestors(path).FirstOrDefault(there.Contains) is { } file ? $"{file} is no directory in Git" : null;
    }

    private bool IsBrokenFileOf(ReadProblem problem, ResourceKey key) =>
        problem.Kind == ProblemKind.Invalid && key.Kind != ResourceKind.NamespaceFile && _files.GetValueOrDefault(problem.Path) is { Entry.Mode: TreeEntry.File } file
        && Path.GetFileNameWithoutExtension(file.Name) == key.Id && problem.Shields.All(s => s == key) && problems.Count(p => p.Shields.Contains(key)) == 1;

    private string? Ignored(ResourceKey key, string path)
    {
        if (task.Layout == Layout.ByNamespace) return key.Kind == ResourceKind.NamespaceFile && FileFolder.IsGitOwn(path) ? "it is git's own" : null;
        var pattern = ignore.Match(path) ?? (task.Layout != Layout.NamespaceFiles ? ignore.Match(Path.ChangeExtension(path, ".yaml")) : null);
        if (pattern is not null) return $"{KestraIgnore.FileName} in Git leaves it out ({pattern})";
        return task.Layout != Layout.NamespaceFiles ? null
            : path == KestraIgnore.FileName ? "it says in Git what is left out, and is Git's own"
            : FileFolder.IsGitOwn(path) ? "it is git's own" : null;
    }

    private ReadProblem Problem(ProblemKind kind, ResourceKey key, string path, string reason) =>
        new(kind, key.Kind, GitPaths.Full(task, path), key.Namespace, reason, [key]);

    private static IEnumerable<string> Ancestors(string path)
    {
        for (var slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1)) yield return path[..slash];
    }
}
