using System.Collections.Concurrent;

namespace KestraGitHub.Git;

/// <summary>
/// Archives that were made, each under a name that stands for its bytes. They are made on the disk once, appear whole, and the ones that were not asked
/// for longest go when all together are too big. Whoever reads one keeps it until he is done, gone or not.
/// </summary>
internal sealed class ArchiveCache(GitFolders folders, long limit)
{
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _gates = new(StringComparer.Ordinal);

    /// <param name="name">A plain file name.</param>
    /// <param name="write">Makes the archive; what it throws leaves nothing behind.</param>
    public async Task<FileStream> OpenAsync(string name, Func<Stream, CancellationToken, Task> write, CancellationToken ct)
    {
        var path = Path.Combine(folders.Archives, name);
        if (TryOpen(path) is { } there) return there;
        var gate = _gates.GetOrAdd(name, _ => new SemaphoreSlim(1, 1));
        await gate.WaitAsync(ct);
        try
        {
            return TryOpen(path) ?? await MakeAsync(path, write, ct);
        }
        finally
        {
            // Whoever comes now finds the file; whoever waits has the gate already.
            _gates.TryRemove(name, out _);
            gate.Release();
        }
    }

    private async Task<FileStream> MakeAsync(string path, Func<Stream, CancellationToken, Task> write, CancellationToken ct)
    {
        var half = Path.Combine(folders.Archives, $".new-{GitFolders.UniqueName()}");
        try
        {
            await using (var file = new FileStream(half, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16, useAsync: true)) await write(file, ct);
            File.Move(half, path, overwrite: true);
        }
        catch
        {
            File.Delete(half);
            throw;
        }

        var opened = TryOpen(path) ?? throw new IOException($"'{path}' was removed while it was made");
        Tidy(path);
        return opened;
    }

    private static FileStream? TryOpen(string path)
    {
        try
        {
            var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16, useAsync: true);
            File.SetLastAccessTimeUtc(path, DateTime.UtcNow);
            return file;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private void Tidy(string newest)
    {
        var files = new DirectoryInfo(folders.Archives).EnumerateFiles().Where(f => f.Name[0] != '.').OrderBy(f => f.LastAccessTimeUtc).ToList();
        var total = files.Sum(f => f.Length);
        foreach (var file in files.Where(f => f.FullName != newest))
        {
            if (total <= limit) return;
            total -= file.Length;
            file.Delete();
        }
    }
}
