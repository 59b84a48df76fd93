using System.Globalization;

namespace KestraGitHub.Git;

/// <summary>What a commit object says.</summary>
internal sealed record CommitText(string Tree, string Subject, string Author, DateTimeOffset AuthorDate)
{
    public static CommitText Parse(string text)
    {
        var (tree, author, date) = ("", "", DateTimeOffset.UnixEpoch);
        var end = text.IndexOf("\n\n", StringComparison.Ordinal);
        foreach (var line in text[..(end < 0 ? text.Length : end)].Split('\n'))
        {
            if (line.StartsWith("tree ", StringComparison.Ordinal) && tree.Length == 0) tree = line[5..];
            if (line.StartsWith("author ", StringComparison.Ordinal)) (author, date) = Person(line[7..]);
        }

        var subject = end < 0 ? "" : text[(end + 2)..].TrimStart('\n').Split('\n')[0];
        return new CommitText(tree, Plain(subject), Plain(author), date);
    }

    private static (string Name, DateTimeOffset Date) Person(string text)
    {
        var (open, close) = (text.IndexOf('<', StringComparison.Ordinal), text.LastIndexOf('>'));
        var name = open < 0 ? text : text[..open];
        var words = close < 0 ? [] : text[(close + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0 || !long.TryParse(words[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds)
            || seconds is < 0 or > 253_000_000_000)
            return (name, DateTimeOffset.UnixEpoch);
        return (name, DateTimeOffset.FromUnixTimeSeconds(seconds));
    }

    /// <summary>It is shown on pages and terminals: one line, no control characters.</summary>
    private static string Plain(string text) => string.Concat(text.Trim().Take(500).Select(c => char.IsControl(c) ? ' ' : c));
}
