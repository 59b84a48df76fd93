using System.Diagnostics;
using System.Globalization;
using KestraGitHub.StandIns.Kestra;

namespace KestraGitHub.Benchmarks;

/// <summary>
/// What another user of Kestra feels of a first sync: small calls every 100 ms, before it, during it and after it, for some numbers of writes at once;
/// and how much of the server's own write rate the sync reaches.
/// </summary>
internal static class Kindness
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(8);

    /// <param name="args"><c>[flows] [repeats] [writes at once, comma-separated] [versions, comma-separated]</c>; 1000 3 1,2,4,8 1.3,2.0.</param>
    public static async Task<int> RunAsync(string[] args)
    {
        var flows = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 1000;
        var repeats = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 3;
        var limits = (args.Length > 2 ? args[2] : "1,2,4,8").Split(',');
        var versions = (args.Length > 3 ? args[3] : "1.3,2.0").Split(',');
        Console.WriteLine($"{flows} flows, {repeats} times each; another user's calls in ms, p50 / p99 (number of calls)");
        Console.WriteLine("| Kestra | writes at once | without | during the sync | in the 8 s after | writes/s | server's own | ratio | whole run |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|");
        foreach (var version in versions)
        {
            var own = new List<double>();
            for (var i = 0; i < repeats; i++) own.Add(await OwnRateAsync(version, flows));
            foreach (var limit in limits)
            {
                List<double> without = [], during = [], after = [], rates = [], whole = [];
                for (var i = 0; i < repeats; i++)
                {
                    await using var kestra = await StartAsync(version);
                    await using var scene = await KindnessScene.OpenAsync(kestra, flows, limit);
                    await using var user = new KindnessUser(kestra.BaseUrl);
                    without.AddRange(await user.FeelsAsync(() => Task.Delay(Quiet)));
                    (TimeSpan Writing, TimeSpan Whole) took = default;
                    during.AddRange(await user.FeelsAsync(async () => took = await scene.SyncAsync()));
                    after.AddRange(await user.FeelsAsync(() => Task.Delay(Quiet)));
                    rates.Add(flows / took.Writing.TotalSeconds);
                    whole.Add(took.Whole.TotalSeconds);
                }

                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {version} | {limit} | {Felt(without)} | {Felt(during)} | {Felt(after)} | {At(rates, 0.5):0} | {At(own, 0.5):0} | {At(rates, 0.5) / At(own, 0.5):P0} | {At(whole, 0.5):0.0} s |"));
            }
        }

        return 0;
    }

    private static async Task<KestraStandIn> StartAsync(string version)
    {
        var kestra = await KestraStandIn.StartAsync(new KestraStandInOptions { Version = version, Costs = true });
        for (var i = 0; i < 20; i++) kestra.State.PutFlow(KindnessScene.Flow("other", i));
        return kestra;
    }

    /// <summary>Creates a second, eight at once: the fastest way that real servers were measured with.</summary>
    private static async Task<double> OwnRateAsync(string version, int flows)
    {
        await using var kestra = await StartAsync(version);
        using var http = KindnessUser.Client(kestra.BaseUrl);
        var clock = Stopwatch.StartNew();
        await Parallel.ForAsync(0, flows, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, ct) =>
        {
            using var body = new StringContent(KindnessScene.Flow("team", i), null, "application/x-yaml");
            using var answer = await http.PostAsync(new Uri("api/v1/main/flows", UriKind.Relative), body, ct);
            answer.EnsureSuccessStatusCode();
        });
        return flows / clock.Elapsed.TotalSeconds;
    }

    private static string Felt(List<double> calls) =>
        string.Create(CultureInfo.InvariantCulture, $"{At(calls, 0.5):0.0} / {At(calls, 0.99):0.0} ({calls.Count})");

    private static double At(List<double> numbers, double part)
    {
        numbers.Sort();
        return numbers[Math.Clamp((int)Math.Ceiling(numbers.Count * part) - 1, 0, numbers.Count - 1)];
    }
}
