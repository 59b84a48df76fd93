using System.Diagnostics;
using KestraGitHub.Benchmarks.Measuring;

namespace KestraGitHub.Benchmarks.Ack;

/// <summary>Every target alone, in turn, each time as a new process; first at its peak, then at half of it.</summary>
internal sealed class AckBenchmark(int rounds, TimeSpan time, bool withPostgres, string? connectionString, bool onlyService, bool randomGuids)
{
    private const int Connections = 32;
    private const int ManySyncs = 50;

    public async Task<int> RunAsync()
    {
        using var place = new Workplace();
        Report.Head("Acknowledged pushes a second", place.Folder);
        Report.Line($"8 KB signed push, a new guid each ({(randomGuids ? "random" : "by the time, as GitHub's")}), wrk -t1 -c{Connections}, {time.TotalSeconds:0} s, {rounds} rounds, each server alone and drained before the next");
        var push = Push.WriteTo(place.Folder) with { RandomGuids = randomGuids };
        await using var postgres = withPostgres ? await PostgresAsync() : null;
        var series = Targets(postgres).Select(make => new AckSeries(make)).ToList();
        for (var round = 0; round < rounds; round++)
            foreach (var one in series)
                await TurnAsync(one, push, place.Sub($"{round}-{series.IndexOf(one)}"));
        AckTable.Print(series);
        return 0;
    }

    private Task<PostgresDatabases> PostgresAsync() =>
        connectionString is null ? PostgresDatabases.StartAsync() : Task.FromResult(PostgresDatabases.At(connectionString));

    private IEnumerable<Func<Target>> Targets(PostgresDatabases? postgres)
    {
        if (!onlyService) yield return () => new WebhookTarget();
        yield return () => new ServiceTarget("SQLite", 1);
        if (!onlyService) yield return () => new BareServer();
        yield return () => new ServiceTarget("SQLite", ManySyncs);
        if (postgres is null) yield break;
        yield return () => new ServiceTarget("PostgreSQL", 1, postgres);
        yield return () => new ServiceTarget("PostgreSQL", ManySyncs, postgres);
    }

    private async Task TurnAsync(AckSeries series, Push push, string folder)
    {
        await using var target = series.Make();
        await target.StartAsync(folder);
        var accepted = 0L;
        do accepted += (await Wrk.RunAsync(target.Url, target.Paths, push, Connections, target.WarmUp)).Answers;
        while (accepted < target.WarmUpCalls);
        var before = await target.DrainAsync(accepted);

        var (clock, worked) = (Stopwatch.StartNew(), Proc.Cpu(target.Id));
        var peak = await Wrk.RunAsync(target.Url, target.Paths, push, Connections, time);
        accepted += peak.Answers;
        var after = await target.DrainAsync(accepted);
        var completed = (after - before) / clock.Elapsed.TotalSeconds;
        var cpu = (Proc.Cpu(target.Id) - worked).TotalMicroseconds / peak.Answers;

        // wrk gives up the calls that are under way when its time is over; whoever was asked to do them still does.
        var half = await Wrk.RunAsync(target.Url, target.Paths, push, Connections, time, peak.PerSecond / 2);
        accepted += half.Answers;
        await target.DrainAsync(accepted);
        await target.CheckAsync(accepted);
        series.Turns.Add(new AckTurn(peak, half, completed, cpu, Proc.Peak(target.Id)));
        Report.Line(
            $"{target.Name}: {peak.PerSecond.In("0")}/s, p50 {peak.P50.In("0.0")} ms, p99 {peak.P99.In("0.0")} ms; "
            + $"at {half.PerSecond.In("0")}/s p50 {half.P50.In("0.0")} ms, p99 {half.P99.In("0.0")} ms"
            + $"; {cpu.In("0")} µs of processor a call"
            + (completed is { } done ? $"; completed {done.In("0")}/s" : ""));
    }
}

/// <summary>One target's turn.</summary>
/// <param name="Completed">Commands a second, from the first call to the last command's end; null where accepting is all there is to do.</param>
/// <param name="Cpu">Microseconds of processor time for each call, its command included. Other work on the machine hardly changes it.</param>
/// <param name="PeakMemory">Bytes.</param>
internal sealed record AckTurn(Load Peak, Load Half, double? Completed, double Cpu, long PeakMemory);

internal sealed record AckSeries(Func<Target> Make)
{
    public string Name { get; } = Make().Name;

    public List<AckTurn> Turns { get; } = [];

    public IReadOnlyList<double> Of(Func<AckTurn, double> value) => [.. Turns.Select(value)];
}
