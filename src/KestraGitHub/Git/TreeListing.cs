using System.Globalization;
using System.Text;

namespace KestraGitHub.Git;

/// <summary>All that lies below a tree, one entry after the other as git tells of them.</summary>
internal static class TreeListing
{
    private static readonly UTF8Encoding Strict = new(false, true);

    public static Task ReadAsync(GitRunner runner, GitMirror mirror, string tree, Action<TreeEntry> take, CancellationToken ct) =>
        runner.StreamAsync(
            new GitCall($"Listing the files of {mirror.Place}",
                ["ls-tree", "-r", "-z", "-l", "--full-tree", tree]) { GitDirectory = mirror.Directory },
            (output, token) => ParseAsync(output, take, token),
            ct);

    private static async Task ParseAsync(Stream output, Action<TreeEntry> take, CancellationToken ct)
    {
        var buffer = new byte[65536];
        var end = 0;
        for (int read; (read = await output.ReadAsync(buffer.AsMemory(end), ct)) > 0;)
        {
            end += read;
            var start = 0;
            for (int zero; (zero = Array.IndexOf(buffer, (byte)0, start, end - start)) >= 0; start = zero + 1) take(Parse(buffer.AsSpan(start,
                zero - start)));
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            end -= start;
            // A path may be of any length; the buffer grows to the longest.
            if (end == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
        }
    }

    /// <summary><c>MODE TYPE ID SIZE\tPATH</c>, the size padded, and a dash where there is none.</summary>
    private static TreeEntry Parse(ReadOnlySpan<byte> line)
    {
        var tab = line.IndexOf((byte)'\t');
        var words = Encoding.ASCII.GetString(line[..tab]).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var name = line[(tab + 1)..];
        var size = long.TryParse(words[3], NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes : 0;
        var path = Decode(name);
        return new TreeEntry(Convert.ToInt32(words[0], 8) & TreeEntry.TypeMask, words[2], size, path)
        {
            Shown = Encoding.UTF8.GetString(name), FullMode = words[0], RawPath = path is null ? name.ToArray() : default,
        };
    }

    private static string? Decode(ReadOnlySpan<byte> name)
    {
        try
        {
            return Strict.GetString(name);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
