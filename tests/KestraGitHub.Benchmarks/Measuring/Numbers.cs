using System.Globalization;

namespace KestraGitHub.Benchmarks.Measuring;

internal static class Numbers
{
    public static double Median(this IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        if (sorted.Count == 0) return double.NaN;
        var middle = sorted.Count / 2;
        return sorted.Count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// <summary>That value below which this share of them lies; they are sorted.</summary>
    public static double At(this IReadOnlyList<double> sorted, double share) => sorted[Math.Min(sorted.Count - 1, (int)(sorted.Count * share))];

    /// <summary>The median, and in brackets everything it was made of.</summary>
    public static string WithRaw(this IReadOnlyCollection<double> values, string format) =>
        values.Count == 0 ? "–" : $"{values.Median().In(format)} ({string.Join(", ", values.Select(v => v.In(format)))})";

    public static string In(this double value, string format) => double.IsNaN(value) ? "–" : value.ToString(format, CultureInfo.InvariantCulture);

    /// <summary>Bytes as whole MiB.</summary>
    public static string MiB(this double bytes) => (bytes / (1 << 20)).In("0");
}
