using System.Runtime.CompilerServices;
using Dapper;
using KestraGitHub.StandIns.Postgres;
using KestraGitHub.Storage;
using Npgsql;

namespace KestraGitHub.Tests.Storage;

/// <summary>One PostgreSQL server for all tests that need one.</summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    private readonly ConditionalWeakTable<object, string> _schemas = [];

    public PostgresServer Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await PostgresServer.StartAsync();

    public async Task DisposeAsync() => await Server.DisposeAsync();

    /// <summary>A schema of the test's own, the same at each call.</summary>
    internal Dialect DialectOf(StorageTest test) => new PostgresDialect(SchemaOf(test), test.Time);

    internal string SchemaOf(object test) => _schemas.GetValue(test, _ => MakeSchema());

    private string MakeSchema()
    {
        var name = $"s{Guid.NewGuid():N}";
        using var connection = new NpgsqlConnection(Server.ConnectionString);
        connection.Execute($"CREATE SCHEMA {name}");
        return $"{Server.ConnectionString};Search Path={name}";
    }
}

[CollectionDefinition(Name)]
public sealed class PostgresGroup : ICollectionFixture<PostgresFixture>
{
    public const string Name = "PostgreSQL";
}
