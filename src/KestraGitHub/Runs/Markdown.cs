using System.Globalization;
using System.Text;

namespace KestraGitHub.Runs;

/// <summary>Words of strangers in what GitHub shows as Markdown.</summary>
internal static class Markdown
{
    /// <summary>
    /// As code, in which nothing is markup, a link or a mention. No backtick may end it, and no bar the cell of a table: a bar with a backslash would do, were it
    /// not for backslashes before it.
    /// </summary>
    /// <param name="most">Characters; more are cut.</param>
    public static string Code(string text, int most)
    {
        var plain = new StringBuilder();
        foreach (var c in text.Length > most ? string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[most - 1]) ? most - 1 : most), "…") : text)
        {
            plain.Append(c switch
            {
                '`' => '\'',
                '|' => '¦',
                _ when char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => ' ',
                _ => c,
            });
        }

        return string.IsNullOrWhiteSpace(plain.ToString()) ? "" : $"`{plain.ToString().Trim()}`";
    }
}
