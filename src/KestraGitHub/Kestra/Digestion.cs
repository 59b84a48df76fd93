using System.Globalization;

namespace KestraGitHub.Kestra;

/// <summary>
/// What writes of flows leave a server to do after it has answered them (kestra-api.md 11.6). On 1.3 each write makes the scheduler read all flows
/// again: 0.016 s of a core at 300 flows, 1.5 s at 10,000; between them, and for the 25 s measured after 1,000 creates, a power of 1.3 fits. A 2.0 is
/// busy for 10 to 25 s after 1,000. Estimates: good for what to tell a person and how patient to be, for nothing else.
/// </summary>
internal static class Digestion
{
    /// <summary>Less is nobody's concern.</summary>
    public static readonly TimeSpan WorthTelling = TimeSpan.FromSeconds(10);

    private const double Power = 1.3;
    private static readonly double Scale = 0.016 / Math.Pow(300, Power);

    /// <param name="created">How many of <paramref name="written"/> were new.</param>
    /// <param name="flows">How many the server holds now; that of a part of it gives a lower bound.</param>
    /// <param name="took">How long the writing took: a 1.3 works on it meanwhile.</param>
    public static TimeSpan After(KestraVersion version, int written, int created, int flows, TimeSpan took)
    {
        if (version.AtLeast(2, 0)) return TimeSpan.FromSeconds(0.015 * written);
        var work = TimeSpan.FromSeconds(((written - created) * Scale * Math.Pow(flows, Power)) + Sum(Math.Max(0, flows - created), flows));
        return work > took ? work - took : TimeSpan.Zero;
    }

    public static string Words(KestraVersion version) =>
        $"Kestra {version} is still digesting what was written{(version.AtLeast(2, 0) ? "" : " (it reads all its flows again after each write)")}: "
        + "its pages and its API may be slow for a while. Nothing is wrong and nothing has to be done.";

    public static string About(TimeSpan left) => left < TimeSpan.FromMinutes(2)
        ? string.Create(CultureInfo.InvariantCulture, $"about {Math.Ceiling(left.TotalSeconds / 5) * 5:0} s")
        : string.Create(CultureInfo.InvariantCulture, $"about {left.TotalMinutes:0} min");

    private static double Sum(double from, double to) => Scale * (Math.Pow(to, Power + 1) - Math.Pow(from, Power + 1)) / (Power + 1);
}
