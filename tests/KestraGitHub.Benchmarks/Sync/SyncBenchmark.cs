using System.Diagnostics;
using System.Globalization;
using KestraGitHub.Benchmarks.Measuring;

namespace KestraGitHub.Benchmarks.Sync;

/// <summary>The service against a Kestra that is as slow as a real one, for each load from an empty server.</summary>
internal sealed class SyncBenchmark(IReadOnlyList<Load> loads)
{
    private const int NoOps = 7;
    private const int Changes = 5;

    private readonly List<IReadOnlyList<string>> _rows = [];

    public async Task<int> RunAsync()
    {
        using var place = new Workplace();
        Report.Head("What a sync costs", place.Folder);
        Report.Line($"stand-in Kestra 2.0 with --costs, Git over http on this machine, first sync once, nothing to do {NoOps} times, one changed file {Changes} times");
        foreach (var load in loads) await MeasureAsync(load, place.Sub(load.Name.Replace(' ', '-')));
        Report.Table(
            [
                "", "Kestra calls", "git processes", "seconds", "the server alone", "processor seconds", "service peak MiB", "its git's peak MiB", "together MiB",
            ],
            _rows);
        Report.Line("plugin-git 3.0.0 on a real 2.0 server, 1,000 flows: 3,001 calls and 32 s, 34 s, 29 s for the same three.");
        return 0;
    }

    private async Task MeasureAsync(Load load, string folder)
    {
        await using var house = await House.CreateAsync(folder, costs: true);
        await house.Repository.CommitAsync(load.All);
        await house.DefineAsync(House.Flow, load.Definition(house.CloneUrl));
        await house.Service.StartAsync();

        var own = await OwnPaceAsync(load);
        var first = await TurnAsync(house, "added", load.Count);
        Add(house, load, "first sync", $"{own.In("0.00")} s for the writes: {(100 * own / first.Seconds).In("0")} % of its rate", [first]);

        List<Turn> turns = [];
        for (var i = 0; i < NoOps; i++) turns.Add(await TurnAsync(house, "unchanged", load.Count));
        Add(house, load, "nothing to do", load is FlowLoad ? $"{(await OwnLookAsync(house)).In("0.00")} s for the one call" : "", turns);

        turns = [];
        for (var i = 1; i <= Changes; i++)
        {
            await house.Repository.CommitAsync([load.File(load.Count / 2, i)]);
            turns.Add(await TurnAsync(house, "updated", 1));
        }

        Add(house, load, "one changed file", "", turns);
    }

    private void Add(House house, Load load, string phase, string alone, IReadOnlyList<Turn> turns)
    {
        string Of(Func<Turn, double> value, string format = "0") => turns.Select(value).ToList() is { Count: > 1 } many
            ? many.Distinct().Count() == 1 ? many[0].In(format) : many.WithRaw(format)
            : value(turns[0]).In(format);
        string MiB(Func<PeakMemory, double> part) => turns.Max(t => part(t.Memory)).MiB();
        IReadOnlyList<string> row =
        [
            $"{load.Name}, {phase}", Of(t => t.Calls), Of(t => t.Git), Of(t => t.Seconds, "0.00"),
            alone, Of(t => t.Cpu, "0.00"),
            MiB(m => m.Own), MiB(m => m.Children), MiB(m => m.Together),
        ];
        _rows.Add(row);
        Report.Line(string.Join(" · ", row.Where(c => c.Length > 0)));
        Report.Line($"  calls: {string.Join(", ", house.Kestra.Calls.GroupBy(c => $"{c.Method} {Short(c.Path)}").Select(g => $"{g.Count()} {g.Key}"))}");
    }

    private static async Task<Turn> TurnAsync(House house, string counted, int count)
    {
        house.Kestra.ClearCalls();
        var git = house.Git.Value;
        var cpu = Proc.Cpu(house.Service.Id);
        var ((took, run), memory) = await PeakMemory.DuringAsync(house.Service.Id, house.RunAsync);
        if ((int)run["counts"]![counted]! != count) throw new BenchmarkException($"{count} should be {counted}: {run["counts"]}");
        return new Turn(house.Kestra.Calls.Count, house.Git.Value - git, took.TotalSeconds, (Proc.Cpu(house.Service.Id) - cpu).TotalSeconds, memory);
    }

    /// <summary>Seconds that a server of the same kind takes for the same writes and nothing else.</summary>
    private static async Task<double> OwnPaceAsync(Load load)
    {
        await using var kestra = await House.StartKestraAsync(costs: true);
        using var http = House.Client(kestra);
        var clock = Stopwatch.StartNew();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, load.Count), new ParallelOptions { MaxDegreeOfParallelism = load.AtOnce }, async (i, _) => await load.WriteAsync(http, i));
        return clock.Elapsed.TotalSeconds;
    }

    /// <summary>Seconds that the smallest question, whether anything has moved, takes by itself.</summary>
    private static async Task<double> OwnLookAsync(House house)
    {
        using var http = House.Client(house.Kestra);
        List<double> times = [];
        for (var i = 0; i < NoOps; i++)
        {
            var clock = Stopwatch.StartNew();
            await http.GetByteArrayAsync("/api/v1/main/flows/search?size=1&sort=updated:desc");
            times.Add(clock.Elapsed.TotalSeconds);
        }

        return times.Median();
    }

    private static string Short(string path)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries).Skip(3).ToList();
        return string.Join('/', parts.Select((p, i) => i > 0 && p.Any(char.IsAsciiDigit) ? "…" : p));
    }

    private sealed record Turn(double Calls, double Git, double Seconds, double Cpu, PeakMemory Memory);
}
