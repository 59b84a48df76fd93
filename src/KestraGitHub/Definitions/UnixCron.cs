namespace KestraGitHub.Definitions;

/// <summary>Tells the moments of a unix cron, minute by minute, by the clock of a time zone. Moments that a change of that clock leaves out do not come.</summary>
internal sealed class UnixCron
{
    private readonly SortedSet<int> _minutes, _hours, _days, _months, _weekdays;
    private readonly bool _anyDay, _anyWeekday;
    private readonly TimeZoneInfo _zone;

    /// <exception cref="FormatException">It is no unix cron.</exception>
    public UnixCron(string cron, string timeZone)
    {
        _zone = TimeZoneInfo.FindSystemTimeZoneById(timeZone);
        var fields = CronTranslator.Fields(cron, withSeconds: false);
        (_minutes, _hours, _days) = (CronField.Minute.Read(fields[1]), CronField.Hour.Read(fields[2]), CronField.Day.Read(fields[3]));
        (_months, _weekdays) = (CronField.Month.Read(fields[4]), CronField.Weekday.Read(fields[5]));
        (_anyDay, _anyWeekday) = (fields[3] == "*", fields[5] == "*");
    }

    /// <summary>Whether it fires in the minute that <paramref name="moment"/> lies in.</summary>
    public bool FiresAt(DateTimeOffset moment)
    {
        var local = TimeZoneInfo.ConvertTime(moment, _zone);
        return _minutes.Contains(local.Minute) && _hours.Contains(local.Hour) && _months.Contains(local.Month) && DayFits(local);
    }

    /// <summary>Its next moments after <paramref name="from"/>, at most as many as asked for, within four years and a day: 29 February comes too.</summary>
    public IReadOnlyList<DateTimeOffset> Next(DateTimeOffset from, int count)
    {
        var found = new List<DateTimeOffset>();
        var end = from.AddDays(1462);
        for (var at = Minute(from).AddMinutes(1); at < end && found.Count < count; at = at.AddMinutes(1))
        {
            var local = TimeZoneInfo.ConvertTime(at, _zone);
            if (!_months.Contains(local.Month) || !DayFits(local))
            {
                // To the last minute before the next day; a clock that is set there is met again minute by minute.
                at = at.AddMinutes(Math.Max(0, (22 - local.Hour) * 60));
                continue;
            }

            if (_hours.Contains(local.Hour) && _minutes.Contains(local.Minute)) found.Add(at);
        }

        return found;
    }

    /// <summary>The beginning of the minute that <paramref name="moment"/> lies in.</summary>
    public static DateTimeOffset Minute(DateTimeOffset moment) => new(moment.UtcTicks - (moment.UtcTicks % TimeSpan.TicksPerMinute), TimeSpan.Zero);

    // Where both are restricted, unix fires when either fits.
    private bool DayFits(DateTimeOffset local) => (_anyDay, _anyWeekday) switch
    {
        (true, _) => _weekdays.Contains((int)local.DayOfWeek),
        (_, true) => _days.Contains(local.Day),
        _ => _days.Contains(local.Day) || _weekdays.Contains((int)local.DayOfWeek),
    };
}
