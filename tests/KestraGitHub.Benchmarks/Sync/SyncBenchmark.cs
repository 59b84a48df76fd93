using System.Diagnostics;
using System.Globalization;
using KestraGitHub.Benchmarks.Measuring;

namespace KestraGitHub.Benchmarks.Sync;

/// <summary>The service against a Kestra that is as slow as a real one, for each load from an empty server.</summary>
internal sealed class SyncBenchmark(IReadOnlyList<Load> loads)
{
    private const int NoOps = 7;
    private const int Changes = 5;

    private readonly TurnTable _table = new();

    public async Task<int> RunAsync()
    {
        using var place = new Workplace();
        Report.Head("What a sync costs", place.Folder);
        Report.Line($"stand-in Kestra 2.0 with --costs, Git over http on this machine, first sync once, nothing to do {NoOps} times, one changed file {Changes} times");
        foreach (var load in loads) await MeasureAsync(load, place.Sub(load.Name.Replace(' ', '-')));
        _table.Print();
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
        var first = await TurnTable.TurnAsync(house, "added", load.Count);
        _table.Add(house, $"{load.Name}, first sync", $"{own.In("0.00")} s for the writes: {(100 * own / first.Seconds).In("0")} % of its rate", [first]);

        List<Turn> turns = [];
        for (var i = 0; i < NoOps; i++) turns.Add(await TurnTable.TurnAsync(house, "unchanged", load.Count));
        _table.Add(house, $"{load.Name}, nothing to do", load is FlowLoad ? $"{(await OwnLookAsync(house)).In("0.00")} s for the one call" : "", turns);

        turns = [];
        for (var i = 1; i <= Changes; i++)
        {
            await house.Repository.CommitAsync([load.File(load.Count / 2, i)]);
            turns.Add(await TurnTable.TurnAsync(house, "updated", 1));
        }

        _table.Add(house, $"{load.Name}, one changed file", "", turns);
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
}
