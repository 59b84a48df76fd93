using System.Buffers;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Kestra;

/// <summary>Which files the server could not hold as they are; found before the first write.</summary>
internal static class FileChecks
{
    // What 1.3 puts into an address without care: some it refuses, some it cuts off, so that two files become one [nsfile.names].
    private static readonly SearchValues<char> Lossy13 = SearchValues.Create("%#?\"<>^`{|}[]");

    public static IReadOnlyList<Objection> Check(SyncPlan plan, Scope scope, KestraVersion version, FileReading read)
    {
        var writes = plan.Writes.Where(c => c.Action != ChangeAction.Deleted).Select(c => c.Key).ToList();
        var deleted = plan.Writes.Where(c => c.Action == ChangeAction.Deleted).Select(c => c.Key.Id).ToHashSet(StringComparer.Ordinal);
        var after = writes.Select(w => w.Id).ToHashSet(StringComparer.Ordinal);
        after.UnionWith(read.Set.Resources.Keys.Select(k => k.Id).Where(p => !deleted.Contains(p)));
        var folders = after.SelectMany(Ancestors).ToHashSet(StringComparer.Ordinal);
        var objections = new List<Objection>();
        var seen = new HashSet<ResourceKey>();
        foreach (var key in writes)
        {
            var reason = !scope.Contains(key) ? $"it lies outside of {scope.Place}"
                : !seen.Add(key) ? "it stands twice in the plan"
                : Name(key.Id, version)
                ?? (folders.Contains(key.Id) ? "a directory of this name is there, and has files" : null)
                ?? (Ancestors(key.Id).FirstOrDefault(after.Contains) is { } file
                    ? $"'{KestraText.OneLine(file, 120)}' is a file, not a directory"
                    : null)
                ?? (EmptyFolder(key.Id, read) ? "an empty directory of this name is there; delete it in Kestra" : null);
            if (reason is not null) objections.Add(new Objection(key, reason));
        }

        return objections;
    }

    /// <summary>Why a server of this version cannot keep the name, or null.</summary>
    public static string? Name(string path, KestraVersion version)
    {
        if (!NamespaceFilePath.TryParse(path, out _, out var fault)) return fault;
        // On both versions a space arrives as '+' [nsfile.names], where a file of that name would be overwritten.
        if (path.Contains(' ')) return "its name holds a space, which Kestra would store as '+'";
        if (!version.AtLeast(2, 0) && path.AsSpan().IndexOfAny(Lossy13) is var at and >= 0)
            return $"its name holds '{path[at]}', which Kestra {version} cannot store";
        // The server refuses a request line of more than about 4 KB (kestra-api.md 11.2); method, namespace and the rest need room too.
        return Uri.EscapeDataString(path).Length > 3500 ? "its path is too long for an address" : null;
    }

    private static bool EmptyFolder(string path, FileReading read) =>
        read.Directories.Contains(path) && !read.Set.Resources.Keys.Any(k => k.Id.StartsWith(path + '/', StringComparison.Ordinal));

    private static IEnumerable<string> Ancestors(string path)
    {
        for (var slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1)) yield return path[..slash];
    }
}
