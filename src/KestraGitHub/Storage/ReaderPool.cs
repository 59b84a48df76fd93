using System.Collections.Concurrent;
using System.Data.Common;

namespace KestraGitHub.Storage;

/// <summary>A few open connections that only read, handed out one caller at a time.</summary>
internal sealed class ReaderPool(Dialect dialect) : IDisposable
{
    private readonly SemaphoreSlim _free = new(dialect.Readers);
    private readonly ConcurrentStack<DbConnection> _idle = new();
    private volatile bool _closed;

    public async Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> read, CancellationToken ct)
    {
        await _free.WaitAsync(ct);
        DbConnection? connection = null;
        try
        {
            if (_closed) throw new StorageUnavailableException("The database is closed.");
            if (!_idle.TryPop(out connection)) connection = dialect.OpenReader();
            var result = await read(connection);
            if (!_closed)
            {
                _idle.Push(connection);
                connection = null;
            }

            return result;
        }
        catch (DbException error) when (dialect.IsUnavailable(error))
        {
            throw dialect.Translate(error);
        }
        finally
        {
            connection?.Dispose();
            _free.Release();
        }
    }

    public void Dispose()
    {
        _closed = true;
        while (_idle.TryPop(out var connection)) connection.Dispose();
    }
}
