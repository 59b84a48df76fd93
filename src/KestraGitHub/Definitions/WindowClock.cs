namespace KestraGitHub.Definitions;

/// <summary>Says when the windows of a sync let it write.</summary>
internal static class WindowClock
{
    private const int MostMinutes = 366 * 24 * 60;

    /// <summary>How long until writing is allowed: nothing when it is now, null when it never is within a year.</summary>
    public static TimeSpan? UntilOpen(IReadOnlyList<SyncWindow> windows, DateTimeOffset now)
    {
        if (windows.Count == 0) return TimeSpan.Zero;
        var sweeps = windows.Select(w => new Sweep(w)).ToList();
        var minute = UnixCron.Minute(now);
        // What began before now may still be going on.
        for (var at = minute - windows.Max(w => w.Duration); at < minute; at = at.AddMinutes(1))
            foreach (var sweep in sweeps) sweep.Pass(at);
        for (var i = 0; i <= MostMinutes; i++)
        {
            var at = minute.AddMinutes(i);
            foreach (var sweep in sweeps) sweep.Pass(at);
            var moment = at < now ? now : at;
            if (IsOpen(sweeps, moment)) return moment - now;
        }

        return null;
    }

    private static bool IsOpen(List<Sweep> sweeps, DateTimeOffset at) =>
        (!sweeps.Exists(s => s.Allows) || sweeps.Exists(s => s.Allows && s.Covers(at))) && !sweeps.Exists(s => !s.Allows && s.Covers(at));

    private sealed class Sweep(SyncWindow window)
    {
        private readonly UnixCron _cron = new(window.Cron, window.TimeZone);
        private DateTimeOffset _until = DateTimeOffset.MinValue;

        public bool Allows => window.Allows;

        public void Pass(DateTimeOffset minute)
        {
            if (_cron.FiresAt(minute)) _until = minute + window.Duration;
        }

        public bool Covers(DateTimeOffset at) => at < _until;
    }
}
