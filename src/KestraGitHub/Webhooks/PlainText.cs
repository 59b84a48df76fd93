using System.Globalization;

namespace KestraGitHub.Webhooks;

/// <summary>Makes a stranger's text fit to be stored, logged and shown on one line.</summary>
internal static class PlainText
{
    /// <summary>At most <paramref name="longest"/> characters, with a replacement character for what is no visible one.</summary>
    public static string? Of(string? text, int longest)
    {
        if (text is null) return null;
        if (text.Length > longest) text = text[..(char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest)];
        return text.AsSpan().ContainsAnyExceptInRange(' ', '~')
            ? string.Create(text.Length, text, static (span, source) =>
            {
                for (var i = 0; i < span.Length; i++) span[i] = IsHidden(source[i]) ? '\uFFFD' : source[i];
            })
            : text;
    }

    private static bool IsHidden(char c) => char.GetUnicodeCategory(c) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
