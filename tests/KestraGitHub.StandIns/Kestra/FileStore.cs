using System.Text.RegularExpressions;

namespace KestraGitHub.StandIns.Kestra;

internal sealed class FileEntry
{
    public required string Path { get; init; }

    public bool IsDirectory { get; init; }

    public bool Deleted { get; set; }

    public int Revision { get; set; }

    public int Size { get; set; }

    public long Created { get; set; }

    public long Modified { get; set; }

    public string Name => Path == "/" ? "_files" : Path[(Path.LastIndexOf('/') + 1)..];

    public static string Parent(string path) => path.LastIndexOf('/') is > 0 and var i ? path[..i] : "/";
}

/// <summary>The files of the namespaces of one tenant: an index of paths and, apart from it, what is stored.</summary>
internal sealed partial class FileStore(bool isV2)
{
    private readonly Dictionary<string, SortedDictionary<string, FileEntry>> index = [];
    private readonly Dictionary<(string Namespace, string Key, int Revision), byte[]> stored = [];

    public int Writes { get; private set; }

    public int Deletes { get; private set; }

    public IEnumerable<FileEntry> Files(string ns) => Entries(ns).Values.Where(e => e is { Deleted: false, IsDirectory: false });

    public FileEntry? Find(string ns, string path) => path == "/"
        ? new FileEntry { Path = "/", IsDirectory = true, Revision = 1 }
        : Entries(ns).GetValueOrDefault(path) is { Deleted: false } found ? found : null;

    public IEnumerable<FileEntry> Children(string ns, string path) => Entries(ns).Values.Where(e => !e.Deleted && FileEntry.Parent(e.Path) == path);

    public byte[]? Content(string ns, string path, int? revision = null)
    {
        var entry = Entries(ns).GetValueOrDefault(path);
        return entry is null || entry.IsDirectory || (entry.Deleted && revision is null)
            ? null
            : stored.GetValueOrDefault((ns, Key(path), revision ?? entry.Revision));
    }

    public void MakeDirectory(string ns, string path)
    {
        if (path == "/")
        {
            return;
        }

        MakeDirectory(ns, FileEntry.Parent(path));
        if (Find(ns, path) is { } existing)
        {
            if (!existing.IsDirectory && isV2)
            {
                throw new KestraError(409, $"Conflict: Cannot create directory '{path}' in namespace '{ns}': a file already exists at this path.");
            }

            return;
        }

        Entries(ns)[path] = new FileEntry { Path = path, IsDirectory = true, Revision = 1, Created = Now(), Modified = Now() };
    }

    /// <summary>Each upload is a revision, even of the same bytes [nsfile.crud].</summary>
    public void Put(string ns, string path, byte[] content)
    {
        CheckName(ns, path);
        if (path == "/" || Find(ns, path) is { IsDirectory: true })
        {
            if (isV2)
            {
                throw new KestraError(409, $"Conflict: Cannot create file '{path}' in namespace '{ns}': a directory already exists at this path.");
            }

            // 1.3 has already overwritten its index when the storage refuses: the directory is lost there, its files are not [nsfile.dirs].
            Entries(ns).Remove(path);
            throw KestraError.NotFound("/storage" + path + " (Is a directory)");
        }

        for (var up = FileEntry.Parent(path); up != "/"; up = FileEntry.Parent(up))
        {
            if (Find(ns, up) is { IsDirectory: false })
            {
                throw isV2
                    ? new KestraError(409, $"Conflict: Cannot create '{path}' in namespace '{ns}': '{up}' is a file, not a directory.")
                    : KestraError.NotFound("/storage" + path + " (Not a directory)");
            }
        }

        MakeDirectory(ns, FileEntry.Parent(path));
        var before = Entries(ns).GetValueOrDefault(path);
        var entry = new FileEntry
        {
            Path = path,
            Revision = (before is { IsDirectory: false } ? before.Revision : 0) + 1,
            Size = content.Length,
            Created = before is { Deleted: false } ? before.Created : Now(),
            Modified = Now(),
        };
        Entries(ns)[path] = entry;
        stored[(ns, Key(path), entry.Revision)] = content;
        Writes++;
    }

    /// <summary>
    /// Climbs while the parent holds one entry, without looking which one it is, and deletes that parent: a missing
    /// file takes its only sibling along [nsfile.delete-hazard]. The count is taken over all namespaces.
    /// </summary>
    public void Delete(string ns, string path)
    {
        var target = path;
        while (target != "/" && FileEntry.Parent(target) is not "/" and var parent && index.Values.Sum(n => n.Values.Count(e => !e.Deleted && FileEntry.Parent(e.Path) == parent)) == 1)
        {
            target = parent;
        }

        IEnumerable<string> namespaces = target == path ? [ns] : [.. index.Keys];
        foreach (var entry in namespaces.SelectMany(n => Entries(n).Values).Where(e => !e.Deleted && Within(e.Path, target)))
        {
            entry.Deleted = true;
            Deletes++;
        }
    }

    public void Move(string ns, string from, string to)
    {
        if (Find(ns, from) is null)
        {
            return; // Nothing to move is no error [nsfile.move: missing source].
        }

        if (Find(ns, to) is not null)
        {
            throw new KestraError(500, $"Internal server error: File '{to}' already exists in namespace '{ns}'.");
        }

        CheckName(ns, to);
        foreach (var entry in Entries(ns).Values.Where(e => !e.Deleted && Within(e.Path, from)).ToList())
        {
            var target = to + entry.Path[from.Length..];
            if (entry.IsDirectory)
            {
                MakeDirectory(ns, target);
            }
            else
            {
                Put(ns, target, Content(ns, entry.Path)!);
            }

            entry.Deleted = true;
        }
    }

    private static bool Within(string path, string folder) =>
        folder == "/" || path == folder || path.StartsWith(folder + "/", StringComparison.Ordinal);

    private static long Now() => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    private SortedDictionary<string, FileEntry> Entries(string ns) =>
        index.TryGetValue(ns, out var entries) ? entries : index[ns] = new SortedDictionary<string, FileEntry>(StringComparer.Ordinal);

    /// <summary>1.3 stores under a URI: `#` and `?` end the path, so two names may share one object [nsfile.names].</summary>
    private string Key(string path) => isV2 ? path : path.Split('#', '?')[0];

    private void CheckName(string ns, string path)
    {
        if (path.Split('/').Any(p => p.Length > 255))
        {
            throw KestraError.IllegalArgument("A file or folder name exceeds the maximum length of 255 characters.");
        }

        if (isV2)
        {
            return;
        }

        var uri = $"kestra:///{ns.Replace('.', '/')}/_files{path}";
        if (BadEscape().Match(uri) is { Success: true } escape)
        {
            throw KestraError.IllegalArgument($"Malformed escape pair at index {escape.Index}: {uri}");
        }

        if (uri.IndexOfAny([' ', '"', '<', '>', '[', ']', '\\', '^', '`', '{', '|', '}']) is >= 0 and var at)
        {
            throw KestraError.IllegalArgument($"Illegal character in path at index {at}: {uri}");
        }
    }

    [GeneratedRegex("%(?![0-9A-Fa-f]{2})")]
    private static partial Regex BadEscape();
}
