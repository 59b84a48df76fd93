using System.Globalization;
using KestraGitHub.Benchmarks.Measuring;

namespace KestraGitHub.Benchmarks.Ack;

/// <summary>What one run of wrk saw. Times in milliseconds, from the first byte sent to the last received.</summary>
internal sealed record Load(long Answers, TimeSpan Took, double P50, double P99, long NotAccepted, long Broken)
{
    public double PerSecond => Answers / Took.TotalSeconds;
}

/// <summary>The load generator: Debian's <c>wrk</c>, one thread, since a .NET client would need a core to itself.</summary>
internal static class Wrk
{
    /// <param name="rate">Calls a second; null = as many as the target takes.</param>
    public static async Task<Load> RunAsync(Uri target, IReadOnlyList<string> paths, Push push, int connections, TimeSpan time, double? rate = null)
    {
        var environment = new Dictionary<string, string>
        {
            ["BENCH_BODY"] = push.File,
            ["BENCH_SIGNATURE"] = push.Signature,
            ["BENCH_PATHS"] = string.Join(',', paths),
            ["BENCH_SEED"] = Environment.TickCount.ToString(CultureInfo.InvariantCulture),
        };
        if (push.RandomGuids) environment["BENCH_RANDOM"] = "1";
        if (rate is not null) environment["BENCH_RATE"] = rate.Value.In("0.###");
        var output = await Child.OutputAsync(
            "wrk",
            [
                "-t1", $"-c{connections}", string.Create(CultureInfo.InvariantCulture, $"-d{time.TotalSeconds:0}s"), "--timeout", "30s",
                "-s", Path.Combine(AppContext.BaseDirectory, "Ack", "push.lua"), target.GetLeftPart(UriPartial.Authority),
            ],
            environment);
        var line = output.Split('\n').LastOrDefault(l => l.StartsWith("RESULT ", StringComparison.Ordinal))
            ?? throw new BenchmarkException($"wrk printed no result:\n{output}");
        var n = line.Split(' ').Skip(1).Select(f => long.Parse(f, CultureInfo.InvariantCulture)).ToList();
        var load = new Load(n[0], TimeSpan.FromMicroseconds(n[1]), n[2] / 1000.0, n[3] / 1000.0, n[4], n[5]);
        return load is { NotAccepted: 0, Broken: 0 }
            ? load
            : throw new BenchmarkException($"Of {load.Answers} calls {load.NotAccepted} were refused, and {load.Broken} connections broke:\n{output}");
    }
}
