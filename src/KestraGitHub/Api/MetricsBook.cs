using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace KestraGitHub.Api;

/// <summary>Listens to the process's instruments and keeps what they say, until someone asks.</summary>
internal sealed class MetricsBook : IHostedService, IDisposable
{
    private static readonly string[] Meters =
        ["Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http", "System.Runtime"];

    private static readonly double[] Seconds = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900];
    private static readonly double[] Sizes = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 100_000, 1_000_000];

    private readonly ConcurrentDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();
    private readonly Lock _reading = new();

    public MetricsBook()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (Wanted(instrument.Meter.Name))
                listener.EnableMeasurementEvents(instrument, _families.GetOrAdd(NameOf(instrument), _ => FamilyOf(instrument)));
        };
        Hear<byte>(v => v);
        Hear<short>(v => v);
        Hear<int>(v => v);
        Hear<long>(v => v);
        Hear<float>(v => v);
        Hear<double>(v => v);
        Hear<decimal>(v => (double)v);
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _listener.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public string Write()
    {
        lock (_reading)
        {
            foreach (var family in _families.Values.Where(f => f.Observed)) family.Series.Clear();
            try
            {
                _listener.RecordObservableInstruments();
            }
            catch (AggregateException)
            {
                // One instrument that cannot be read must not hide the others; its family is left out.
            }
            return PrometheusText.Write(_families.Values);
        }
    }

    public void Dispose() => _listener.Dispose();

    private static bool Wanted(string meter) =>
        meter == "KestraGitHub" || meter.StartsWith("KestraGitHub.", StringComparison.Ordinal) || Meters.Contains(meter);

    private void Hear<T>(Func<T, double> number) where T : struct => _listener.SetMeasurementEventCallback<T>((instrument, value, tags, state) =>
    {
        // Two instruments of one name and one set of labels (of two parts of the service) are one line, and add up.
        if (state is MetricFamily family) family.Measure(PrometheusText.Labels(tags), number(value), IsGauge(instrument) && !instrument.IsObservable);
    });

    private static MetricFamily FamilyOf(Instrument instrument) => new(
        NameOf(instrument), instrument.Description ?? instrument.Name, KindOf(instrument), BoundsOf(instrument), instrument.IsObservable);

    private static string NameOf(Instrument instrument) => PrometheusText.Name(instrument.Name, instrument.Unit, KindOf(instrument));

    private static MetricKind KindOf(Instrument instrument) => Plain(instrument) switch
    {
        "Counter" or "ObservableCounter" => MetricKind.Counter,
        "Histogram" => MetricKind.Histogram,
        _ => MetricKind.Gauge,
    };

    private static bool IsGauge(Instrument instrument) => Plain(instrument) == "Gauge";

    private static string Plain(Instrument instrument) => instrument.GetType().Name.Split('`')[0];

    private static IReadOnlyList<double> BoundsOf(Instrument instrument) =>
        KindOf(instrument) != MetricKind.Histogram ? []
        : instrument is Histogram<double> { Advice.HistogramBucketBoundaries: { } own } ? own
        : instrument.Unit == "s" ? Seconds : Sizes;
}
