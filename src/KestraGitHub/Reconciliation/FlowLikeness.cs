namespace KestraGitHub.Reconciliation;

/// <summary>
/// What makes two flow sources the same to a person. Kestra trims sources, hands them out with a <c>revision:</c> line of its own and keeps the
/// line ends of whoever wrote last; none of that is drift.
/// </summary>
public static class FlowLikeness
{
    /// <summary>
    /// Hex digest of <paramref name="source"/> without its byte order mark, kind of line ends, first <c>revision: N</c> line and white space at the end.
    /// </summary>
    public static string Of(ReadOnlySpan<byte> source) => BlobHash.Of(Plain(source).Span);

    /// <summary>The text itself without all that.</summary>
    public static ReadOnlyMemory<byte> Plain(ReadOnlySpan<byte> source)
    {
        if (source.StartsWith(Mark)) source = source[3..];
        var text = new byte[source.Length];
        var (length, lineStart, dropped) = (0, 0, false);
        for (var i = 0; i < source.Length; i++)
        {
            if (source[i] is not ((byte)'\r' or (byte)'\n'))
            {
                text[length++] = source[i];
                continue;
            }

            if (source[i] == '\r' && i + 1 < source.Length && source[i + 1] == '\n') i++;
            EndLine(text, ref length, lineStart, ref dropped, newLine: true);
            lineStart = length;
        }

        EndLine(text, ref length, lineStart, ref dropped, newLine: false);
        return text.AsMemory(0, text.AsSpan(0, length).TrimEnd(" \t\n"u8).Length);
    }

    /// <summary>UTF-8's byte order mark.</summary>
    public static ReadOnlySpan<byte> Mark => [0xEF, 0xBB, 0xBF];

    private static void EndLine(byte[] text, ref int length, int lineStart, ref bool dropped, bool newLine)
    {
        if (!dropped && IsRevision(text.AsSpan(lineStart, length - lineStart)))
        {
            dropped = true;
            length = lineStart;
        }
        else if (newLine)
        {
            text[length++] = (byte)'\n';
        }
    }

    private static bool IsRevision(ReadOnlySpan<byte> line) =>
        line.StartsWith("revision: "u8) && line.Length > 10 && line[10] is >= (byte)'0' and <= (byte)'9';
}
