using System.Globalization;

namespace KestraGitHub.Dashboard;

/// <summary>Times as people say them. The exact one is always on the page beside it.</summary>
internal static class Ago
{
    public static string Relative(DateTimeOffset at, DateTimeOffset now)
    {
        var distance = now - at;
        if (distance.Duration() < TimeSpan.FromSeconds(1)) return "now";
        return distance < TimeSpan.Zero ? $"in {Rough(-distance)}" : $"{Rough(distance)} ago";
    }

    public static string Exact(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    public static string Machine(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public static string Clock(DateTimeOffset at) => at.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>How long something took: <c>48 ms</c>, <c>1.2 s</c>, <c>3 min 20 s</c>.</summary>
    public static string Duration(TimeSpan took)
    {
        if (took < TimeSpan.Zero) took = TimeSpan.Zero;
        if (took < TimeSpan.FromSeconds(1)) return Text($"{took.TotalMilliseconds:0} ms");
        if (took < TimeSpan.FromSeconds(10)) return Text($"{took.TotalSeconds:0.0} s");
        if (took < TimeSpan.FromMinutes(1)) return Text($"{took.TotalSeconds:0} s");
        if (took < TimeSpan.FromHours(1)) return Text($"{took.Minutes} min {took.Seconds} s");
        return Text($"{(long)took.TotalHours} h {took.Minutes} min");
    }

    private static string Rough(TimeSpan distance) => distance switch
    {
        { TotalMinutes: < 1 } => Text($"{(int)distance.TotalSeconds} s"),
        { TotalHours: < 1 } => Text($"{(int)distance.TotalMinutes} min"),
        { TotalDays: < 1 } => Text($"{(int)distance.TotalHours} h"),
        { TotalDays: < 2 } => "1 day",
        { TotalDays: < 60 } => Text($"{(int)distance.TotalDays} days"),
        { TotalDays: < 730 } => Text($"{(int)(distance.TotalDays / 30)} months"),
        _ => Text($"{(int)(distance.TotalDays / 365)} years"),
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
