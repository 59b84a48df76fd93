using System.Globalization;
using KestraGitHub.StandIns.Postgres;
using Npgsql;

namespace KestraGitHub.Benchmarks.Ack;

/// <summary>Databases for the turns on PostgreSQL: an empty one each on a server of the benchmark's own, or again and again the one that was given.</summary>
internal sealed class PostgresDatabases : IAsyncDisposable
{
    private readonly PostgresServer? _server;
    private readonly string _address;
    private int _made;
    private int _disposed;

    private PostgresDatabases(string address, PostgresServer? server) => (_address, _server) = (address, server);

    public static PostgresDatabases At(string connectionString) => new(connectionString, null);

    public static async Task<PostgresDatabases> StartAsync()
    {
        var server = await PostgresServer.StartAsync(durable: true);
        var databases = new PostgresDatabases(server.ConnectionString, server);
        // A server belongs to nobody's process tree: a benchmark that is broken off must end it by itself.
        AppDomain.CurrentDomain.ProcessExit += (_, _) => databases.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return databases;
    }

    /// <summary>The connection string of the next turn's database.</summary>
    public async Task<string> NextAsync()
    {
        if (_server is null) return _address;
        var name = string.Create(CultureInfo.InvariantCulture, $"bench{++_made}");
        await using var source = NpgsqlDataSource.Create(_address);
        await using var command = source.CreateCommand($"CREATE DATABASE {name}");
        await command.ExecuteNonQueryAsync();
        return new NpgsqlConnectionStringBuilder(_address) { Database = name }.ConnectionString;
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null && Interlocked.Exchange(ref _disposed, 1) == 0) await _server.DisposeAsync();
    }
}
