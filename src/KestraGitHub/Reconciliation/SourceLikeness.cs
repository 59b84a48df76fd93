namespace KestraGitHub.Reconciliation;

/// <summary>What makes two sources of one kind the same to a person.</summary>
public static class SourceLikeness
{
    /// <summary>As <see cref="FlowLikeness.Of"/>; of a dashboard also without what the server writes into it.</summary>
    public static string Of(ResourceKind kind, ReadOnlyMemory<byte> source) =>
        FlowLikeness.Of((kind == ResourceKind.Dashboard ? WithoutUpdated(source) : source).Span);

    /// <summary>A dashboard without its lines <c>updated: …</c> at the margin: older servers put one in front. The very same bytes where there is none.</summary>
    public static ReadOnlyMemory<byte> WithoutUpdated(ReadOnlyMemory<byte> source)
    {
        if (source.Span.IndexOf("updated:"u8) < 0) return source;
        var kept = new List<byte>(source.Length);
        for (var rest = source.Span; rest.Length > 0;)
        {
            var length = rest.IndexOf((byte)'\n') + 1;
            var line = length > 0 ? rest[..length] : rest;
            if (!line.StartsWith("updated:"u8)) kept.AddRange(line);
            rest = rest[line.Length..];
        }

        return kept.Count == source.Length ? source : kept.ToArray();
    }
}
