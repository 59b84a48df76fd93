using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace KestraGitHub.StandIns.Postgres;

/// <summary>A real PostgreSQL server of our own, on 127.0.0.1 and a free port, in a folder that goes with it. It can be stopped, killed, paused and started again.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    public const string Password = "a-database-password-for-tests";
    private const string User = "kestra_github";
    private readonly string _folder = Directory.CreateTempSubdirectory("kestra-github-postgres-").FullName;
    private readonly string _binaries = FindBinaries();
    private readonly IReadOnlyList<string> _settings;

    private PostgresServer(bool durable, int connections)
    {
        Port = FreePort();
        _settings =
        [
            "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", $"port={Port.ToString(CultureInfo.InvariantCulture)}",
            "-c", $"max_connections={connections.ToString(CultureInfo.InvariantCulture)}",
            // What tests kill is the server's processes, never the machine under them: what the system has taken is safe.
            .. durable ? [] : (string[])["-c", "fsync=off"],
        ];
    }

    public int Port { get; }

    /// <summary>Of a database as Npgsql reads it, with its password.</summary>
    public string ConnectionString => $"Host=127.0.0.1;Port={Port.ToString(CultureInfo.InvariantCulture)};Database=postgres;Username={User};Password={Password}";

    /// <param name="durable">True waits for the disk at each commit, for measuring.</param>
    public static async Task<PostgresServer> StartAsync(bool durable = false, int connections = 200)
    {
        var server = new PostgresServer(durable, connections);
        var secret = Path.Combine(server._folder, "password");
        await File.WriteAllTextAsync(secret, Password);
        if (Environment.IsPrivilegedProcess) await RunAsync("chown", ["-R", "postgres:postgres", server._folder]);
        await server.AsOwnerAsync("initdb", "-D", server.Data, "-U", User, $"--pwfile={secret}", "-A", "scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync");
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>Starts it after a stop or a kill, and returns when it takes connections.</summary>
    public Task StartAgainAsync() => AsOwnerAsync(
        "pg_ctl", "start", "-w", "-t", "60", "-D", Data, "-l", Path.Combine(_folder, "log"), "-o", string.Join(' ', _settings.Select(s => s.EndsWith('=') ? $"{s}''" : s)));

    /// <summary>Stops it and hangs up on everybody.</summary>
    public Task StopAsync() => AsOwnerAsync("pg_ctl", "stop", "-w", "-m", "fast", "-D", Data);

    /// <summary>kill -9 of the server and what belongs to it: what the power does, seen from its clients.</summary>
    public async Task KillAsync()
    {
        using var postmaster = Process.GetProcessById(ProcessId);
        postmaster.Kill(entireProcessTree: true);
        await postmaster.WaitForExitAsync();
    }

    /// <summary>It no longer answers, and hangs up on nobody.</summary>
    public Task PauseAsync() => SignalAllAsync("STOP");

    public Task ResumeAsync() => SignalAllAsync("CONT");

    public async ValueTask DisposeAsync()
    {
        if (File.Exists(PidFile))
        {
            await ResumeAsync();
            await AsOwnerAsync("pg_ctl", "stop", "-w", "-m", "immediate", "-D", Data);
        }

        Directory.Delete(_folder, recursive: true);
    }

    private string Data => Path.Combine(_folder, "data");

    private string PidFile => Path.Combine(Data, "postmaster.pid");

    private int ProcessId => int.Parse(File.ReadLines(PidFile).First(), CultureInfo.InvariantCulture);

    private async Task SignalAllAsync(string signal)
    {
        var parent = ProcessId.ToString(CultureInfo.InvariantCulture);
        await RunAsync("kill", [$"-{signal}", parent]);
        // Not by name: a server process writes what it is doing over it.
        var children = Directory.EnumerateDirectories("/proc").Select(d => Path.GetFileName(d)).Where(n => char.IsAsciiDigit(n[0]) && ParentOf(n) == parent).ToList();
        if (children.Count > 0) await RunAsync("kill", [$"-{signal}", .. children], check: false);
    }

    private static string? ParentOf(string process)
    {
        try
        {
            return File.ReadLines($"/proc/{process}/status").First(l => l.StartsWith("PPid:", StringComparison.Ordinal)).Split('\t')[1];
        }
        catch (IOException)
        {
            return null;
        }
    }

    // PostgreSQL refuses to run as root.
    private Task AsOwnerAsync(string program, params string[] arguments)
    {
        var path = Path.Combine(_binaries, program);
        return Environment.IsPrivilegedProcess
            ? RunAsync("setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", path, .. arguments])
            : RunAsync(path, arguments);
    }

    private static async Task RunAsync(string program, IReadOnlyList<string> arguments, bool check = true)
    {
        // What it prints goes nowhere: a server that it starts would keep a pipe open for ever.
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = "/" };
        foreach (var word in (string[])["-c", "exec \"$0\" \"$@\" >/dev/null 2>&1 </dev/null", program, .. arguments]) start.ArgumentList.Add(word);
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync();
        if (check && process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
    }

    private static string FindBinaries() =>
        Directory.Exists("/usr/lib/postgresql")
        && Directory.GetDirectories("/usr/lib/postgresql").Where(d => File.Exists(Path.Combine(d, "bin/initdb")))
            .MaxBy(d => int.Parse(Path.GetFileName(d), CultureInfo.InvariantCulture)) is { } newest
            ? Path.Combine(newest, "bin")
            : throw new InvalidOperationException("There is no PostgreSQL server here: install Debian's package postgresql (tests/run.sh does).");

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
