using KestraGitHub.Benchmarks.Measuring;

namespace KestraGitHub.Benchmarks.Ack;

internal static class AckTable
{
    /// <summary>Medians, with the rounds they come from in brackets. A ratio is the median of each round's ratio: what slows the machine slows both.</summary>
    public static void Print(IReadOnlyList<AckSeries> series)
    {
        var webhook = series.FirstOrDefault(s => s.Turns.Any(t => t.Completed is not null));
        Report.Table(
            [
                "target", "accepted /s", "p50 ms", "p99 ms", "completed /s", "× webhook accepted", "× webhook completed", "at half the peak: p50 ms", "p99 ms",
                "processor µs a call", "peak memory MiB",
            ],
            series.Select(s => (IReadOnlyList<string>)
            [
                s.Name,
                s.Of(t => t.Peak.PerSecond).WithRaw("0"),
                s.Of(t => t.Peak.P50).Median().In("0.0"),
                s.Of(t => t.Peak.P99).WithRaw("0"),
                s == webhook ? s.Of(t => t.Completed!.Value).WithRaw("0") : "all",
                Ratios(s, webhook, t => t.Peak.PerSecond),
                Ratios(s, webhook, t => t.Completed!.Value),
                s.Of(t => t.Half.P50).Median().In("0.0"),
                s.Of(t => t.Half.P99).WithRaw("0"),
                s.Of(t => t.Cpu).WithRaw("0"),
                s.Of(t => t.PeakMemory).Median().MiB(),
            ]));
    }

    private static string Ratios(AckSeries series, AckSeries? webhook, Func<AckTurn, double> of) =>
        webhook is null ? "–" : series.Turns.Zip(webhook.Turns, (own, other) => own.Peak.PerSecond / of(other)).ToList().WithRaw("0.00");
}
