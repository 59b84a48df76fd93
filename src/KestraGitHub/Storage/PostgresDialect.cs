using System.Data.Common;
using System.Net.Sockets;
using Dapper;
using Npgsql;

namespace KestraGitHub.Storage;

/// <summary>PostgreSQL: one database for many servers. A commit is durable as far as the server's <c>synchronous_commit</c> says so.</summary>
internal sealed class PostgresDialect : Dialect, IAsyncDisposable, IDisposable
{
    /// <summary>Older ones are not tested, and are no longer mended by their makers.</summary>
    private const int OldestMajor = 15;

    // Any number will do, as long as no other program on the same database takes it.
    private const long MigrationLock = 0x6B65737472616768;

    // Whatever is written is found by a key. A plan that is kept from when a table was empty would read the whole of it, every time, until the server
    // counts its rows. Where there is no other way than that it is still taken, but looks so costly that the server would compile it: hence the last.
    private const string ByKey = "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off";

    private readonly TimeProvider? _clock;
    private readonly Lazy<string> _writer;
    private readonly Lazy<NpgsqlDataSource> _readers;

    /// <param name="connectionString">As in <c>Storage:ConnectionString</c>; what is wrong with it is said when the configuration is checked, not here.</param>
    /// <param name="clock">Instead of the server's, where time must stand still.</param>
    public PostgresDialect(string connectionString, TimeProvider? clock = null)
    {
        _clock = clock;
        NpgsqlConnectionStringBuilder Settings()
        {
            var settings = PostgresAddress.Parse(connectionString);
            settings.Pooling = false;
            return settings;
        }

        _writer = new(() =>
        {
            // Readers stay without: a plan that is kept fails once where a newer version adds a column, and only a write is simply done again.
            var settings = Settings();
            if (!settings.ShouldSerialize("Max Auto Prepare")) settings.MaxAutoPrepare = 64;
            settings.Options = $"{settings.Options} {ByKey}".Trim();
            return settings.ConnectionString;
        });
        _readers = new(() =>
        {
            // A reader that writes is a mistake, here as on SQLite.
            var settings = Settings();
            settings.Options = $"{settings.Options} -c default_transaction_read_only=on".Trim();
            return NpgsqlDataSource.Create(settings);
        });
    }

    public override int Readers => 8;

    // One may hold up for a moment what is large (an inventory of 10,000 objects); deliveries go past it on the other.
    public override int Writers => 2;

    public override bool Shared => true;

    public override string Explain(DbException error) => PostgresStates.Explain(error, new NpgsqlConnectionStringBuilder(_writer.Value).Host!);

    // A server that has read the login and refused it will not think better of it.
    public override bool MayComeUp(DbException error) => error is not PostgresException { SqlState: var state } || PostgresStates.MayPass(state);

    public override DbConnection OpenWriter()
    {
        var connection = new NpgsqlConnection(_writer.Value);
        try
        {
            connection.Open();
            return connection;
        }
        catch (SocketException e)
        {
            throw NotFound(e);
        }
    }

    public override async ValueTask<DbConnection> OpenReaderAsync(CancellationToken ct)
    {
        try
        {
            return await _readers.Value.OpenConnectionAsync(ct);
        }
        catch (SocketException e)
        {
            throw NotFound(e);
        }
    }

    public override bool IsUnavailable(DbException error) => error switch
    {
        PostgresException { SqlState: var state } => PostgresStates.IsUnavailable(state),
        NpgsqlException => true,
        _ => false,
    };

    public override bool IsUniqueViolation(DbException error) => error is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation };

    public override bool IsConflict(Exception error) =>
        error is PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure };

    // What the server itself says ends a connection only when the server goes down; everything else that is thrown came from the wire.
    // A plan that was kept from before a newer version added a column is given up with its connection.
    public override bool IsConnectionLost(Exception error) => error switch
    {
        PostgresException { SqlState: PostgresErrorCodes.FeatureNotSupported } => true,
        PostgresException { SqlState: var state } => PostgresStates.EndsConnection(state),
        NpgsqlException => true,
        _ => false,
    };

    public override IDisposable LockMigrations(DbConnection connection)
    {
        var version = ((NpgsqlConnection)connection).PostgreSqlVersion;
        if (version.Major < OldestMajor)
            throw new StorageRefusedException($"The PostgreSQL server is version {version}; this program needs {OldestMajor} or newer. Upgrade the server.");
        connection.Execute("SELECT pg_advisory_lock(@Key)", new { Key = MigrationLock });
        return new MigrationsLocked(connection);
    }

    public override bool HasTable(DbConnection connection, string table) =>
        connection.ExecuteScalar<bool>("SELECT to_regclass(@Table) IS NOT NULL", new { Table = table });

    public override string NowSql => _clock is null
        ? "SELECT CAST(FLOOR(EXTRACT(EPOCH FROM clock_timestamp()) * 1000) AS BIGINT)"
        : FormattableString.Invariant($"SELECT CAST({_clock.GetUtcNow().ToUnixTimeMilliseconds()} AS BIGINT)");

    public override string RowLock(string alias) => $" FOR UPDATE OF {alias}";

    public override string Elements(string array) => $"jsonb_array_elements(CAST({array} AS jsonb))";

    // In one order for everybody: two transactions that want the same two cannot each hold one of them.
    public override string LockSyncs =>
        "SELECT pg_advisory_xact_lock(k) FROM (SELECT DISTINCT hashtextextended(n, 0) AS k FROM unnest(@Names) AS n ORDER BY k) AS keys";

    /// <summary>All in one round trip.</summary>
    public override void Execute(DbConnection connection, DbTransaction transaction, IEnumerable<RowStatement> statements)
    {
        using var batch = new NpgsqlBatch((NpgsqlConnection)connection, (NpgsqlTransaction)transaction);
        foreach (var (sql, rows) in statements) PostgresBatch.Add(batch, sql, rows);
        if (batch.BatchCommands.Count > 0) batch.ExecuteNonQuery();
    }

    public override DbDataReader Ask(DbConnection connection, DbTransaction transaction, string sql, IReadOnlyList<(string Name, object Value)> parameters)
    {
        using var command = new NpgsqlCommand(sql, (NpgsqlConnection)connection, (NpgsqlTransaction)transaction);
        foreach (var (name, value) in parameters) command.Parameters.AddWithValue(name, value);
        return command.ExecuteReader();
    }

    public void Dispose()
    {
        if (_readers.IsValueCreated) _readers.Value.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        if (_readers.IsValueCreated) await _readers.Value.DisposeAsync();
    }

    private static NpgsqlException NotFound(SocketException error) => new(error.Message, error);

    /// <summary>The session's lock; a connection that breaks gives it back by itself.</summary>
    private sealed class MigrationsLocked(DbConnection connection) : IDisposable
    {
        public void Dispose()
        {
            if (connection.State == System.Data.ConnectionState.Open) connection.Execute("SELECT pg_advisory_unlock(@Key)", new { Key = MigrationLock });
        }
    }
}
