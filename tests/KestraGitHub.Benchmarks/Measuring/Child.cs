using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace KestraGitHub.Benchmarks.Measuring;

/// <summary>A process that is measured. What it says goes to a file: a pipe would make the reader part of the measurement.</summary>
internal sealed class Child : IAsyncDisposable
{
    private static readonly ConcurrentDictionary<int, Process> Running = new();

    private readonly Process _process;
    private readonly string _log;

    private Child(Process process, string log) => (_process, _log) = (process, log);

    public int Id => _process.Id;

    public bool HasEnded => _process.HasExited;

    /// <summary>The last lines it said.</summary>
    public string LastWords => File.Exists(_log) ? string.Join('\n', File.ReadAllLines(_log).TakeLast(20)) : "";

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public static Child Start(
        string log, string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, string? folder = null)
    {
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = folder ?? Path.GetDirectoryName(log)! };
        foreach (var argument in (string[])["-c", "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1 </dev/null", "sh", log, program, .. arguments])
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        try
        {
            var process = Process.Start(start)!;
            Running[process.Id] = process;
            return new Child(process, log);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new BenchmarkException($"{program} could not be started: {e.Message}. The benchmarks run on Linux.");
        }
    }

    /// <summary>For a benchmark that is broken off: nothing of it runs on.</summary>
    public static void KillAll()
    {
        foreach (var process in Running.Values) process.Kill(entireProcessTree: true);
    }

    /// <summary>The output of a program that ends by itself.</summary>
    public static async Task<string> OutputAsync(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetTempPath() };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new BenchmarkException($"{program} ended with {process.ExitCode}: {await errors}{output}");
    }

    /// <summary>Asks it to stop and waits until it is gone; after a while it is killed.</summary>
    public async Task StopAsync()
    {
        if (HasEnded) return;
        using (var kill = Process.Start("kill", ["-TERM", Id.ToString(CultureInfo.InvariantCulture)])) await kill.WaitForExitAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Running.TryRemove(Id, out _);
        _process.Dispose();
    }
}
