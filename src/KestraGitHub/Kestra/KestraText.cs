using System.Globalization;
using System.Text;

namespace KestraGitHub.Kestra;

/// <summary>What a server says, made fit for one line of a log or a page.</summary>
internal static class KestraText
{
    public const int Longest = 500;

    /// <summary>One line, without control characters and direction marks, at most <paramref name="longest"/> characters.</summary>
    public static string OneLine(string? text, int longest = Longest)
    {
        if (string.IsNullOrEmpty(text)) return "";
        var line = new StringBuilder(Math.Min(text.Length, longest) + 1);
        var space = false;
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune) || Rune.IsControl(rune))
            {
                space = line.Length > 0;
                continue;
            }

            // Format characters can turn a line around (U+202E) or hide parts of it; a broken surrogate arrives as U+FFFD.
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned) continue;
            if (line.Length + rune.Utf16SequenceLength + (space ? 1 : 0) > longest) return line.Append('…').ToString();
            if (space) line.Append(' ');
            space = false;
            line.Append(rune);
        }

        return line.ToString();
    }
}
