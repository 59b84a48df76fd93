using System.Globalization;
using System.Text.RegularExpressions;

namespace KestraGitHub.Definitions;

/// <summary>Says in words how the schedules of a flow differ between two texts of it: the next times before and after.</summary>
internal static partial class ScheduleChange
{
    private const int Times = 5;

    /// <summary>Null when nothing differs, or one of the texts is not known.</summary>
    public static string? Words(string? before, string? after, DateTimeOffset now)
    {
        if (before is null || after is null) return null;
        var (old, young) = (SchedulesOf(before), SchedulesOf(after));
        var words = old.Keys.Union(young.Keys).Order(StringComparer.Ordinal)
            .Select(id => Words(id, old.GetValueOrDefault(id), young.GetValueOrDefault(id), now)).OfType<string>().ToList();
        return words.Count == 0 ? null : string.Join("; ", words);
    }

    /// <summary>A row's reason without such words in it, for where the times stand beside it.</summary>
    public static string Without(string reason) => string.Join("; ", reason.Split("; ").Where((part, i) =>
        i == 0 || !(part.StartsWith("schedule ", StringComparison.Ordinal) || part.StartsWith("new schedule ", StringComparison.Ordinal))));

    /// <summary>A row's reason with the first of several times, for where there is little room.</summary>
    public static string Shortened(string reason) => FurtherTimes().Replace(reason, " UTC, …");

    [GeneratedRegex(@"(, \d{4}-\d{2}-\d{2} \d{2}:\d{2})+ UTC", RegexOptions.CultureInvariant)]
    private static partial Regex FurtherTimes();

    /// <summary>The same with the times themselves.</summary>
    public static IReadOnlyList<ScheduleMove> Of(string before, string after, DateTimeOffset now)
    {
        var (old, young) = (SchedulesOf(before), SchedulesOf(after));
        return [.. old.Keys.Union(young.Keys).Order(StringComparer.Ordinal).Select(id => (Id: id, Old: old.GetValueOrDefault(id), Young: young.GetValueOrDefault(id)))
            .Where(s => s.Old != s.Young).Select(s => new ScheduleMove(s.Id, Shown(s.Old), Shown(s.Young), TimesOf(s.Old, now) ?? [], TimesOf(s.Young, now) ?? []))];
    }

    private static string? Words(string id, Schedule? old, Schedule? young, DateTimeOffset now) => (old, young) switch
    {
        _ when old == young => null,
        (null, { } added) => $"new schedule {id}: {Next(added, now)}",
        ({ } gone, null) => $"schedule {id} is gone, it was {Next(gone, now)}",
        _ => $"schedule {id}: {Next(young!, now)} instead of {Next(old!, now)}",
    };

    private static string Next(Schedule schedule, DateTimeOffset now)
    {
        if (schedule.Disabled) return "disabled";
        if (TimesOf(schedule, now) is not { } times) return $"`{schedule.Cron}`";
        return times.Count == 0 ? "never" : string.Join(", ", times.Select(t => t.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture))) + " UTC";
    }

    private static string? Shown(Schedule? schedule) =>
        schedule is null ? null : $"{schedule.Cron}{(schedule.Zone == "UTC" ? "" : $" {schedule.Zone}")}{(schedule.Disabled ? ", disabled" : "")}";

    /// <summary>Null when its cron cannot be read; none for one that is disabled.</summary>
    private static IReadOnlyList<DateTimeOffset>? TimesOf(Schedule? schedule, DateTimeOffset now)
    {
        if (schedule is null or { Disabled: true }) return [];
        try
        {
            return new UnixCron(schedule.Cron, schedule.Zone).Next(now, Times);
        }
        catch (Exception e) when (e is FormatException or TimeZoneNotFoundException or InvalidTimeZoneException)
        {
            return null;
        }
    }

    private static Dictionary<string, Schedule> SchedulesOf(string text)
    {
        var schedules = new Dictionary<string, Schedule>(StringComparer.Ordinal);
        if (YamlReader.Read(text, new FaultList("")) is not MapValue flow || flow["triggers"] is not ListValue triggers) return schedules;
        foreach (var map in triggers.Items.OfType<MapValue>())
            if (Text(map, "type") is { } type && FlowMembers.IsSchedule(type) && Text(map, "id") is { } id && Text(map, "cron") is { } cron)
                schedules[id] = new Schedule(cron, Text(map, "timezone") ?? "UTC", Text(map, "disabled") == "true");
        return schedules;
    }

    private static string? Text(MapValue map, string name) => (map[name] as ScalarValue)?.Text;

    private sealed record Schedule(string Cron, string Zone, bool Disabled);
}
