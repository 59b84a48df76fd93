using System.Globalization;
using System.Text;

namespace KestraGitHub.Definitions;

/// <summary>The filter <c>date</c> with the letters of Java's patterns that name years, months, days and times; in UTC.</summary>
internal static class Dates
{
    private const string Known = "yuMdHhmsSaE";

    public static string Format(string text, string? pattern)
    {
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
            throw new TemplateException("The filter `date` was given a text that is no date.", "Give it a date such as `now()`.");
        return at.UtcDateTime.ToString(Pattern(pattern ?? "yyyy-MM-dd'T'HH:mm:ss'Z'"), CultureInfo.InvariantCulture);
    }

    private static string Pattern(string java)
    {
        var pattern = new StringBuilder();
        for (var i = 0; i < java.Length; i++)
        {
            var c = java[i];
            if (c == '\'')
            {
                var end = java.IndexOf('\'', i + 1) is > 0 and var at ? at : java.Length - 1;
                pattern.Append('"').Append(java[(i + 1)..end].Replace("\"", "", StringComparison.Ordinal)).Append('"');
                i = end;
                continue;
            }

            if (char.IsAsciiLetter(c) && !Known.Contains(c, StringComparison.Ordinal))
                throw new TemplateException($"The filter `date` does not know the letter `{c}` of a pattern.", "Write a pattern such as `yyyy-MM-dd HH:mm:ss`.");
            if (char.IsAsciiLetter(c)) pattern.Append(c switch { 'u' => 'y', 'S' => 'f', 'a' => 't', 'E' => 'd', _ => c });
            else pattern.Append('\\').Append(c);
            if (c == 'a') pattern.Append('t');
        }

        // A single letter would be one of .NET's own formats.
        return pattern.Length == 1 ? "%" + pattern : pattern.ToString();
    }
}
