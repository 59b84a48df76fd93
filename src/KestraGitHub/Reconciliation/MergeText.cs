namespace KestraGitHub.Reconciliation;

/// <summary>The texts of an object as they are joined: what means nothing is out of the way first, and comes back as the source writes it.</summary>
internal static class MergeText
{
    /// <summary>A longer text is not joined.</summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>Why its lines cannot be joined, as the rest of a sentence; or null.</summary>
    public static string? Fault(ReadOnlySpan<byte> text) =>
        text.Length > MaxBytes ? $"has {text.Length} bytes, and at most {MaxBytes} are joined"
        : text.Contains((byte)0) || !System.Text.Unicode.Utf8.IsValid(text) ? "is no text"
        : null;

    public static ReadOnlyMemory<byte> Lines(ResourceKind kind, ReadOnlyMemory<byte> text) => kind switch
    {
        ResourceKind.NamespaceFile => text, // byte for byte: to a program a line end may mean something
        ResourceKind.Dashboard => WithEnd(FlowLikeness.Plain(SourceLikeness.WithoutUpdated(text).Span)),
        _ => WithEnd(FlowLikeness.Plain(text.Span)),
    };

    /// <summary><paramref name="joined"/> with the byte order mark and the line ends of the source.</summary>
    public static byte[] As(ResourceKind kind, byte[] joined, ReadOnlySpan<byte> source)
    {
        if (kind == ResourceKind.NamespaceFile) return joined;
        var mark = source.StartsWith(FlowLikeness.Mark) ? FlowLikeness.Mark.ToArray() : [];
        return source.IndexOf("\r\n"u8) < 0 ? [.. mark, .. joined] : [.. mark, .. joined.SelectMany(b => b == '\n' ? "\r\n"u8.ToArray() : [b])];
    }

    private static byte[] WithEnd(ReadOnlyMemory<byte> text) => [.. text.Span, (byte)'\n'];
}
