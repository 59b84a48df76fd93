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

    static Database() => DefaultTypeMap.MatchNamesWithUnderscores = true;

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

    /// <summary>Opens the database and brings its schema up to date. Before it, nothing touches the disk; a second call does nothing.</summary>
    /// <exception cref="StorageRefusedException">This program must not work on this database.</exception>
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
                if (error is DbException) throw new StorageRefusedException($"The database cannot be opened: {error.Message}", error);
                throw;
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

    public bool IsUniqueViolation(DbException error) => _dialect.IsUniqueViolation(error);

    /// <summary>What is queued is written; what comes later is refused.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1) return;
        await _writes.CloseAsync(_started);
        _readers.Dispose();
        _metrics.Dispose();
    }

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private void EnsureStarted()
    {
        if (!_started) throw new InvalidOperationException("The database is used before InitializeAsync.");
    }
}
