using System.Globalization;

namespace KestraGitHub.Definitions;

/// <summary>
/// Turns the unix cron of Kestra's Schedule trigger into the crons of Quartz. They differ: Quartz counts weekdays from 1 = Sunday, starts its
/// steps elsewhere, and cannot join a day of month and a day of week, where unix fires when either matches. Every field is therefore
/// written out as a list, and such a pair becomes two expressions.
/// </summary>
internal static class CronTranslator
{
    private static readonly int[] LongestMonth = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

    private static readonly Dictionary<string, string> Nicknames = new(StringComparer.OrdinalIgnoreCase)
    {
        ["@yearly"] = "0 0 1 1 *",
        ["@annually"] = "0 0 1 1 *",
        ["@monthly"] = "0 0 1 * *",
        ["@weekly"] = "0 0 * * 0",
        ["@daily"] = "0 0 * * *",
        ["@midnight"] = "0 0 * * *",
        ["@hourly"] = "0 * * * *",
    };

    /// <summary>
    /// Expressions whose union fires exactly when <paramref name="cron"/> does. Where there are two, a moment may be in both (Monday the 1st):
    /// whoever schedules them takes fires of one trigger at one second for one.
    /// </summary>
    /// <exception cref="FormatException">It is no unix cron; the message says which part.</exception>
    public static IReadOnlyList<string> Translate(string cron, bool withSeconds)
    {
        var fields = Fields(cron, withSeconds);
        var time = $"{List(CronField.Second, fields[0])} {List(CronField.Minute, fields[1])} {List(CronField.Hour, fields[2])}";
        var month = List(CronField.Month, fields[4]);
        var day = List(CronField.Day, fields[3]);
        var weekday = List(CronField.Weekday, fields[5], shift: 1);
        if (fields[5] == "*" && NeverComes(fields[3], fields[4])) throw new FormatException("No year has such a day: it would never fire.");

        // Only a bare star is no restriction: `*/1` is one, as for cron-utils, which Kestra uses.
        return (fields[3] == "*", fields[5] == "*") switch
        {
            (_, true) => [$"{time} {day} {month} ?"],
            (true, false) => [$"{time} ? {month} {weekday}"],
            _ when day == "*" || weekday == "*" => [$"{time} * {month} ?"],
            _ when NeverComes(fields[3], fields[4]) => [$"{time} ? {month} {weekday}"],
            _ => [$"{time} {day} {month} ?", $"{time} ? {month} {weekday}"],
        };
    }

    /// <summary>Its six fields, the second first.</summary>
    /// <exception cref="FormatException">It has too few or too many, or is a nickname that nobody knows.</exception>
    internal static string[] Fields(string cron, bool withSeconds)
    {
        cron = cron.Trim();
        if (cron.StartsWith('@'))
            return Nicknames.TryGetValue(cron, out var meaning)
                ? ["0", .. meaning.Split(' ')]
                : throw new FormatException($"`{cron}` is not known; there are {string.Join(", ", Nicknames.Keys)}.");
        var fields = cron.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var expected = withSeconds ? 6 : 5;
        if (fields.Length != expected)
        {
            var order = (withSeconds ? "second " : "") + "minute hour day month weekday";
            throw new FormatException($"It has {fields.Length} fields where {expected} are needed ({order}).");
        }

        return withSeconds ? fields : ["0", .. fields];
    }

    private static string List(CronField field, string text, int shift = 0)
    {
        var values = field.Read(text);
        return values.Count == field.Max - field.Min + 1
            ? "*"
            : string.Join(",", values.Select(v => (v + shift).ToString(CultureInfo.InvariantCulture)));
    }

    // Quartz searches for the next February 30th until it gives up.
    private static bool NeverComes(string day, string month)
    {
        var first = CronField.Day.Read(day).Min;
        return CronField.Month.Read(month).All(m => first > LongestMonth[m - 1]);
    }
}
