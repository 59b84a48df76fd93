using System.IO.Compression;

namespace KestraGitHub.Kestra;

/// <summary>An export, read with bounds. Entries are contents to look at; nothing is ever unpacked to a path.</summary>
internal static class KestraZip
{
    public const long Largest = 512L * 1024 * 1024;
    private const int MostEntries = 100_000;
    private const int HighestRatio = 400;
    private const long RatioFrom = 64L * 1024 * 1024;

    /// <summary>Calls <paramref name="each"/> for every file in it.</summary>
    /// <exception cref="InvalidDataException">It is no ZIP, is cut, or is larger than any honest export.</exception>
    public static async Task ReadAsync(Stream zip, Func<string, Stream, long, Task> each, CancellationToken ct)
    {
        // Java writes 22 bytes for an empty one; nothing at all is an answer that was cut.
        using var archive = new ZipArchive(zip, ZipArchiveMode.Read, leaveOpen: true);
        if (archive.Entries.Count > MostEntries) throw new InvalidDataException($"it holds more than {MostEntries} entries");
        var packed = zip.Length;
        long total = 0;
        foreach (var entry in archive.Entries)
        {
            ct.ThrowIfCancellationRequested();
            if (entry.FullName.EndsWith('/')) continue;
            RefuseName(entry.FullName);
            total += entry.Length;
            if (total > Largest || (total > RatioFrom && total / Math.Max(packed, 1) > HighestRatio)) throw new TooLargeException();
            await using var content = await entry.OpenAsync(ct);
            await each(entry.FullName, content, entry.Length);
        }
    }

    /// <summary>The whole of an entry, never more than it announces.</summary>
    public static async Task<byte[]> BytesAsync(Stream content, long length, CancellationToken ct)
    {
        if (length > int.MaxValue / 2) throw new InvalidDataException("an entry is too large");
        var bytes = new byte[length];
        await content.ReadExactlyAsync(bytes, ct);
        if (await content.ReadAsync(new byte[1], ct) != 0) throw new InvalidDataException("an entry is longer than it says");
        return bytes;
    }

    /// <summary>It may be honest, and is more than we take in one piece.</summary>
    public sealed class TooLargeException() : IOException("it unpacks to more than is taken in one piece");

    private static void RefuseName(string name)
    {
        if (name.Length == 0 || name[0] == '/' || name.Contains('\\') || name.Contains('\0') || name.Split('/').Any(part => part is ".." or "."))
            throw new InvalidDataException($"it holds an entry with the name '{KestraText.OneLine(name, 80)}'");
    }
}
