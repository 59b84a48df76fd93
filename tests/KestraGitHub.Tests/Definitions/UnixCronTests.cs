using System.Globalization;
using KestraGitHub.Definitions;
using Quartz;

namespace KestraGitHub.Tests.Definitions;

public sealed class UnixCronTests
{
    [Theory]
    [InlineData("*/15 * * * *", "UTC", "2026-11-26T10:07:30Z", "2026-11-26T10:15:00Z", "2026-11-26T10:30:00Z")]
    [InlineData("0 22 * * 1-5", "UTC", "2026-11-27T22:00:00Z", "2026-11-30T22:00:00Z", "2026-12-01T22:00:00Z")]
    [InlineData("0 6 1 * 1", "UTC", "2026-11-26T00:00:00Z", "2026-11-30T06:00:00Z", "2026-12-01T06:00:00Z")]
    [InlineData("@yearly", "UTC", "2026-11-26T00:00:00Z", "2027-01-01T00:00:00Z")]
    [InlineData("0 8 * * *", "Europe/Paris", "2026-10-24T00:00:00Z", "2026-10-24T06:00:00Z", "2026-10-25T07:00:00Z")]
    [InlineData("30 2 * * *", "Europe/Paris", "2026-03-28T12:00:00Z", "2026-03-30T00:30:00Z")]
    [InlineData("0 0 29 2 *", "UTC", "2026-11-26T00:00:00Z", "2028-02-29T00:00:00Z")]
    [InlineData("0 0 30 2 *", "UTC", "2026-11-26T00:00:00Z")]
    public void Its_next_times_are_told(string cron, string zone, string from, params string[] expected)
    {
        var times = new UnixCron(cron, zone).Next(At(from), Math.Max(1, expected.Length));
        Assert.Equal(expected.Select(At), times);
    }

    /// <summary>Schedules are fired by Quartz from the translated expressions: both have to mean the same times.</summary>
    [Theory]
    [InlineData("7,9-11 */5 * * *")]
    [InlineData("0 0 1,15 * *")]
    [InlineData("0 12 * 2 7")]
    [InlineData("0 0 13 * 5")]
    [InlineData("59 23 31 12 *")]
    [InlineData("0 0 29 2 *")]
    public void They_are_the_times_at_which_schedules_fire(string cron)
    {
        var from = At("2026-11-26T00:00:30Z");
        var quartz = CronTranslator.Translate(cron, withSeconds: false).Select(e => new CronExpression(e, TimeZoneInfo.Utc)).ToList();
        var fires = new List<DateTimeOffset>();
        for (var at = from; fires.Count < 5 && quartz.Select(q => q.GetNextValidTimeAfter(at)).Min() is { } next && next < from.AddDays(1462); at = next) fires.Add(next);
        Assert.Equal(fires, new UnixCron(cron, "UTC").Next(from, 5));
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
