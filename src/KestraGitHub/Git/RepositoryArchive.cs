using System.IO.Compression;
using System.Text;

namespace KestraGitHub.Git;

public enum ArchiveFormat { TarGz, Zip }

/// <summary>Takes the entries of an archive one after the other. The same entries make the same bytes.</summary>
internal interface IArchiveWriter : IAsyncDisposable
{
    /// <summary>Why this format cannot hold the entry, or null.</summary>
    string? Complaint(CloneEntry entry);

    Task FileAsync(byte[] name, bool executable, long size, Stream content, CancellationToken ct);

    Task LinkAsync(byte[] name, byte[] target, CancellationToken ct);

    /// <summary>An empty one: other directories are made by what lies in them.</summary>
    Task DirectoryAsync(byte[] name, CancellationToken ct);
}

/// <summary>Writes the work tree of a commit as one archive, a piece of a file in memory at a time.</summary>
internal static class RepositoryArchive
{
    /// <summary>Part of an archive's name: goes up when the bytes are made in another way.</summary>
    public const int Version = 1;

    private const int LongestLink = 4096;
    private const int BlockSize = 1 << 16;

    /// <param name="prefix">Directory of all entries, without slashes around it; may be empty.</param>
    /// <exception cref="GitException">An entry cannot be handed out; nothing was written then.</exception>
    public static async Task WriteAsync(
        GitCommit commit, IReadOnlyList<CloneEntry> entries, ArchiveFormat format, string prefix, Stream to, CancellationToken ct)
    {
        await using IArchiveWriter writer = format == ArchiveFormat.Zip
            ? new ZipWriter(to, commit.AuthorDate)
            : new TarWriter(new GZipStream(to, CompressionLevel.Optimal, leaveOpen: true), commit.AuthorDate);
        foreach (var entry in entries)
            if (writer.Complaint(entry) is { } complaint) throw CloneTree.Refused(commit, entry, complaint);
        var before = Encoding.UTF8.GetBytes(prefix.Length == 0 ? "" : prefix + "/");
        foreach (var entry in entries) await WriteAsync(writer, commit, entry, [.. before, .. entry.Name], ct);
    }

    private static async Task WriteAsync(IArchiveWriter writer, GitCommit commit, CloneEntry entry, byte[] name, CancellationToken ct)
    {
        switch (entry.Entry.Mode)
        {
            case TreeEntry.Submodule:
                // Not asked for: a clone leaves an empty directory in its place.
                await writer.DirectoryAsync(name, ct);
                break;
            case TreeEntry.Symlink:
                await writer.LinkAsync(name, await TargetAsync(commit, entry, ct), ct);
                break;
            default:
                var use = entry.Source.Mirror.Use();
                await using (var content = await OpenAsync(entry, use, ct)) await writer.FileAsync(name, entry.Executable, entry.Entry.Size, content, ct);
                break;
        }
    }

    /// <summary>In blocks of one size, however the bytes come: what a compressor makes of them depends on how they are cut.</summary>
    internal static async Task CopyAsync(Stream content, Stream to, CancellationToken ct)
    {
        var block = new byte[BlockSize];
        for (int read; (read = await content.ReadAtLeastAsync(block, BlockSize, throwOnEndOfStream: false, ct)) > 0;)
            await to.WriteAsync(block.AsMemory(0, read), ct);
    }

    private static async Task<Stream> OpenAsync(CloneEntry entry, IDisposable use, CancellationToken ct)
    {
        try
        {
            return await entry.Source.Mirror.Objects.OpenBlobAsync(entry.Entry.Id, use, ct);
        }
        catch
        {
            use.Dispose();
            throw;
        }
    }

    internal static async Task<byte[]> TargetAsync(GitCommit commit, CloneEntry entry, CancellationToken ct)
    {
        if (entry.Entry.Size is 0 or > LongestLink) throw CloneTree.Refused(commit, entry, "it is a link that leads nowhere");
        var target = await entry.Source.Mirror.Objects.FindAsync(entry.Entry.Id, "blob", LongestLink, ct)
            ?? throw new GitException(GitErrorKind.Corrupt, $"The mirror of {commit.Remote.Url} lacks {entry.Shown}. It is made anew at the next run.");
        return target.Contains((byte)0) ? throw CloneTree.Refused(commit, entry, "it is a link that leads nowhere") : target;
    }
}
