using System.Collections.Concurrent;

namespace KestraGitHub.Api;

internal enum MetricKind { Counter, Gauge, Histogram }

/// <summary>All series of one name.</summary>
/// <param name="Bounds">Of a histogram's buckets, rising, without infinity.</param>
/// <param name="Observed">True when each reading brings the whole value, so that old ones go before the next.</param>
internal sealed record MetricFamily(string Name, string Help, MetricKind Kind, IReadOnlyList<double> Bounds, bool Observed)
{
    // Labels come from outside now and then; a family that grows without end would take the service's memory.
    private const int MostSeries = 1000;

    public ConcurrentDictionary<string, MetricSeries> Series { get; } = new(StringComparer.Ordinal);

    public void Measure(string labels, double value, bool replaces)
    {
        if (!Series.TryGetValue(labels, out var series))
        {
            if (Series.Count >= MostSeries) return;
            series = Series.GetOrAdd(labels, _ => new(Bounds.Count));
        }
        if (Kind == MetricKind.Histogram) series.Observe(value, Bounds);
        else if (replaces) series.Set(value);
        else series.Add(value);
    }
}

/// <summary>One line of a family, or the lines of one histogram.</summary>
internal sealed class MetricSeries(int bounds)
{
    private readonly Lock _gate = new();
    private readonly long[] _buckets = new long[bounds + 1];
    private double _sum;

    public void Set(double value)
    {
        lock (_gate) _sum = value;
    }

    public void Add(double value)
    {
        lock (_gate) _sum += value;
    }

    public void Observe(double value, IReadOnlyList<double> upTo)
    {
        var i = 0;
        while (i < upTo.Count && value > upTo[i]) i++;
        lock (_gate)
        {
            _buckets[i]++;
            _sum += value;
        }
    }

    public (double Sum, long[] Buckets) Read()
    {
        lock (_gate) return (_sum, [.. _buckets]);
    }
}
