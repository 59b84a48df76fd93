using KestraGitHub.Reconciliation;

namespace KestraGitHub.Git;

/// <summary>What a path of the tree stands for.</summary>
/// <param name="Namespace">As the folder says it; empty for what belongs to the tenant.</param>
/// <param name="Rest">The path below the folder of its kind.</param>
internal sealed record NamespacePlace(ResourceKind Kind, string Namespace, string Rest);

/// <summary>
/// The tree of TenantSync and NamespaceSync (plugin-git.md, section 3.2): one folder for each namespace, named with its dots, and in it one for each
/// kind; what belongs to the whole tenant lies below <c>_global</c>.
/// </summary>
internal static class NamespaceLayout
{
    private const string Global = "_global";

    private static readonly Dictionary<string, ResourceKind> Folders = new(StringComparer.Ordinal)
    {
        ["files"] = ResourceKind.NamespaceFile, ["flows"] = ResourceKind.Flow, ["apps"] = ResourceKind.App, ["tests"] = ResourceKind.UnitTest,
    };

    private static readonly Dictionary<string, ResourceKind> GlobalFolders = new(StringComparer.Ordinal) { ["dashboards"] = ResourceKind.Dashboard };

    /// <summary>Where a new object goes.</summary>
    public static string PathOf(ResourceKey key)
    {
        var (top, folder) = GlobalFolders.FirstOrDefault(f => f.Value == key.Kind) is { Key: { } global }
            ? (Global, global)
            : (key.Namespace, Folders.First(f => f.Value == key.Kind).Key);
        return key.Kind == ResourceKind.NamespaceFile ? $"{top}/{folder}/{key.Id}" : $"{top}/{folder}/{key.Id}.yaml";
    }

    /// <summary>The namespaces whose objects of a kind would lie below this path, were it a folder.</summary>
    public static IEnumerable<string> PlacesBelow(IReadOnlyList<string> path, ResourceKind kind, bool nested)
    {
        var isGlobal = GlobalFolders.ContainsValue(kind);
        var folder = (isGlobal ? GlobalFolders : Folders).First(f => f.Value == kind).Key;
        if (path.Count == 1) return (isGlobal, path[0]) is (true, Global) ? [""] : !isGlobal && FlowNames.IsNamespace(path[0]) ? [path[0]] : [];
        if (path.Count == 2 && path[1] == folder) return (isGlobal, path[0]) is (true, Global) ? [""] : isGlobal ? [] : [path[0]];
        return nested && kind == ResourceKind.Flow && !path.Any(Folders.ContainsKey) ? [string.Join('.', path)] : [];
    }

    /// <summary>Null for what is no object of the tree.</summary>
    /// <param name="nested">True: flows are found in folders inside folders too, <c>company/team/flows</c> for <c>company.team</c>, as NamespaceSync reads them.</param>
    public static NamespacePlace? PlaceOf(string path, bool nested)
    {
        var parts = path.Split('/');
        if (parts.Length < 3) return null;
        if (parts[0] == Global) return GlobalFolders.TryGetValue(parts[1], out var global) ? new(global, "", Rest(2)) : null;
        if (Folders.TryGetValue(parts[1], out var kind)) return new(kind, parts[0], Rest(2));
        if (!nested) return null;

        // The first folder that has the name of a kind decides: below `files` everything is a file, whatever it is called.
        var at = Array.FindIndex(parts, 1, parts.Length - 2, Folders.ContainsKey);
        return at > 0 && at == parts.Length - 2 && parts[at] == "flows" ? new(ResourceKind.Flow, string.Join('.', parts[..at]), parts[^1]) : null;

        string Rest(int from) => string.Join('/', parts[from..]);
    }
}
