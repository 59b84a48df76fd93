using System.Text;
using System.Text.RegularExpressions;

namespace KestraGitHub.Definitions;

/// <summary>
/// Globs over branch names, paths and ids: <c>*</c> and <c>?</c> stay within one part, <c>**</c> crosses slashes, a trailing slash means all below;
/// <c>[a-z]</c> and <c>{one,two}</c> as in Java's globs, and as themselves where they are not closed.
/// </summary>
internal static class Glob
{
    public static bool Matches(string glob, string text)
    {
        if (glob.EndsWith('/')) glob += "**";
        // Without backtracking no glob can be made slow; its own cost is bounded by what a definition may hold.
        try
        {
            return Regex.IsMatch(text, $"^{ToRegex(glob)}\\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline);
        }
        catch (ArgumentException)
        {
            return false; // a range that runs backwards, [z-a]
        }
    }

    private static string ToRegex(string glob)
    {
        var pattern = new StringBuilder();
        for (var i = 0; i < glob.Length; i++)
        {
            if (string.CompareOrdinal(glob, i, "**/", 0, 3) == 0 && (i == 0 || glob[i - 1] == '/'))
            {
                pattern.Append("(.*/)?");
                i += 2;
            }
            else if (string.CompareOrdinal(glob, i, "**", 0, 2) == 0)
            {
                pattern.Append(".*");
                i++;
            }
            else if (glob[i] == '[' && glob.IndexOf(']', i + 1) is var close && close > i + 1)
            {
                var inside = glob[(i + 1)..close];
                var negated = inside[0] is '!' or '^';
                if (negated && inside.Length > 1) inside = inside[1..];
                pattern.Append(negated ? "[^/" : "[").Append(inside.Replace("\\", @"\\", StringComparison.Ordinal).Replace("[", @"\[", StringComparison.Ordinal)
                    .Replace("^", @"\^", StringComparison.Ordinal)).Append(']');
                i = close;
            }
            else if (glob[i] == '{' && glob.IndexOf('}', i) is var end && end > i && glob.IndexOf('{', i + 1) is var next && (next < 0 || next > end))
            {
                pattern.Append("(?:").AppendJoin('|', glob[(i + 1)..end].Split(',').Select(choice => ToRegex(choice))).Append(')');
                i = end;
            }
            else
            {
                pattern.Append(glob[i] switch { '*' => "[^/]*", '?' => "[^/]", var c => Regex.Escape(c.ToString()) });
            }
        }

        return pattern.ToString();
    }
}
