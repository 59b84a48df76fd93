using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace KestraGitHub.Git;

/// <summary>
/// One running git. A guarded one (everything that may wait for a server) runs in a process group of its own beside a watcher that reads a pipe from
/// this service: when the pipe ends, because the call is over or because the service was killed, the whole group dies with it.
/// </summary>
internal sealed class GitProcess : IAsyncDisposable
{
    private const string Guard =
        "exec 3<&0 0</dev/null; (read -r _ <&3; kill -KILL 0) >/dev/null & w=$!; \"$@\" 3<&-; c=$?; kill $w; wait $w 2>/dev/null; exit $c";

    private const int StderrLimit = 64 * 1024;

    private static readonly bool CanGuard = !OperatingSystem.IsWindows() && File.Exists("/bin/sh") && OnPath("setsid");

    private readonly Process _process;
    private readonly Task<string> _stderr;

    private GitProcess(Process process)
    {
        _process = process;
        _stderr = ReadErrorsAsync(process.StandardError);
    }

    public Stream Input => _process.StandardInput.BaseStream;

    public Stream Output => _process.StandardOutput.BaseStream;

    public int Id => _process.Id;

    /// <exception cref="GitException">The program is not there.</exception>
    public static GitProcess Start(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, string folder,
        bool guarded)
    {
        var start = new ProcessStartInfo
        {
            FileName = program, WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            StandardErrorEncoding = new UTF8Encoding(false), UseShellExecute = false, CreateNoWindow = true,
        };
        if (guarded && CanGuard)
        {
            start.FileName = "setsid";
            foreach (var part in new[] { "/bin/sh", "-c", Guard, "git-guard", program }) start.ArgumentList.Add(part);
        }

        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        start.Environment.Clear();
        foreach (var (name, value) in environment) start.Environment[name] = value;
        try
        {
            return new GitProcess(Process.Start(start)!);
        }
        catch (Win32Exception e)
        {
            throw new GitException(GitErrorKind.Other,
                $"The program '{program}' could not be started ({e.Message}). Install git where the service runs.", "", e);
        }
    }

    /// <summary>The exit code and what was written to standard error.</summary>
    public async Task<(int Code, string Errors)> WaitAsync(CancellationToken ct)
    {
        await _process.WaitForExitAsync(ct);
        return (_process.ExitCode, await _stderr.WaitAsync(ct));
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            CloseInput();
            if (!await ExitsWithinAsync(TimeSpan.FromSeconds(2)))
            {
                _process.Kill(entireProcessTree: true);
                await ExitsWithinAsync(TimeSpan.FromSeconds(5));
            }

            // The first of the group is gone; the others hold its standard error open until they are gone as well.
            await Task.WhenAny(_stderr, Task.Delay(TimeSpan.FromSeconds(2)));
        }
        catch (InvalidOperationException)
        {
            // It ended by itself meanwhile.
        }
        finally
        {
            _process.Dispose();
        }
    }

    private void CloseInput()
    {
        try
        {
            _process.StandardInput.Close();
            _process.StandardOutput.Close();
        }
        catch (IOException)
        {
            // Its end of the pipe is gone already.
        }
    }

    private async Task<bool> ExitsWithinAsync(TimeSpan time)
    {
        using var limit = new CancellationTokenSource(time);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static async Task<string> ReadErrorsAsync(StreamReader errors)
    {
        var text = new StringBuilder();
        var buffer = new char[4096];
        try
        {
            for (int read; (read = await errors.ReadAsync(buffer)) > 0;)
            {
                text.Append(buffer, 0, read);
                // The cause stands at the end, the server's own words at the beginning.
                if (text.Length > StderrLimit) text.Remove(StderrLimit / 4, text.Length - StderrLimit / 2);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The process was ended; what came so far is all there is.
        }

        return text.ToString();
    }

    private static bool OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => folder.Length > 0 && File.Exists(Path.Combine(folder, program)));
}
