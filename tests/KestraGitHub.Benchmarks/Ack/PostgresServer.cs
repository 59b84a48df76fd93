using System.Globalization;
using KestraGitHub.Benchmarks.Measuring;

namespace KestraGitHub.Benchmarks.Ack;

/// <summary>A PostgreSQL for one benchmark: one that is there already, or one of its own in a folder, with PostgreSQL's defaults, durable ones too.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private const string Binaries = "/usr/lib/postgresql/15/bin";
    private const string Account = "postgres"; // It refuses to run as root; Debian's package makes this account.

    private readonly string? _given;
    private readonly Child? _child;
    private readonly int _port;
    private int _databases;

    private PostgresServer(string given) => _given = given;

    private PostgresServer(Child child, int port) => (_child, _port) = (child, port);

    /// <summary>Somebody else's; its database is used as it is.</summary>
    public static PostgresServer At(string connectionString) => new(connectionString);

    public static async Task<PostgresServer> StartAsync(string folder)
    {
        var data = Path.Combine(folder, "data");
        await Child.OutputAsync("chown", [Account, folder]);
        await Child.OutputAsync("chmod", ["a+x", Path.GetDirectoryName(folder)!]);
        await Child.OutputAsync("setpriv", AsAccount(["initdb", "-D", data, "-U", "bench", "-A", "trust", "--encoding=UTF8", "--locale=C"]));
        var port = Child.FreePort();
        var child = Child.Start(
            Path.Combine(folder, "..", "postgres.log"), "setpriv",
            AsAccount(["postgres", "-D", data, "-p", Text(port), "-c", "listen_addresses=127.0.0.1", "-c", $"unix_socket_directories={folder}"]));
        var server = new PostgresServer(child, port);
        await Until.HoldsAsync(server.IsReadyAsync, TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(100), () => $"PostgreSQL did not start:\n{child.LastWords}");
        return server;
    }

    /// <summary>The connection string of an empty database (of the one that was given, where one was).</summary>
    public async Task<string> NewDatabaseAsync()
    {
        if (_given is not null) return _given;
        var name = $"bench{++_databases}";
        await Child.OutputAsync($"{Binaries}/createdb", ["-h", "127.0.0.1", "-p", Text(_port), "-U", "bench", name]);
        return $"Host=127.0.0.1;Port={Text(_port)};Database={name};Username=bench";
    }

    public async ValueTask DisposeAsync()
    {
        if (_child is null) return;
        await _child.StopAsync("INT"); // Its word for "now": it does not wait for those who are connected.
        await _child.DisposeAsync();
    }

    private static string[] AsAccount(string[] command) =>
        [$"--reuid={Account}", $"--regid={Account}", "--clear-groups", $"{Binaries}/{command[0]}", .. command[1..]];

    private async Task<bool> IsReadyAsync()
    {
        if (_child!.HasEnded) throw new BenchmarkException($"PostgreSQL ended instead of starting:\n{_child.LastWords}");
        try
        {
            await Child.OutputAsync($"{Binaries}/pg_isready", ["-q", "-h", "127.0.0.1", "-p", Text(_port)]);
            return true;
        }
        catch (BenchmarkException)
        {
            return false;
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
