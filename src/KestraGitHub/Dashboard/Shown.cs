using System.Globalization;
using System.Text;

namespace KestraGitHub.Dashboard;

/// <summary>
/// Text that others wrote, made fit to be read. Markup in it is escaped by the pages themselves; this takes what a browser would obey without
/// showing it: control characters, and the marks that turn the direction of writing and so make one text look like another.
/// </summary>
internal static class Shown
{
    public static string Text(string? text)
    {
        if (string.IsNullOrEmpty(text) || !text.Any(Misleads)) return text ?? "";
        var shown = new StringBuilder(text.Length + 16);
        foreach (var c in text)
            if (Misleads(c)) shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else shown.Append(c);
        return shown.ToString();
    }

    private static bool Misleads(char c) =>
        (char.IsControl(c) && c is not ('\t' or '\n'))
        || c is '\u200e' or '\u200f' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069') or '\ufeff';
}
