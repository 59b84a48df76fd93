using System.Collections.Concurrent;
using System.Globalization;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Kestra;

/// <summary>What a reading found.</summary>
/// <param name="Directories">Those that were seen, empty ones too. None where an export was read instead.</param>
internal sealed record FileReading(ResourceSet Set, IReadOnlySet<string> Directories);

/// <summary>Reads the files of a namespace: by listings where sizes and time stamps do, by one export where that is cheaper.</summary>
internal sealed class FileReader(KestraServer server, Scope scope, bool sha256, Func<ResourceKey, long?>? desiredSize)
{
    private const int SmallCount = 500;
    private const long SmallSum = 4L * 1024 * 1024;
    private const int MostSingleReads = 20;
    private const long LargestExport = 32L * 1024 * 1024;
    private const int ReadsAtOnce = 4;

    private readonly List<ReadProblem> _problems = [];

    /// <summary>True for what is asked for in one call without a second thought.</summary>
    public static bool IsSmall(int count, long bytes) => count <= SmallCount && bytes <= SmallSum;

    /// <summary>Path, digest and size of every file, in one call; null when the server, or we, cannot do it in one piece.</summary>
    public async Task<IReadOnlyDictionary<string, (string Digest, long Size)>?> LookAsync(CancellationToken ct) => await DigestsAsync(ct);

    /// <param name="look">What <see cref="LookAsync"/> has just found, or null.</param>
    public async Task<FileReading> ReadAsync(Inventory inventory, IReadOnlyDictionary<string, (string Digest, long Size)>? look, CancellationToken ct)
    {
        var known = inventory.Entries.Values.Where(e => scope.Contains(e.Key)).ToDictionary(e => e.Key.Id, StringComparer.Ordinal);
        // One call for all, against one for each directory and one for each file whose time stamp is not known.
        var calls = known.Keys.Select(Folder).Distinct(StringComparer.Ordinal).Count() + known.Values.Count(e => Stamp(e).Length == 0);
        if (look is null && calls > 1 && IsSmall(known.Count, known.Values.Sum(e => e.Size))) look = await DigestsAsync(ct);
        return look is not null
            ? Exported(look, known)
            : await WalkAsync(known, ct);
    }

    private FileReading Exported(IReadOnlyDictionary<string, (string Digest, long Size)> all, Dictionary<string, InventoryEntry> known)
    {
        var resources = new Dictionary<ResourceKey, Resource>();
        foreach (var (path, (digest, size)) in all)
        {
            if (!Concerns(path, isFile: true)) continue;
            if (FileChecks.Name(path, server.Version) is { } fault)
            {
                Unusable(path, fault);
                continue;
            }

            var key = new ResourceKey(ResourceKind.NamespaceFile, scope.Namespace, path);
            var version = known.GetValueOrDefault(path) is { } entry && entry.Digest == digest ? Stamp(entry) : "";
            resources[key] = new Resource(key, "", digest, digest, version, size);
        }

        return new FileReading(new ResourceSet("", resources, _problems), new HashSet<string>());
    }

    private async Task<FileReading> WalkAsync(Dictionary<string, InventoryEntry> known, CancellationToken ct)
    {
        var (files, directories) = await ListAsync(ct);
        var resources = new Dictionary<ResourceKey, Resource>();
        var unread = new List<ListedFile>();
        foreach (var file in files)
        {
            var key = Key(file);
            var version = KestraFiles.Text(file.Modified);
            var entry = known.GetValueOrDefault(file.Path.Value);
            if (entry is not null && entry.Size == file.Size && Stamp(entry) == version)
                resources[key] = new Resource(key, "", entry.Digest, entry.Likeness, version, file.Size);
            else if (entry is not { Owned: true } && desiredSize?.Invoke(key) is { } desired && desired != file.Size)
                resources[key] = Found(file, $"{Content.Unread}{file.Size}"); // different whatever it holds, and nobody's edit: no need to read it
            else
                unread.Add(file);
        }

        foreach (var (file, digest) in await ContentsAsync(unread, files.Sum(f => f.Size), ct)) resources[Key(file)] = Found(file, digest);
        return new FileReading(new ResourceSet("", resources, _problems), directories);
    }

    private async Task<(List<ListedFile> Files, HashSet<string> Directories)> ListAsync(CancellationToken ct)
    {
        var (files, directories) = (new List<ListedFile>(), new HashSet<string>(StringComparer.Ordinal));
        var waiting = new Queue<string>([""]);
        while (waiting.TryDequeue(out var directory))
        {
            var listing = await server.Client.ListDirectoryAsync(scope.Namespace, directory, ct);
            // What cannot be addressed safely is there and left alone: asked for 'a b', the server would read, or delete, 'a+b'.
            foreach (var file in listing.Files.Where(f => Concerns(f.Path.Value, isFile: true)))
            {
                if (FileChecks.Name(file.Path.Value, server.Version) is { } fault) Unusable(file.Path.Value, fault);
                else files.Add(file);
            }

            foreach (var path in listing.Unusable.Where(path => Concerns(path))) Unusable(path, path == "_flows" ? "Kestra keeps this name for flows" : "its name cannot be used");
            foreach (var child in listing.Directories.Where(c => Concerns(c) || LeadsTo(c)).Where(directories.Add))
            {
                if (FileChecks.Name(child, server.Version) is { } fault) Unusable(child, fault);
                else waiting.Enqueue(child);
            }
        }

        return (files, directories);
    }

    private async Task<IReadOnlyCollection<(ListedFile File, string Digest)>> ContentsAsync(List<ListedFile> unread, long sum, CancellationToken ct)
    {
        var found = new ConcurrentBag<(ListedFile, string)>();
        IEnumerable<ListedFile> single = unread;
        if (unread.Count > MostSingleReads && sum <= LargestExport && await DigestsAsync(ct) is { } all)
        {
            var rest = new List<ListedFile>();
            foreach (var file in unread)
            {
                if (all.TryGetValue(file.Path.Value, out var it) && it.Size == file.Size) found.Add((file, it.Digest));
                else rest.Add(file);
            }

            single = rest;
        }

        var atOnce = new ParallelOptions { MaxDegreeOfParallelism = ReadsAtOnce, CancellationToken = ct };
        await Parallel.ForEachAsync(single, atOnce, async (file, stop) =>
            found.Add((file, await server.Client.ReadFileAsync(
                scope.Namespace, file.Path, file.Size, content => BlobHash.OfAsync(content, file.Size, sha256, stop), stop))));
        return found;
    }

    /// <summary>Null when the server, or we, cannot do it in one piece.</summary>
    private async Task<Dictionary<string, (string Digest, long Size)>?> DigestsAsync(CancellationToken ct)
    {
        var digests = new Dictionary<string, (string Digest, long Size)>(StringComparer.Ordinal);
        try
        {
            await server.Client.ExportFilesAsync(
                scope.Namespace,
                async (path, content, size) => digests[path] = (await BlobHash.OfAsync(content, size, sha256, ct), size),
                digests.Clear, ct);
            return digests;
        }
        catch (KestraException e) when (e.Kind is KestraFailureKind.TooLarge or KestraFailureKind.Internal)
        {
            return null;
        }
    }

    private bool Concerns(string path, bool isFile = false) => isFile && LeadsTo(path)
        ? throw new KestraException(
            KestraFailureKind.Invalid, $"'{path}' is a file in namespace '{scope.Namespace}', and the task's namespaceDirectory needs a folder of that name")
        : scope.Contains(new ResourceKey(ResourceKind.NamespaceFile, scope.Namespace, path));

    private bool LeadsTo(string directory) =>
        scope.Folder == directory || scope.Folder.StartsWith(directory + '/', StringComparison.Ordinal);

    private void Unusable(string path, string reason)
    {
        var kind = path == "_flows" ? ProblemKind.Skipped : ProblemKind.Invalid;
        var key = new ResourceKey(ResourceKind.NamespaceFile, scope.Namespace, path);
        var text = $"'{KestraText.OneLine(path, 120)}' in Kestra: {reason}";
        _problems.Add(new ReadProblem(kind, ResourceKind.NamespaceFile, path, scope.Namespace, text, [key]));
    }

    private ResourceKey Key(ListedFile file) => new(ResourceKind.NamespaceFile, scope.Namespace, file.Path.Value);

    private Resource Found(ListedFile file, string digest) => new(Key(file), "", digest, digest, KestraFiles.Text(file.Modified), file.Size);

    /// <summary>Kestra's own time stamp of a file, whichever side Kestra was; empty where it is not known.</summary>
    private static string Stamp(InventoryEntry entry) =>
        IsStamp(entry.TargetVersion) ? entry.TargetVersion
        : IsStamp(entry.SourceVersion) && entry.Applied is null ? entry.SourceVersion // the digest would be that of an edit in Git
        : "";

    private static bool IsStamp(string version) => long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static string Folder(string path) => path.LastIndexOf('/') is var slash and >= 0 ? path[..slash] : "";
}
