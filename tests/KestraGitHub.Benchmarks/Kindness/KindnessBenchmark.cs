using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using KestraGitHub.Benchmarks.Measuring;
using KestraGitHub.Benchmarks.Sync;
using KestraGitHub.StandIns.Kestra;

namespace KestraGitHub.Benchmarks.Kindness;

/// <summary>First syncs with some numbers of writes at once, beside another user; and how much of the server's own write rate they reach.</summary>
internal sealed class KindnessBenchmark(int flows, int rounds, IReadOnlyList<int> limits, IReadOnlyList<string> versions)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(8);

    private readonly FlowLoad _load = new(flows);
    private readonly List<IReadOnlyList<string>> _rows = [];

    public async Task<int> RunAsync()
    {
        using var place = new Workplace();
        Report.Head("What another user of Kestra feels of a first sync", place.Folder);
        Report.Line($"stand-in Kestra with --costs, {flows} flows, {rounds} rounds; the other user calls every 100 ms: p50 / p99 in ms (calls)");
        foreach (var version in versions)
        {
            var own = new List<double>();
            for (var round = 0; round < rounds; round++) own.Add(await OwnRateAsync(version));
            foreach (var limit in limits) await MeasureAsync(place, version, limit, own);
        }

        Report.Table(["Kestra", "writes at once", "before", "during the sync", "8 s after it", "writes/s", "the server's own", "ratio", "whole run, s"], _rows);
        return 0;
    }

    private async Task MeasureAsync(Workplace place, string version, int limit, List<double> own)
    {
        List<double> before = [], during = [], after = [], rates = [], whole = [];
        for (var round = 0; round < rounds; round++)
        {
            await using var house = await House.CreateAsync(place.Sub($"{version}-{limit}-{round}"), costs: true, version);
            OtherUser.Settle(house.Kestra);
            house.Service.Settings["Kestra__WritesAtOnce"] = limit.ToString(CultureInfo.InvariantCulture);
            await house.Repository.CommitAsync(_load.All);
            await house.DefineAsync(House.Flow, _load.Definition(house.CloneUrl));
            await house.Service.StartAsync();
            using var user = new OtherUser(house.Kestra);
            before.AddRange(await user.FeelsAsync(Task.Delay(Quiet)));
            var sync = house.RunAsync();
            during.AddRange(await user.FeelsAsync(sync));
            after.AddRange(await user.FeelsAsync(Task.Delay(Quiet)));
            var (took, run) = await sync;
            whole.Add(took.TotalSeconds);
            rates.Add(flows / (await WritingAsync(house, (string)run["id"]!)).TotalSeconds);
        }

        _rows.Add(
        [
            version, limit.ToString(CultureInfo.InvariantCulture), Felt(before), Felt(during), Felt(after), rates.WithRaw("0"), own.WithRaw("0"),
            (rates.Median() / own.Median()).In("P0"), whole.Median().In("0.0"),
        ]);
        Report.Line($"{version}, {limit} at once: {Felt(during)}, {rates.WithRaw("0")} writes/s");
    }

    /// <summary>From the last check to the last write, by the run's log.</summary>
    private static async Task<TimeSpan> WritingAsync(House house, string run)
    {
        var events = JsonNode.Parse(await house.Service.Http.GetStringAsync($"/api/v1/runs/{run}/events"))!["items"]!.AsArray();
        return At("applied") - At("validated");

        DateTimeOffset At(string step) => DateTimeOffset.Parse((string)events.First(e => (string)e!["step"]! == step)!["at"]!, CultureInfo.InvariantCulture);
    }

    /// <summary>Creates a second when nothing else counts.</summary>
    private async Task<double> OwnRateAsync(string version)
    {
        await using var kestra = await House.StartKestraAsync(costs: true, version);
        OtherUser.Settle(kestra);
        using var http = House.Client(kestra);
        var clock = Stopwatch.StartNew();
        await Parallel.ForAsync(
            0, flows, new ParallelOptions { MaxDegreeOfParallelism = _load.AtOnce }, async (i, _) => await _load.WriteAsync(http, i));
        return flows / clock.Elapsed.TotalSeconds;
    }

    private static string Felt(List<double> calls) => $"{At(calls, 0.5).In("0.0")} / {At(calls, 0.99).In("0.0")} ({calls.Count})";

    private static double At(List<double> calls, double part) => calls.Order().ElementAt(Math.Max(0, (int)Math.Ceiling(calls.Count * part) - 1));
}
