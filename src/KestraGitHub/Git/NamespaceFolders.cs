using KestraGitHub.Reconciliation;

namespace KestraGitHub.Git;

/// <summary>Reads the tree of <see cref="NamespaceLayout"/>: each folder of a namespace by the rules of its kind. What lies elsewhere is other people's.</summary>
internal sealed class NamespaceFolders(Scope scope, Inventory inventory, bool sha256)
{
    private readonly ILookup<string, InventoryEntry> _known = inventory.Entries.Values.ToLookup(e => e.Key.Namespace);

    public async Task<(IReadOnlyDictionary<ResourceKey, Resource> Resources,
        IReadOnlyList<ReadProblem> Problems)> ReadAsync(IEnumerable<SourceFile> files, CancellationToken ct)
    {
        var (resources, problems) = (new Dictionary<ResourceKey, Resource>(), new List<ReadProblem>());
        var all = files as IReadOnlyCollection<SourceFile> ?? [.. files];
        problems.AddRange(all.SelectMany(NoFolder));
        foreach (var folder in all.Select(f => (File: f, Place: PlaceOf(f))).Where(f => f.Place is not null).GroupBy(f => (f.Place!.Kind, f.Place.Namespace)))
        {
            var (kind, ns) = folder.Key;
            List<SourceFile> inside = [.. folder.Select(f => f.File with { Path = f.File.Path is null ? null : f.Place!.Rest })];
            if (ns.Length > 0 && !FlowNames.IsNamespace(ns)) problems.AddRange(NoNamespace(kind, ns, inside));
            else await ReadAsync(scope.Only(kind, ns), inside);
        }

        return (resources, problems);

        async Task ReadAsync(Scope part, List<SourceFile> inside)
        {
            var known = new Inventory(_known[part.Namespace].ToDictionary(e => e.Key));
            var (found, faults) = part.Kind == ResourceKind.NamespaceFile
                ? await new FileFolder(part, null, known).ReadAsync(inside, ct)
                : await new FlowFolder(part, KestraIgnore.Nothing, known, sha256, FlowRule.Named).ReadAsync(inside, ct);
            foreach (var (key, resource) in found) resources.Add(key, resource);
            problems.AddRange(faults);
        }
    }

    private NamespacePlace? PlaceOf(SourceFile file) =>
        NamespaceLayout.PlaceOf(file.Path ?? file.Entry.Shown, nested: !scope.IsTenant) is { } place
        && scope.Kinds.Contains(place.Kind) && scope.ContainsNamespace(place.Namespace.ToLowerInvariant())
            ? place
            : null;

    /// <summary>A link or a submodule, or a file, where a folder should be: what a namespace holds cannot be told.</summary>
    private IEnumerable<ReadProblem> NoFolder(SourceFile file)
    {
        var isFile = file.Entry.Mode == TreeEntry.File;
        var parts = (file.Path ?? file.Entry.Shown).Split('/');
        if (isFile && parts.Length != 2) return [];
        var reason = file.Entry.Mode switch
        {
            TreeEntry.Symlink => "a symbolic link is not followed",
            TreeEntry.Submodule => "a submodule is read only with cloneSubmodules: true",
            _ => "it is no directory",
        };
        return scope.Kinds.SelectMany(kind => NamespaceLayout.PlacesBelow(parts, kind, nested: !scope.IsTenant && !isFile)
            .Select(ns => !scope.IsTenant && NamespaceTree.IsSameOrBelow(scope.Namespace, ns) ? scope.Namespace : ns)
            .Where(scope.ContainsNamespace)
            .Select(ns => new ReadProblem(ProblemKind.Skipped, kind, file.FullPath, ns, reason, [], ShieldsNamespace: true)));
    }

    /// <summary>A flow in a folder that no namespace can be called after is most likely one of the namespace that was meant. A file may be anything.</summary>
    private static IEnumerable<ReadProblem> NoNamespace(ResourceKind kind, string ns, List<SourceFile> inside)
    {
        const string rule = "Kestra takes small letters, digits, '.', '_' and '-', 150 at most; rename the folder";
        var meant = ns.ToLowerInvariant();
        if (kind == ResourceKind.NamespaceFile)
            return [new ReadProblem(ProblemKind.Skipped, kind, FolderOf(inside[0]), meant, $"'{ns}' is no name of a namespace: {rule}", [], ShieldsNamespace: true)];
        return inside.Where(f => FlowFolder.IsYaml(f.Name)).Select(f => new ReadProblem(
            ProblemKind.Invalid, kind, f.FullPath, meant, $"'{ns}' is no name of a namespace: {rule}", [new ResourceKey(kind, meant, Path.GetFileNameWithoutExtension(f.Name))]));
    }

    private static string FolderOf(SourceFile file) => file.FullPath[..^(file.Path?.Length + 1 ?? 0)];
}
