using System.Text;

namespace KestraGitHub.Reconciliation;

/// <summary>Digest of a flow's source without what means nothing: byte order mark, line ends, a <c>revision:</c> line, trailing white space.</summary>
public static class FlowLikeness
{
    public static string Of(ReadOnlySpan<byte> source)
    {
        if (source.StartsWith("\uFEFF"u8)) source = source[3..];
        var plain = new byte[source.Length];
        var length = 0;
        for (var i = 0; i < source.Length; i++)
        {
            if (source[i] != '\r') plain[length++] = source[i];
            else if (i + 1 == source.Length || source[i + 1] != '\n') plain[length++] = (byte)'\n';
        }

        var text = WithoutRevision(Encoding.Latin1.GetString(plain, 0, length));
        return BlobHash.Of(Encoding.Latin1.GetBytes(text.TrimEnd(' ', '\t', '\n', '\v', '\f')));
    }

    // Kestra leaves the first such line out of its own comparison (kestra-api.md 2.3).
    private static string WithoutRevision(string text)
    {
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOf('\n', start);
            var next = end < 0 ? text.Length : end + 1;
            var line = text.AsSpan(start, (end < 0 ? text.Length : end) - start);
            if (line.StartsWith("revision: ") && line.Length > 10 && char.IsAsciiDigit(line[10])) return text.Remove(start, next - start);
            start = next;
        }

        return text;
    }
}
