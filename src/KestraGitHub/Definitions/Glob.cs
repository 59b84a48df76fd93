using System.Text;
using System.Text.RegularExpressions;

namespace KestraGitHub.Definitions;

/// <summary>Globs over branch names and paths: <c>*</c> and <c>?</c> stay within one part, <c>**</c> crosses slashes, a trailing slash means all below.</summary>
internal static class Glob
{
    public static bool Matches(string glob, string text)
    {
        var pattern = new StringBuilder("^");
        if (glob.EndsWith('/')) glob += "**";
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
            else
            {
                pattern.Append(glob[i] switch { '*' => "[^/]*", '?' => "[^/]", var c => Regex.Escape(c.ToString()) });
            }
        }

        // Without backtracking no glob can be made slow; its own cost is bounded by what a definition may hold.
        return Regex.IsMatch(text, pattern.Append("\\z").ToString(),
            RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline);
    }
}
