namespace KestraGitHub.Git;

/// <summary>Keeps the mirrors together below a size: the ones that were not used for the longest time go first.</summary>
internal sealed class MirrorLimit(GitFolders folders, GitOptions options)
{
    /// <param name="remove">Removes one; false when it is in use after all.</param>
    public async Task EnforceAsync(Func<string, Task<bool>> remove)
    {
        var mirrors = Directory.EnumerateDirectories(folders.Mirrors, "*.git").Select(d =>
            (Folder: d, Size: SizeOf(d), LastUse: GitMirror.LastUseOf(d))).OrderBy(m => m.LastUse).ToList();
        var total = mirrors.Sum(m => m.Size);
        var settled = DateTime.UtcNow - options.CacheKeepTime;
        foreach (var mirror in mirrors)
        {
            if (total <= options.CacheLimitBytes || mirror.LastUse > settled) return;
            if (await remove(mirror.Folder)) total -= mirror.Size;
        }
    }

    private static long SizeOf(string folder)
    {
        try
        {
            return new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Length);
        }
        catch (IOException)
        {
            // Something in it was just replaced; it is counted the next time.
            return 0;
        }
    }
}
