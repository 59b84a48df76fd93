using KestraGitHub.Reconciliation;

namespace KestraGitHub.Git;

/// <summary>Reads a directory as the files of one namespace. Git's listing says all that has to be known of them; their bytes stay where they are.</summary>
/// <param name="ignore">Null where a <c>.kestraignore</c> is a file like any other.</param>
internal sealed class FileFolder(Scope scope, KestraIgnore? ignore, Inventory inventory)
{
    // A pointer's three lines; only files of about this size are looked into.
    private const int LeastPointer = 110;
    private const int MostPointer = 250;

    private static readonly string[] GitOwn = [".gitkeep", ".gitignore"];

    public static bool IsGitOwn(string path) => GitOwn.Contains(path[(path.LastIndexOf('/') + 1)..]);

    private readonly List<ReadProblem> _problems = [];
    private readonly Dictionary<ResourceKey, Resource> _files = [];
    private readonly List<(SourceFile File, ResourceKey Key)> _suspects = [];

    public async Task<(IReadOnlyDictionary<ResourceKey, Resource> Files,
        IReadOnlyList<ReadProblem> Problems)> ReadAsync(IEnumerable<SourceFile> files, CancellationToken ct)
    {
        foreach (var file in files) Sort(file);
        foreach (var group in _suspects.GroupBy(s => s.File.Mirror))
        {
            var suspects = group.ToList();
            await group.Key.Objects.ReadAllAsync([.. suspects.Select(s => s.File.Entry.Id)], (i, bytes) =>
                DropPointer(suspects[i].File, suspects[i].Key, bytes), ct);
        }

        return (_files, _problems);
    }

    private void Sort(SourceFile file)
    {
        if (file.Path == KestraIgnore.FileName && ignore is not null) return;
        if (file.Path is null)
        {
            Add(ProblemKind.Skipped, file, file.NameFault()!, []);
            return;
        }

        var key = scope.FileAt(file.Path);
        if (ignore?.Match(file.Path) is { } pattern) Add(ProblemKind.Ignored, file, $"{KestraIgnore.FileName} leaves it out ({pattern})", []);
        else if (IsGitOwn(file.Path)) Add(ProblemKind.Ignored, file, "it is git's own", []);
        else if (file.NameFault() is { } fault) Add(ProblemKind.Skipped, file, fault, [key]);
        else if (file.Entry.Mode == TreeEntry.Symlink) Add(ProblemKind.Skipped, file, "a symbolic link is not followed", [key, .. Below(key)]);
        else if (file.Entry.Mode == TreeEntry.Submodule) Add(ProblemKind.Skipped, file, "a submodule is read only with cloneSubmodules: true",
            [key, .. Below(key)]);
        else if (key.Id == "_flows" || key.Id.StartsWith("_flows/", StringComparison.Ordinal)) Add(ProblemKind.Skipped, file,
            "Kestra keeps the folder '_flows' of a namespace for itself: sync it with SyncFlows", [key]);
        else Keep(file, key);
    }

    private void Keep(SourceFile file, ResourceKey key)
    {
        var id = file.Entry.Id;
        if (!_files.TryAdd(key, new Resource(key, file.FullPath, id, id, id, file.Entry.Size))) Add(ProblemKind.Invalid, file,
            "its tree has this name twice", [key]);
        else if (file.Entry.Size is >= LeastPointer and <= MostPointer
            && inventory.Entries.GetValueOrDefault(key)?.SourceVersion != id) _suspects.Add((file, key));
    }

    private void DropPointer(SourceFile file, ResourceKey key, byte[] bytes)
    {
        if (!bytes.AsSpan().StartsWith("version https://git-lfs.github.com/spec/"u8) || !_files.Remove(key)) return;
        Add(ProblemKind.Skipped, file, "it is a Git LFS pointer, and what it points to is not read", [key]);
    }

    private void Add(ProblemKind kind, SourceFile file, string reason, IReadOnlyList<ResourceKey> shields) =>
        _problems.Add(new ReadProblem(kind, ResourceKind.NamespaceFile, file.FullPath, scope.Namespace, reason, shields));

    /// <summary>What was synced from below before it was a link.</summary>
    private IEnumerable<ResourceKey> Below(ResourceKey link) =>
        inventory.Entries.Keys.Where(k => k.Kind == ResourceKind.NamespaceFile && k.Id.StartsWith(link.Id + "/", StringComparison.Ordinal));
}
