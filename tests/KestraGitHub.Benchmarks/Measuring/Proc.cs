using System.Globalization;

namespace KestraGitHub.Benchmarks.Measuring;

/// <summary>What the kernel knows of a process.</summary>
internal static class Proc
{
    private const double TicksPerSecond = 100; // USER_HZ, on every Linux that .NET runs on.

    /// <summary>Resident memory now, in bytes; 0 when the process is gone.</summary>
    public static long Resident(int id) => Status(id, "VmRSS:");

    /// <summary>The most that was resident since the start or the last <see cref="ForgetPeak"/>, in bytes.</summary>
    public static long Peak(int id) => Status(id, "VmHWM:");

    public static void ForgetPeak(int id) => File.WriteAllText($"/proc/{id}/clear_refs", "5");

    /// <summary>The file that it runs; empty when the process is gone.</summary>
    public static string Program(int id)
    {
        try
        {
            return File.ResolveLinkTarget($"/proc/{id}/exe", returnFinalTarget: false)?.FullName ?? "";
        }
        catch (IOException)
        {
            return "";
        }
    }

    /// <summary>Processor time of the process and of its children that have ended and were waited for.</summary>
    public static TimeSpan Cpu(int id)
    {
        // The name in brackets may hold spaces; what follows it does not.
        var text = File.ReadAllText($"/proc/{id}/stat");
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return TimeSpan.FromSeconds(fields[11..15].Sum(f => long.Parse(f, CultureInfo.InvariantCulture)) / TicksPerSecond);
    }

    /// <summary>The children of a process, theirs, and so on.</summary>
    public static IEnumerable<int> Descendants(int id)
    {
        foreach (var child in Children(id))
        {
            yield return child;
            foreach (var grandchild in Descendants(child)) yield return grandchild;
        }
    }

    private static List<int> Children(int id)
    {
        try
        {
            return [.. Directory.EnumerateDirectories($"/proc/{id}/task")
                .SelectMany(task => Read($"{task}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Select(child => int.Parse(child, CultureInfo.InvariantCulture))];
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static long Status(int id, string name)
    {
        var line = Read($"/proc/{id}/status").Split('\n').FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2].Split('\t')[^1], CultureInfo.InvariantCulture) * 1024;
    }

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return ""; // It ended meanwhile.
        }
    }
}
