using System.Diagnostics.CodeAnalysis;
using Dapper;
using KestraGitHub.StandIns.Postgres;
using Npgsql;

namespace KestraGitHub.IntegrationTests.Endurance;

/// <summary>One PostgreSQL server for all tests of this group, started by the first that needs it.</summary>
[SuppressMessage("Performance", "CA1812", Justification = "xunit makes it.")]
public sealed class DatabaseServer : IAsyncLifetime
{
    private readonly Lazy<Task<PostgresServer>> _server = new(() => PostgresServer.StartAsync(connections: 90));

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_server.IsValueCreated) await (await _server.Value).DisposeAsync();
    }

    public Task<PostgresServer> StartAsync() => _server.Value;

    /// <summary>The setting that gives the service a schema of its own there, and a user of that name who may do nothing elsewhere.</summary>
    public async Task<(string Key, string Value)> SchemaAsync()
    {
        var server = await StartAsync();
        var name = $"s{Guid.NewGuid():N}";
        await ExecuteAsync($"CREATE ROLE {name} LOGIN PASSWORD '{PostgresServer.Password}'; CREATE SCHEMA {name} AUTHORIZATION {name}");
        return ("Storage__ConnectionString", new NpgsqlConnectionStringBuilder(server.ConnectionString) { Username = name, SearchPath = name }.ConnectionString);
    }

    /// <summary>Takes away every connection that the user of this setting has, and lets it have none.</summary>
    public async Task ShutOutAsync(string connectionString)
    {
        var user = new NpgsqlConnectionStringBuilder(connectionString).Username;
        await ExecuteAsync($"ALTER ROLE {user} CONNECTION LIMIT 0; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{user}'");
    }

    public Task LetInAsync(string connectionString) =>
        ExecuteAsync($"ALTER ROLE {new NpgsqlConnectionStringBuilder(connectionString).Username} CONNECTION LIMIT -1");

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection((await StartAsync()).ConnectionString + ";Pooling=false");
        await connection.ExecuteAsync(sql);
    }
}
