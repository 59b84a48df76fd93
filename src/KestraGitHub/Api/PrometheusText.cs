using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace KestraGitHub.Api;

/// <summary>Prometheus' text format, version 0.0.4.</summary>
internal static class PrometheusText
{
    // The instruments name them, and there are few; asked for at every measurement.
    private static readonly ConcurrentDictionary<string, string> LabelNames = new(StringComparer.Ordinal);

    public static string Write(IEnumerable<MetricFamily> families)
    {
        var text = new StringBuilder();
        foreach (var family in families.Where(f => !f.Series.IsEmpty).OrderBy(f => f.Name, StringComparer.Ordinal)) Family(text, family);
        return text.ToString();
    }

    /// <summary>A name that Prometheus takes, with its unit and, for a counter, <c>_total</c>, where the instrument's own name lacks them.</summary>
    public static string Name(string name, string? unit, MetricKind kind)
    {
        var clean = new string([.. name.Select(c => char.IsAsciiLetterOrDigit(c) || c == ':' ? c : '_')]);
        if (clean.Length == 0 || char.IsAsciiDigit(clean[0])) clean = "_" + clean;
        var suffix = unit switch { "s" => "_seconds", "ms" => "_milliseconds", "By" => "_bytes", _ => string.Empty };
        if (kind == MetricKind.Counter && clean.EndsWith("_total", StringComparison.Ordinal)) clean = clean[..^"_total".Length];
        if (!clean.EndsWith(suffix, StringComparison.Ordinal)) clean += suffix;
        return kind == MetricKind.Counter ? clean + "_total" : clean;
    }

    /// <summary><c>a="1",b="2"</c>, without braces.</summary>
    public static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty) return string.Empty;
        var text = new StringBuilder();
        foreach (var (key, value) in tags)
        {
            if (text.Length > 0) text.Append(',');
            text.Append(LabelNames.GetOrAdd(key, static k => Name(k, null, MetricKind.Gauge).Replace(':', '_'))).Append("=\"");
            Escape(text, Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty, quotes: true);
            text.Append('"');
        }
        return text.ToString();
    }

    private static void Family(StringBuilder text, MetricFamily family)
    {
        text.Append("# HELP ").Append(family.Name).Append(' ');
        Escape(text, family.Help, quotes: false);
        text.Append("\n# TYPE ").Append(family.Name).Append(' ').Append(family.Kind.ToString().ToLowerInvariant()).Append('\n');
        foreach (var (labels, series) in family.Series.OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            var (sum, buckets) = series.Read();
            if (family.Kind == MetricKind.Histogram) Histogram(text, family, labels, sum, buckets);
            else Line(text, family.Name, labels, sum);
        }
    }

    private static void Histogram(StringBuilder text, MetricFamily family, string labels, double sum, long[] buckets)
    {
        var separator = labels.Length > 0 ? "," : string.Empty;
        var count = 0L;
        for (var i = 0; i < buckets.Length; i++)
        {
            count += buckets[i];
            var bound = i < family.Bounds.Count ? Number(family.Bounds[i]) : "+Inf";
            Line(text, family.Name + "_bucket", $"{labels}{separator}le=\"{bound}\"", count);
        }
        Line(text, family.Name + "_sum", labels, sum);
        Line(text, family.Name + "_count", labels, count);
    }

    private static void Line(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0) text.Append('{').Append(labels).Append('}');
        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string Number(double value) =>
        double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : value.ToString("R", CultureInfo.InvariantCulture);

    private static void Escape(StringBuilder text, string value, bool quotes)
    {
        if (!value.AsSpan().ContainsAny('\\', '\n', '"'))
        {
            text.Append(value);
            return;
        }

        foreach (var c in value)
            _ = c switch
            {
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '"' when quotes => text.Append("\\\""),
                _ => text.Append(c),
            };
    }
}
