using System.Globalization;
using System.Text.RegularExpressions;

namespace KestraGitHub.Definitions;

/// <summary>ISO-8601 durations as Kestra reads them: days, hours, minutes, seconds; no months or years, whose length nobody knows.</summary>
internal static partial class Durations
{
    public static TimeSpan? Parse(string text)
    {
        var m = Pattern().Match(text);
        if (!m.Success || text.EndsWith('T') || text.Length < 3) return null;
        var total = Part("d", 86400) + Part("h", 3600) + Part("m", 60) + Part("s", 1);
        return total <= 366 * 86400m ? TimeSpan.FromTicks((long)(total * TimeSpan.TicksPerSecond)) : null;

        decimal Part(string name, decimal seconds) =>
            m.Groups[name].Success ? decimal.Parse(m.Groups[name].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture) * seconds : 0;
    }

    [GeneratedRegex(@"^P(?:(?<d>\d{1,6})D)?(?:T(?:(?<h>\d{1,8})H)?(?:(?<m>\d{1,9})M)?(?:(?<s>\d{1,9}(?:\.\d{1,9})?)S)?)?\z",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
