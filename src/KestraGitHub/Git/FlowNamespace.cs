using YamlDotNet.Core;

namespace KestraGitHub.Git;

/// <summary>Puts a flow into the namespace of its folder by changing that one value in its text; every other character stays.</summary>
internal static class FlowNamespace
{
    private const string Cure = "write 'namespace: …' on a line of its own";

    /// <summary>The very same string when nothing has to change.</summary>
    public static (string Text, string? Fault) Set(string text, FlowShape shape, string ns)
    {
        if (shape.Namespace is not { } value) return (text, $"it has no 'namespace' at its top level, and Kestra takes no flow without; {Cure}");
        if (value is { IsAlias: false, Scalar: null }) return (text, $"its 'namespace' is no text; {Cure}");
        if (value is { Scalar: { Style: ScalarStyle.Literal or ScalarStyle.Folded } }) return (text, $"its 'namespace' is a block of lines; {Cure}");
        if (value.Scalar?.Value == ns) return (text, null);
        var changed = Replace(text, value, ns);
        // The text is read again: what was written is trusted only when it says what it should.
        var after = FlowShape.Of(changed);
        var right = after.Fault is null && after.Namespace?.Scalar?.Value == ns && after.Id?.Scalar?.Value == shape.Id!.Scalar!.Value;
        return right ? (changed, null) : (text, $"its namespace cannot be set to '{ns}' in place; {Cure}");
    }

    public static string Replace(string text, FlowValue value, string ns)
    {
        if (value.IsAlias) return Splice(text, value.Start, value.End, Plain(ns));
        var scalar = value.Scalar!;
        var start = AfterProperties(text, value.Start, value.End);
        if (scalar.Style is ScalarStyle.SingleQuoted or ScalarStyle.DoubleQuoted) return Splice(text, start + 1, value.End - 1, ns);
        return scalar.Value.Length == 0 ? Splice(text, value.End, value.End, " " + Plain(ns)) : Splice(text, start, value.End, Plain(ns));
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
