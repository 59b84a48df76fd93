using KestraGitHub.Benchmarks.Measuring;

namespace KestraGitHub.Benchmarks.Sync;

/// <summary>What one run cost.</summary>
internal sealed record Turn(double Calls, double Git, double Seconds, double Cpu, PeakMemory Memory);

/// <summary>Runs of a sync, measured, as the rows of one table.</summary>
internal sealed class TurnTable
{
    private readonly List<IReadOnlyList<string>> _rows = [];

    /// <summary>One run, which must count so many as <paramref name="counted"/>.</summary>
    public static async Task<Turn> TurnAsync(House house, string counted, int count)
    {
        house.Kestra.ClearCalls();
        var git = house.Git.Value;
        var cpu = Proc.Cpu(house.Service.Id);
        var ((took, run), memory) = await PeakMemory.DuringAsync(house.Service.Id, house.RunAsync);
        if ((int)run["counts"]![counted]! != count) throw new BenchmarkException($"{count} should be {counted}: {run["counts"]}");
        return new Turn(house.Kestra.Calls.Count, house.Git.Value - git, took.TotalSeconds, (Proc.Cpu(house.Service.Id) - cpu).TotalSeconds, memory);
    }

    public void Add(House house, string name, string alone, IReadOnlyList<Turn> turns)
    {
        string Of(Func<Turn, double> value, string format = "0") => turns.Select(value).ToList() is { Count: > 1 } many
            ? many.Distinct().Count() == 1 ? many[0].In(format) : many.WithRaw(format)
            : value(turns[0]).In(format);
        string MiB(Func<PeakMemory, double> part) => turns.Max(t => part(t.Memory)).MiB();
        IReadOnlyList<string> row =
        [
            name, Of(t => t.Calls), Of(t => t.Git), Of(t => t.Seconds, "0.00"),
            alone, Of(t => t.Cpu, "0.00"),
            MiB(m => m.Own), MiB(m => m.Children), MiB(m => m.Together),
        ];
        _rows.Add(row);
        Report.Line(string.Join(" · ", row.Where(c => c.Length > 0)));
        Report.Line($"  calls: {string.Join(", ", house.Kestra.Calls.GroupBy(c => $"{c.Method} {Short(c.Path)}").Select(g => $"{g.Count()} {g.Key}"))}");
    }

    public void Print() => Report.Table(
        ["", "Kestra calls", "git processes", "seconds", "the server alone", "processor seconds", "service peak MiB", "its git's peak MiB", "together MiB"], _rows);

    private static string Short(string path)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries).Skip(3).ToList();
        return string.Join('/', parts.Select((p, i) => i > 0 && p.Any(char.IsAsciiDigit) ? "…" : p));
    }
}
