using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace KestraGitHub.Demo;

/// <summary>The real service as a process of its own, on SQLite in the demo's folder, with nothing of the caller's settings.</summary>
internal sealed class ServiceChild(string folder, DemoSecrets secrets, Uri kestra, bool anyPort) : IAsyncDisposable
{
    private const int UsualPort = 5080;

    // A demo must never reach a real Kestra that the caller's shell is set up for.
    private static readonly string[] NotInherited =
    [
        "Kestra__", "Git__", "GitHub__", "Webhooks__", "Api__", "Storage__", "Data__", "Definitions__", "Runs__", "Jobs__", "SECRET_", "ENV_",
        "ASPNETCORE_", "DOTNET_ENVIRONMENT", "Urls",
    ];

    private readonly StreamWriter _log = new(Path.Combine(folder, "service.log")) { AutoFlush = true };
    private Process? _process;

    public Uri Url { get; } = new($"http://127.0.0.1:{(anyPort || !IsFree(UsualPort) ? FreePort() : UsualPort)}");

    public string Definitions { get; } = Directory.CreateDirectory(Path.Combine(folder, "definitions")).FullName;

    public bool HasEnded => _process is { HasExited: true };

    public string LogPath { get; } = Path.Combine(folder, "service.log");

    public void Start()
    {
        var start = new ProcessStartInfo(Dotnet()) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "kestra-github.dll"));
        start.ArgumentList.Add($"--Urls={Url.GetLeftPart(UriPartial.Authority)}");
        start.ArgumentList.Add($"--Data:Path={Path.Combine(folder, "data")}");
        start.ArgumentList.Add($"--Definitions:Path={Definitions}");
        var environment = start.Environment;
        foreach (var name in environment.Keys.Where(IsCallers).ToList()) environment.Remove(name);
        environment["Kestra__Url"] = kestra.GetLeftPart(UriPartial.Authority);
        environment["Kestra__Username"] = Demo.KestraUser;
        environment["Kestra__Password"] = secrets.KestraPassword;
        environment["Webhooks__Secrets__0"] = secrets.HookSecret;
        environment["Api__Tokens__0"] = secrets.SignInToken;
        environment["Git__AllowedProtocols__0"] = "http";
        environment["SECRET_GITHUB_ACCESS_TOKEN"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(secrets.GitToken));
        environment["SECRET_WEBHOOK_KEY"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(secrets.HookKey));
        foreach (var name in new[] { "NO_PROXY", "no_proxy" }) environment[name] = "127.0.0.1";
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public async Task WaitForEndAsync(CancellationToken ct) => await _process!.WaitForExitAsync(ct);

    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await StopAsync(_process);
        await _log.DisposeAsync();
    }

    private async Task StopAsync(Process process)
    {
        // Ctrl-C reached it as well; then it is already on its way.
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            if (!HasEnded && !OperatingSystem.IsWindows())
                using (Process.Start("kill", ["-TERM", $"{process.Id}"])) await process.WaitForExitAsync(soon.Token);
        }
        catch (OperationCanceledException)
        {
            // Too slow: killed below.
        }

        if (!HasEnded) process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
    }

    /// <summary>The one that runs this program: it need not be on the PATH.</summary>
    private static string Dotnet()
    {
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        var path = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../..", name));
        return File.Exists(path) ? path : "dotnet";
    }

    private static bool IsCallers(string name) => Array.Exists(NotInherited, n => name.StartsWith(n, StringComparison.OrdinalIgnoreCase));

    private void Keep(string? line)
    {
        if (line is null) return;
        lock (_log) _log.WriteLine(line);
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
