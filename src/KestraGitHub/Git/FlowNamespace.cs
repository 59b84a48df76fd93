using YamlDotNet.Core;

namespace KestraGitHub.Git;

/// <summary>Puts a flow into the namespace of its folder by changing that one value in its text; every other character stays.</summary>
internal static class FlowNamespace
{
    private const string Cure = "write 'namespace: …' on a line of its own";

    /// <summary>The very same string when nothing has to change.</summary>
    public static (string Text, string? Fault) Set(string text, FlowShape shape, string ns)
    {
        if (shape.Namespace is { IsAlias: false, Scalar: null }) return (text, $"its 'namespace' is no text; {Cure}");
        if (shape.Namespace is { Scalar: { Style: ScalarStyle.Literal or ScalarStyle.Folded } })
            return (text, $"its 'namespace' is a block of lines; {Cure}");
        if (shape.Namespace?.Scalar?.Value == ns) return (text, null);
        var changed = shape.Namespace is { } value ? Replace(text, value, ns) : Insert(text, shape, ns);
        // The text is read again: what was written is trusted only when it says what it should.
        var after = FlowShape.Of(changed);
        var right = after.Fault is null && after.Namespace?.Scalar?.Value == ns && after.Id?.Scalar?.Value == shape.Id!.Scalar!.Value;
        return right ? (changed, null) : (text, $"its namespace cannot be set to '{ns}' in place; {Cure}");
    }

    private static string Replace(string text, FlowValue value, string ns)
    {
        if (value.IsAlias) return Splice(text, value.Start, value.End, Plain(ns));
        var scalar = value.Scalar!;
        var start = AfterProperties(text, value.Start, value.End);
        if (scalar.Style is ScalarStyle.SingleQuoted or ScalarStyle.DoubleQuoted) return Splice(text, start + 1, value.End - 1, ns);
        return scalar.Value.Length == 0 ? Splice(text, value.End, value.End, " " + Plain(ns)) : Splice(text, start, value.End, Plain(ns));
    }

    private static string Insert(string text, FlowShape shape, string ns)
    {
        var id = shape.Id!;
        if (shape.InBraces) return Splice(text, id.End, id.End, $", namespace: {Plain(ns)}");
        var newLine = text.IndexOf('\n', id.End);
        var ending = newLine > 0 && text[newLine - 1] == '\r' ? "\r\n" : "\n";
        var line = new string(' ', id.KeyColumn) + "namespace: " + Plain(ns);
        return newLine < 0 ? $"{text}{(text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n")}{line}" : Splice(text, newLine + 1, newLine + 1, line + ending);
    }

    /// <summary>An anchor or a tag stands before the value and is part of the node.</summary>
    private static int AfterProperties(string text, int start, int end)
    {
        var at = start;
        while (at < end && text[at] is '&' or '!')
        {
            while (at < end && !char.IsWhiteSpace(text[at])) at++;
            while (at < end && char.IsWhiteSpace(text[at])) at++;
        }

        return at;
    }

    /// <summary>Of all namespaces that there can be, only this word would be read as something else than text.</summary>
    private static string Plain(string ns) => ns == "null" ? "'null'" : ns;

    private static string Splice(string text, int start, int end, string with) => string.Concat(text.AsSpan(0, start), with, text.AsSpan(end));
}
