using System.Runtime.InteropServices;

namespace KestraGitHub.Benchmarks.Measuring;

/// <summary>What a command prints: first where it runs, at the end a table that can be pasted into a page.</summary>
internal static class Report
{
    public static void Head(string title, string folder)
    {
        Line($"# {title}\n");
        Line($"{DateTime.UtcNow:u} · {Environment.ProcessorCount} × {Processor()} · {Memory()} · {RuntimeInformation.OSDescription}");
        Line($"{RuntimeInformation.FrameworkDescription} · data on {FileSystem(folder)} · load before: {Load()}");
        if (Busy) Line("The machine is busy with something else: believe the ratios, and not the figures.");
    }

    public static void Line(string text = "") => Console.WriteLine(text);

    public static void Table(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        Line();
        Line(Row(columns));
        Line(Row([.. columns.Select((_, i) => i == 0 ? "---" : "---:")]));
        foreach (var row in rows) Line(Row(row));
        Line();
        Line($"load after: {Load()}");
    }

    private static bool Busy => double.Parse(Load().Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture) > 0.5;

    private static string Row(IReadOnlyList<string> cells) => $"| {string.Join(" | ", cells)} |";

    private static string Load() => string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ').Take(3));

    private static string Processor() =>
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown processor";

    private static string Memory() => $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30} GiB";

    private static string FileSystem(string folder)
    {
        var drive = DriveInfo.GetDrives().Where(d => folder.StartsWith(d.Name, StringComparison.Ordinal)).MaxBy(d => d.Name.Length);
        return drive is null ? folder : drive.DriveFormat;
    }
}
