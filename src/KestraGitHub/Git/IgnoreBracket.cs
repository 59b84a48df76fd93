using System.Text;

namespace KestraGitHub.Git;

/// <summary>A bracket expression of gitignore (<c>[a-z]</c>, <c>[!x]</c>, <c>[[:digit:]]</c>) as a character class.</summary>
internal static class IgnoreBracket
{
    private static readonly Dictionary<string, string> Named = new(StringComparer.Ordinal)
    {
        ["alnum"] = "a-zA-Z0-9", ["alpha"] = "a-zA-Z", ["blank"] = @"\ \t", ["cntrl"] = @"\x00-\x1f\x7f", ["digit"] = "0-9", ["graph"] = @"\x21-\x7e",
        ["lower"] = "a-z", ["print"] = @"\x20-\x7e", ["punct"] = @"\x21-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e", ["space"] = @"\ \t\n\r\v\f", ["upper"] = "A-Z", ["xdigit"] = "0-9a-fA-F",
    };

    /// <summary>Appends the class that begins at <paramref name="start"/>; where its closing bracket stands, or -1 when it is none.</summary>
    public static int Append(StringBuilder regex, string pattern, int start)
    {
        var i = start + 1;
        var not = i < pattern.Length && (pattern[i] is '!' or '^');
        if (not) i++;
        var set = new StringBuilder();
        for (var first = true; i < pattern.Length; first = false)
        {
            if (pattern[i] == ']' && !first)
            {
                // Neither [/] nor [!a] ever matches a slash.
                regex.Append(not ? $"[^/{set}]" : $"[{set}-[/]]");
                return i;
            }

            if (pattern[i] == '[' && i + 1 < pattern.Length && pattern[i + 1] == ':'
                && pattern.IndexOf(":]", i + 2, StringComparison.Ordinal) is var close and > 0)
            {
                if (!Named.TryGetValue(pattern[(i + 2)..close], out var named)) return -1;
                set.Append(named);
                i = close + 2;
                continue;
            }

            if (!TakeChar(pattern, ref i, out var from)) return -1;
            var to = from;
            if (i + 1 < pattern.Length && pattern[i] == '-' && pattern[i + 1] != ']')
            {
                i++;
                if (!TakeChar(pattern, ref i, out to)) return -1;
            }

            // A range from high to low holds its first character alone.
            set.Append(Hex(from)).Append('-').Append(Hex(from <= to ? to : from));
        }

        return -1;
    }

    private static bool TakeChar(string pattern, ref int i, out char c)
    {
        c = '\0';
        if (pattern[i] == '\\' && ++i == pattern.Length) return false;
        c = pattern[i++];
        return true;
    }

    private static string Hex(char c) => $"\\u{(int)c:x4}";
}
