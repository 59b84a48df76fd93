using KestraGitHub.Reconciliation;

namespace KestraGitHub.Git;

/// <summary>What a file's place says of the flow in it.</summary>
internal enum FlowRule
{
    /// <summary>Folders are namespaces, and the flow is put into that of its folder.</summary>
    Placed,

    /// <summary>The same, read byte for byte: to be compared with what would be written.</summary>
    AsItStands,

    /// <summary>Its namespace is given, folders say nothing; it is read byte for byte, and must say itself what its place says: namespace and id.</summary>
    Named,
}

/// <summary>
/// Reads a directory as flows: each YAML file is one, its folder says the namespace, its text says the id. Apps and unit tests lie the same way, and
/// dashboards, which have no namespace.
/// </summary>
internal sealed class FlowFolder(Scope scope, KestraIgnore ignore, Inventory inventory, bool sha256, FlowRule rule = FlowRule.Placed)
{
    public static bool IsYaml(string path) => path.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".yml", StringComparison.OrdinalIgnoreCase);

    private readonly List<ReadProblem> _problems = [];
    private readonly List<(SourceFile File, string Namespace)> _candidates = [];
    private readonly List<Resource> _flows = [];
    private readonly ILookup<string, ResourceKey> _byPath = inventory.Entries.Values.ToLookup(e => e.Path, e => e.Key);

    private ResourceKind Kind => scope.Kind;

    private bool IsFlows => scope.Kind == ResourceKind.Flow;

    public async Task<(IReadOnlyDictionary<ResourceKey, Resource> Flows,
        IReadOnlyList<ReadProblem> Problems)> ReadAsync(IEnumerable<SourceFile> files, CancellationToken ct)
    {
        foreach (var file in files) Sort(file);
        foreach (var group in _candidates.GroupBy(c => c.File.Mirror))
        {
            var candidates = group.ToList();
            await group.Key.Objects.ReadAllAsync([.. candidates.Select(c => c.File.Entry.Id)], (i, bytes) =>
                Take(candidates[i].File, candidates[i].Namespace, bytes), ct);
        }

        return (Distinct(), _problems);
    }

    private void Sort(SourceFile file)
    {
        if (file.Path == KestraIgnore.FileName && rule != FlowRule.Named) return;
        var shown = file.Path ?? file.Entry.Shown;
        if (rule != FlowRule.Named && !scope.IncludeChildren && shown.Contains('/', StringComparison.Ordinal)) return;
        var ns = NamespaceOf(shown);
        var isYaml = IsYaml(shown);
        if (file.Path is not null && ignore.Match(file.Path) is { } pattern) Add(ProblemKind.Ignored, file, ns,
            $"{KestraIgnore.FileName} leaves it out ({pattern})");
        else if (file.Entry.Mode == TreeEntry.Symlink) AddLink(file, ns, isYaml, "a symbolic link is not followed");
        else if (file.Entry.Mode == TreeEntry.Submodule) AddLink(file, ns, isYaml: false, "a submodule is read only with cloneSubmodules: true");
        else if (!isYaml) Add(ProblemKind.Ignored, file, ns, "it is no .yaml or .yml file");
        else if (file.NameFault() is { } fault) AddUnknown(ProblemKind.Skipped, file, !IsFlows || FlowNames.IsNamespace(ns) ? ns : scope.Namespace, null, fault);
        else if (IsFlows && !FlowNames.IsNamespace(ns)) Add(ProblemKind.Invalid, file, ns,
            $"its folder makes the namespace '{ns}', which Kestra does not take: small letters, digits, '.', '_' and '-', 150 at most");
        else if (file.Entry.Size > FlowFile.MaxBytes) AddUnknown(ProblemKind.Invalid, file, ns, null,
            $"it has {file.Entry.Size} bytes; a {Kind.Word()} has at most {FlowFile.MaxBytes}");
        else _candidates.Add((file, ns));
    }

    private void Take(SourceFile file, string ns, byte[] bytes)
    {
        var flow = Kind == ResourceKind.Dashboard ? FlowFile.ReadDashboard(bytes) : FlowFile.Read(bytes, rule == FlowRule.Placed ? ns : null);
        if (flow.Source is not { } source)
        {
            AddUnknown(ProblemKind.Invalid, file, ns, flow.Id, flow.Fault!, flow.OtherIds);
            return;
        }

        if (rule == FlowRule.Named && Misnamed(file, ns, flow) is { } misnamed)
        {
            _problems.Add(misnamed);
            return;
        }

        var key = new ResourceKey(Kind, ns, flow.Id!);
        _flows.Add(new Resource(key, file.FullPath, BlobHash.Of(source, sha256), SourceLikeness.Of(Kind, source), file.Entry.Id, source.Length, source));
    }

    /// <summary>It may be the object that its place says, or the one that it says itself: neither is to be taken for missing.</summary>
    private ReadProblem? Misnamed(SourceFile file, string ns, FlowFile flow)
    {
        var stem = Path.GetFileNameWithoutExtension(file.Name);
        var own = Kind == ResourceKind.Dashboard ? ns : flow.Namespace;
        var reason = own is null ? "it has no 'namespace' at its top level, and Kestra takes none without; add it"
            : own != ns ? $"it lies in the folder of '{ns}', and says 'namespace: {own}': move it, or set its namespace"
            : flow.Id != stem ? $"its id is '{flow.Id}', and its name is that of '{stem}': rename it to {flow.Id}{Path.GetExtension(file.Name)}, or set its id"
            : null;
        ResourceKey[] shields = [new(Kind, ns, flow.Id!), new(Kind, ns, stem), new(Kind, own ?? ns, flow.Id!)];
        return reason is null ? null : new ReadProblem(ProblemKind.Invalid, Kind, file.FullPath, ns, reason, [.. shields.Distinct()]);
    }

    private Dictionary<ResourceKey, Resource> Distinct()
    {
        var flows = new Dictionary<ResourceKey, Resource>();
        foreach (var group in _flows.GroupBy(f => f.Key))
        {
            var same = group.ToList();
            if (same.Count == 1)
            {
                flows.Add(group.Key, same[0]);
                continue;
            }

            foreach (var flow in same)
            {
                var others = string.Join(", ", same.Where(f => f != flow).Take(5).Select(f => f.Path));
                _problems.Add(new ReadProblem(ProblemKind.Invalid, Kind, flow.Path, group.Key.Namespace,
                    $"its id '{group.Key.Id}' is also that of {others}; give each {Kind.Word()} its own", [group.Key]));
            }
        }

        return flows;
    }

    private void Add(ProblemKind kind, SourceFile file, string ns, string reason) =>
        _problems.Add(new ReadProblem(kind, Kind, file.FullPath, ns, reason, []));

    /// <summary>A file that may be a flow: what it could be on the other side is not to be taken for missing.</summary>
    private void AddUnknown(ProblemKind kind, SourceFile file, string ns, string? id, string reason, IReadOnlyList<string>? otherIds = null)
    {
        List<ResourceKey> shields = [.. _byPath[file.FullPath]];
        var known = shields.Count > 0 || id is not null;
        var stem = file.Name.Contains('.', StringComparison.Ordinal) ? file.Name[..file.Name.LastIndexOf('.')] : file.Name;
        foreach (var possible in (string?[])[id, (id is null || rule == FlowRule.Named) && FlowNames.IsId(stem) ? stem : null, .. otherIds ?? []])
            if (possible is not null) shields.Add(new ResourceKey(Kind, ns, possible));
        _problems.Add(new ReadProblem(kind, Kind, file.FullPath, ns, reason, [.. shields.Distinct()], ShieldsNamespace: !known));
    }

    /// <summary>A link may stand for a flow, or for a folder and so for a whole namespace.</summary>
    private void AddLink(SourceFile file, string ns, bool isYaml, string reason)
    {
        if (isYaml) AddUnknown(ProblemKind.Skipped, file, ns, null, reason);
        else if ((scope.IncludeChildren || rule == FlowRule.Named) && file.Path is not null) AddFolder(file, reason);
        else Add(ProblemKind.Ignored, file, ns, reason);
    }

    private void AddFolder(SourceFile file, string reason) => _problems.Add(
        new ReadProblem(
            ProblemKind.Skipped, Kind, file.FullPath, NamespaceOf(file.Path + "/"), reason, Below(file), ShieldsNamespace: true));

    private List<ResourceKey> Below(SourceFile file) =>
        [.. inventory.Entries.Values.Where(e => e.Path.StartsWith(file.FullPath + "/", StringComparison.Ordinal)).Select(e => e.Key)];

    private string NamespaceOf(string path)
    {
        if (rule == FlowRule.Named) return scope.Namespace;
        var slash = path.LastIndexOf('/');
        return !IsFlows || slash < 0 ? scope.Namespace : $"{scope.Namespace}.{path[..slash].Replace('/', '.')}";
    }
}
