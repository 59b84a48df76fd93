namespace KestraGitHub.Storage;

/// <param name="Name">Relative to the folder, with forward slashes.</param>
/// <param name="RealPath">Where the bytes lie, links resolved.</param>
internal sealed record FoundFile(string Name, string RealPath, long Size, DateTime ModifiedAt);

/// <summary>Which YAML files a folder holds. Links are followed only where they stay inside (a mounted ConfigMap is made of such links).</summary>
internal static class FolderScan
{
    /// <returns>In the order of their names; null when the folder is not there.</returns>
    /// <exception cref="IOException">It is there and cannot be read: that is not the same as empty.</exception>
    public static IReadOnlyList<FoundFile>? Find(string folder)
    {
        if (RealPath.Of(Path.GetFullPath(folder)) is not { } root || !Directory.Exists(root)) return null;
        var found = new List<FoundFile>();
        Walk(root, root, "", [root], found);
        return [.. found.OrderBy(f => f.Name, StringComparer.Ordinal)];
    }

    private static void Walk(string root, string directory, string prefix, HashSet<string> seen, List<FoundFile> found)
    {
        // What is really there comes before links to it, so that a file goes by its own name and counts once. Listing tells what each is: this look
        // comes each second, and must not ask the system several times for each of a thousand files.
        var entries = new DirectoryInfo(directory).EnumerateFileSystemInfos()
            .Where(e => !e.Name.StartsWith('.'))
            .Select(e => (Entry: e, Link: e.Attributes.HasFlag(FileAttributes.ReparsePoint)))
            .OrderBy(e => e.Link).ThenBy(e => e.Entry.Name, StringComparer.Ordinal)
            .ToList();
        foreach (var (entry, link) in entries)
        {
            var (name, there) = (entry.Name, link ? Behind(root, entry.FullName) : entry);
            if (there is DirectoryInfo)
            {
                if (seen.Add(there.FullName)) TryWalk(root, there.FullName, $"{prefix}{name}/", seen, found);
            }
            else if (there is FileInfo { Exists: true } file && IsYaml(name) && seen.Add(file.FullName))
            {
                found.Add(new FoundFile(prefix + name, file.FullName, file.Length, file.LastWriteTimeUtc));
            }
        }
    }

    private static void TryWalk(string root, string directory, string prefix, HashSet<string> seen, List<FoundFile> found)
    {
        try
        {
            Walk(root, directory, prefix, seen, found);
        }
        catch (DirectoryNotFoundException)
        {
            // Gone since it was listed.
        }
    }

    private static FileSystemInfo? Behind(string root, string link)
    {
        if (RealPath.Of(link) is not { } real || !real.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal)) return null;
        return Directory.Exists(real) ? new DirectoryInfo(real) : new FileInfo(real);
    }

    private static bool IsYaml(string name) =>
        name.EndsWith(".yml", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase);
}
