using KestraGitHub.Definitions;
using Quartz;

namespace KestraGitHub.Tests.Definitions;

public class CronTranslatorTests
{
    [Theory]
    [InlineData("*/15 * * * *")]
    [InlineData("* */1 * * *")]
    [InlineData("7-59/13 3,5 * * *")]
    [InlineData("5/20 0 * * *")]
    [InlineData("0 0 * * 0")]
    [InlineData("0 0 * * 7")]
    [InlineData("30 4 * * 5-7")]
    [InlineData("30 4 * * 6-0")]
    [InlineData("30 4 * * FRI-mon")]
    [InlineData("0 12 * * */2")]
    [InlineData("0 12 * * 1-7/2")]
    [InlineData("0 12 * * MON-FRI")]
    [InlineData("0 0 1,15 * *")]
    [InlineData("0 0 13 * 5")]
    [InlineData("0 0 */10 * 1")]
    [InlineData("0 0 */1 * 1")]
    [InlineData("0 0 1 * */1")]
    [InlineData("0 0 31 * *")]
    [InlineData("0 0 29 2 *")]
    [InlineData("0 0 30 2 1")]
    [InlineData("0 0 1 JAN,jul-SEP *")]
    [InlineData("0 0 * * 0-6")]
    [InlineData("59 23 28-31 */3 0,3")]
    [InlineData("@hourly")]
    [InlineData("@daily")]
    [InlineData("@weekly")]
    [InlineData("@monthly")]
    [InlineData("@yearly")]
    public void It_fires_exactly_when_unix_would(string cron)
    {
        var from = new DateTimeOffset(2027, 6, 1, 0, 0, 0, TimeSpan.Zero);
        var to = from.AddDays(cron.StartsWith('*') || cron.StartsWith('7') || cron == "@hourly" ? 20 : 800);
        Assert.Equal(Unix.Fires(cron, from, to), Quartz(CronTranslator.Translate(cron, false), from, to));
    }

    [Fact]
    public void A_moment_that_day_and_weekday_both_name_is_in_both_expressions() =>
        Assert.Equal(["0 0 0 13 * ?", "0 0 0 ? * 6"], CronTranslator.Translate("0 0 13 * 5", false));

    [Theory]
    [InlineData("*/10 0 0 1 1 *", "0,10,20,30,40,50 0 0 1 1 ?")]
    [InlineData("@hourly", "0 0 * * * ?")]
    [InlineData("15 * * * * 0", "15 * * ? * 1")]
    public void Seconds_stand_first(string cron, string quartz) => Assert.Equal([quartz], CronTranslator.Translate(cron, true));

    [Theory]
    [InlineData("")]
    [InlineData("* * * *")]
    [InlineData("* * * * * *")]
    [InlineData("60 * * * *")]
    [InlineData("* 24 * * *")]
    [InlineData("* * 0 * *")]
    [InlineData("* * 32 * *")]
    [InlineData("* * * 13 *")]
    [InlineData("* * * * 8")]
    [InlineData("* * L * *")]
    [InlineData("* * 15W * *")]
    [InlineData("* * ? * 1")]
    [InlineData("* * * * 5#2")]
    [InlineData("*/0 * * * *")]
    [InlineData("5-1 * * * *")]
    [InlineData("1-2-3 * * * *")]
    [InlineData("1,,2 * * * *")]
    [InlineData("-1 * * * *")]
    [InlineData("99999999999 * * * *")]
    [InlineData("a * * * *")]
    [InlineData("0 0 30 2 *")]
    [InlineData("0 0 31 4,6 *")]
    [InlineData("@reboot")]
    public void What_is_no_unix_cron_is_refused(string cron) => Assert.Throws<FormatException>(() => CronTranslator.Translate(cron, false));

    private static List<DateTimeOffset> Quartz(IReadOnlyList<string> expressions, DateTimeOffset from, DateTimeOffset to)
    {
        var fires = new SortedSet<DateTimeOffset>();
        foreach (var expression in expressions)
        {
            var cron = new CronExpression(expression, TimeZoneInfo.Utc);
            for (var at = cron.GetNextValidTimeAfter(from.AddSeconds(-1)); at is { } fire && fire < to; at = cron.GetNextValidTimeAfter(fire)) fires.Add(fire);
        }

        return [.. fires];
    }

    /// <summary>Unix cron by asking of every minute whether it matches: written apart from the translator, on purpose in another way.</summary>
    private static class Unix
    {
        private static readonly Dictionary<string, string> Names = new()
        {
            ["@hourly"] = "0 * * * *", ["@daily"] = "0 0 * * *", ["@weekly"] = "0 0 * * 0", ["@monthly"] = "0 0 1 * *", ["@yearly"] = "0 0 1 1 *",
        };

        public static List<DateTimeOffset> Fires(string cron, DateTimeOffset from, DateTimeOffset to)
        {
            var f = Names.GetValueOrDefault(cron, cron).ToUpperInvariant().Split(' ');
            var (months, days) = ("JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".Split(' '), "SUN MON TUE WED THU FRI SAT".Split(' '));
            for (var i = 0; i < 12; i++) f[3] = f[3].Replace(months[i], $"{i + 1}", StringComparison.Ordinal);
            for (var i = 0; i < 7; i++) f[4] = f[4].Replace(days[i], $"{i}", StringComparison.Ordinal);
            bool[] Table(int field, int min, int max) => [.. Enumerable.Range(0, max + 1).Select(v => v >= min && Match(f[field], v, min, max))];
            var (minute, hour, day, month) = (Table(0, 0, 59), Table(1, 0, 23), Table(2, 1, 31), Table(3, 1, 12));
            var weekday = Table(4, 0, 6);
            weekday[0] |= !f[4].StartsWith('*') && Match(f[4], 7, 0, 7);
            var fires = new List<DateTimeOffset>();
            for (var at = from; at < to; at = at.AddMinutes(1))
            {
                if (!minute[at.Minute] || !hour[at.Hour] || !month[at.Month]) continue;
                var (d, w) = (day[at.Day], weekday[(int)at.DayOfWeek]);
                if (f[2] == "*" ? w : f[4] == "*" ? d : d || w) fires.Add(at);
            }

            return fires;
        }

        private static bool Match(string field, int value, int min, int max) => field.Split(',').Any(part =>
        {
            var (range, step) = part.Split('/') is [var r, var s] ? (r, int.Parse(s, null)) : (part, 0);
            var ends = range.Split('-');
            var low = range == "*" ? min : int.Parse(ends[0], null);
            var high = range == "*" ? max : ends.Length > 1 ? int.Parse(ends[1], null) : step > 0 ? max : low;
            if (low <= high) return value >= low && value <= high && (value - low) % Math.Max(step, 1) == 0;
            return value >= low ? value <= 6 : value <= high;
        });
    }
}
