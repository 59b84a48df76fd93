using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace KestraGitHub.IntegrationTests.Endurance;

/// <summary>What the system tells of its processes.</summary>
internal static class Processes
{
    /// <summary>The command lines of all that run now, arguments apart by spaces.</summary>
    public static IEnumerable<string> CommandLines() => Directory.EnumerateDirectories("/proc")
        .Where(d => char.IsAsciiDigit(Path.GetFileName(d)[0]))
        .Select(d => Read(Path.Combine(d, "cmdline")).Replace('\0', ' '))
        .Where(c => c.Length > 0);

    public static async Task SignalAsync(int process, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", process.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    private static string Read(string file)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
