using KestraGitHub.Definitions;

namespace KestraGitHub.Dashboard;

/// <summary>When a Schedule trigger fires next.</summary>
internal static class NextTimes
{
    /// <summary>Empty for one that is disabled, and where it cannot be told.</summary>
    public static IReadOnlyList<DateTimeOffset> Of(ScheduleTrigger schedule, DateTimeOffset now, int count)
    {
        if (schedule.Disabled || schedule.WithSeconds) return [];
        try
        {
            return new UnixCron(schedule.Cron, schedule.TimeZone).Next(now, count);
        }
        catch (Exception e) when (e is FormatException or TimeZoneNotFoundException or InvalidTimeZoneException)
        {
            return [];
        }
    }
}
