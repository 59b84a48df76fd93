namespace KestraGitHub.Git;

/// <summary>What is known of one mirror, for pages.</summary>
/// <param name="Bytes">On the disk.</param>
/// <param name="Newest">When something of the repository was written last: a fetch that brought nothing writes nothing. Null for an empty mirror.</param>
internal sealed record MirrorFacts(long Bytes, DateTimeOffset? Newest);

internal sealed partial class GitMirrors
{
    /// <summary>Null where this node has none, or the address is none that may be used.</summary>
    public MirrorFacts? FactsOf(string url)
    {
        try
        {
            var address = GitUrl.Parse(url, _options.AllowedProtocols);
            return Facts(GitMirror.FolderOf(_folders.Mirrors, address, sha256: false)) ?? Facts(GitMirror.FolderOf(_folders.Mirrors, address, sha256: true));
        }
        catch (GitException)
        {
            return null;
        }
    }

    private static MirrorFacts? Facts(string folder)
    {
        if (!Directory.Exists(folder)) return null;
        try
        {
            var (bytes, newest) = (0L, DateTime.MinValue);
            foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories))
            {
                bytes += file.Length;
                if (file.DirectoryName!.Contains("objects", StringComparison.Ordinal) && file.LastWriteTimeUtc > newest) newest = file.LastWriteTimeUtc;
            }

            return new(bytes, newest == DateTime.MinValue ? null : new DateTimeOffset(newest));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A fetch replaces files under our hands; the next look finds it whole.
            return null;
        }
    }
}
