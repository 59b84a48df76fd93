using System.Text.RegularExpressions;

namespace KestraGitHub.Dashboard;

/// <summary>A stretch of a line in one colour.</summary>
/// <param name="Ink"><c>key</c>, <c>text</c>, <c>number</c>, <c>comment</c>, <c>template</c>, <c>mark</c>, or null for plain.</param>
public sealed record Inked(string? Ink, string Text);

/// <summary>
/// Colours YAML line by line, for the eye only: it knows no blocks, and where it errs a word has another colour. Whatever comes in comes out, letter by letter.
/// </summary>
internal static partial class YamlInk
{
    public static IReadOnlyList<Inked> Of(string line)
    {
        var parts = new List<Inked>();
        var (lead, rest) = (Lead().Match(line).Value, line);
        Add(parts, lead.TrimEnd().Length > 0 ? "mark" : null, lead);
        rest = line[lead.Length..];
        if (rest.StartsWith('#'))
        {
            Add(parts, "comment", rest);
            return parts;
        }

        if (Key().Match(rest) is { Success: true } key)
        {
            Add(parts, "key", key.Groups[1].Value);
            Add(parts, "mark", key.Groups[2].Value);
            rest = rest[key.Length..];
        }

        var comment = Comment().Match(rest);
        Value(parts, comment.Success ? rest[..comment.Index] : rest);
        if (comment.Success) Add(parts, "comment", rest[comment.Index..]);
        return parts;
    }

    private static void Value(List<Inked> parts, string value)
    {
        var ink = Number().IsMatch(value) ? "number" : value.TrimStart() is ['"' or '\'', ..] ? "text" : null;
        var at = 0;
        foreach (Match template in Template().Matches(value))
        {
            Add(parts, ink, value[at..template.Index]);
            Add(parts, "template", template.Value);
            at = template.Index + template.Length;
        }

        Add(parts, ink, value[at..]);
    }

    private static void Add(List<Inked> parts, string? ink, string text)
    {
        if (text.Length > 0) parts.Add(new(ink, text));
    }

    [GeneratedRegex(@"^\s*(- +)*")]
    private static partial Regex Lead();

    [GeneratedRegex(@"^([\w.\-/]+|""[^""]*""|'[^']*')(:)(?=\s|$)")]
    private static partial Regex Key();

    [GeneratedRegex(@"(?<=\s)#(?=[^""']*$).*$")]
    private static partial Regex Comment();

    [GeneratedRegex(@"^\s*(-?\d+(\.\d+)?|true|false|null|~)\s*$")]
    private static partial Regex Number();

    [GeneratedRegex(@"\{\{.*?\}\}")]
    private static partial Regex Template();
}
