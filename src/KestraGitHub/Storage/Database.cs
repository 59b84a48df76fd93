using System.Data;
using System.Data.Common;
using Dapper;

namespace KestraGitHub.Storage;

/// <summary>The service's database. Reads run side by side; writes are grouped into few commits and are durable when the call returns.</summary>
internal sealed class Database : IAsyncDisposable, IDisposable
{
    private readonly Dialect _dialect;
    private readonly TimeProvider _time;
    private readonly StorageMetrics _metrics;
    private readonly WriteQueue _writes;
    private readonly ReaderPool _readers;
    private readonly SemaphoreSlim _starting = new(1);
    private volatile bool _started;
    private int _disposed;

    static Database()
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        SqlMapper.RemoveTypeMap(typeof(string));
        SqlMapper.AddTypeHandler(new StorableTexts());
    }

    public Database(Dialect dialect, TimeProvider time)
    {
        _dialect = dialect;
        _time = time;
        _metrics = new StorageMetrics(() => _writes?.Depth ?? 0);
        _writes = new WriteQueue(dialect, _metrics);
        _readers = new ReaderPool(dialect);
    }

    public RunIds Ids { get; } = new();

    /// <summary>Writes that shared the last commit.</summary>
    public int LastGroupSize => _writes.LastGroup;

    /// <summary>How many writes may be under way at once.</summary>
    public int Writers => _dialect.Writers;

    /// <summary>Opens the database and brings its schema up to date. Before it, nothing touches the disk; a second call does nothing.</summary>
    /// <exception cref="StorageRefusedException">This program must not work on this database.</exception>
    /// <exception cref="StorageUnavailableException">Its server is not there yet: trying again may be all that it takes.</exception>
    public async Task InitializeAsync(CancellationToken ct)
    {
        await _starting.WaitAsync(ct);
        try
        {
            if (_started) return;
            DbConnection? connection = null;
            try
            {
                connection = _dialect.OpenWriter();
                Migrator.Migrate(connection, _dialect, _time);
            }
            catch (Exception error)
            {
                connection?.Dispose();
                if (error is not DbException fault) throw;
                var message = $"The database cannot be opened: {_dialect.Explain(fault)}";
                throw _dialect.MayComeUp(fault) ? new StorageUnavailableException(message, fault) : new StorageRefusedException(message, fault);
            }

            _writes.Start(connection);
            _started = true;
        }
        finally
        {
            _starting.Release();
        }
    }

    public Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> read, CancellationToken ct)
    {
        EnsureStarted();
        return _readers.ReadAsync(read, ct);
    }

    /// <summary>Runs <paramref name="write"/> in a transaction that others may share; if it throws, only its own work is undone.</summary>
    /// <exception cref="StorageUnavailableException">The database cannot take it now: nothing of it is stored.</exception>
    /// <exception cref="OperationCanceledException">It was given up before it started. Once started, it is carried out.</exception>
    public Task<T> WriteAsync<T>(Func<DbConnection, DbTransaction, Task<T>> write, CancellationToken ct)
    {
        EnsureStarted();
        return _writes.RunAsync(write, ct);
    }

    /// <summary>The same for a wish that is done together with those of the same kind that arrive with it; if one of them throws, each is done by itself.</summary>
    public Task<TOut> WriteAsync<TIn, TOut>(BatchWork<TIn, TOut> work, TIn wish, CancellationToken ct)
    {
        EnsureStarted();
        return _writes.RunAsync(work, wish, ct);
    }

    /// <summary>By the clock that runs and leases go by.</summary>
    public Task<DateTimeOffset> NowAsync(DbConnection connection) => _dialect.NowAsync(connection, _time);

    public string RowLock(string alias) => _dialect.RowLock(alias);

    public string Elements(string array) => _dialect.Elements(array);

    public string? LockSyncs => _dialect.LockSyncs;

    public string? NowSql => _dialect.NowSql;

    /// <summary>Now, by this server's own clock.</summary>
    public DateTimeOffset Now => _time.GetUtcNow();

    public void Execute(DbConnection connection, DbTransaction transaction, params IEnumerable<RowStatement> statements) =>
        _dialect.Execute(connection, transaction, statements.Where(s => s.Rows.Count > 0));

    public DbDataReader Ask(DbConnection connection, DbTransaction transaction, string sql, IReadOnlyList<(string Name, object Value)> parameters) =>
        _dialect.Ask(connection, transaction, sql, parameters);

    /// <summary>True when other servers may work on it.</summary>
    public bool Shared => _dialect.Shared;

    public bool IndexesByName => _dialect.IndexesByName;

    public bool IsUniqueViolation(DbException error) => _dialect.IsUniqueViolation(error);

    /// <summary>What is queued is written; what comes later is refused.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1) return;
        await _writes.CloseAsync();
        _readers.Dispose();
        _metrics.Dispose();
    }

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private void EnsureStarted()
    {
        if (!_started) throw new InvalidOperationException("The database is used before InitializeAsync.");
    }

    /// <summary>The one way of every text into a statement.</summary>
    private sealed class StorableTexts : SqlMapper.TypeHandler<string>
    {
        public override void SetValue(IDbDataParameter parameter, string? value)
        {
            parameter.DbType = DbType.String;
            parameter.Value = value is null ? DBNull.Value : StoredText.Storable(value);
        }

        public override string Parse(object value) => (string)value;
    }
}
