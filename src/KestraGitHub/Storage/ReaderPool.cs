using System.Collections.Concurrent;
using System.Data;
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
        try
        {
            if (_closed) throw new StorageUnavailableException("The database is closed.");
            if (TryKept() is { } kept)
            {
                try
                {
                    return await ReadAsync(kept, read);
                }
                catch (Exception error) when (dialect.IsConnectionLost(error))
                {
                    // It broke while it lay idle (a server that was restarted breaks all of them): a new one tells whether the server is there.
                    Clear();
                }
            }

            return await ReadAsync(await dialect.OpenReaderAsync(ct), read);
        }
        catch (DbException error) when (dialect.IsUnavailable(error))
        {
            throw dialect.Translate(error);
        }
        finally
        {
            _free.Release();
        }
    }

    public void Dispose()
    {
        _closed = true;
        Clear();
    }

    private DbConnection? TryKept()
    {
        while (_idle.TryPop(out var kept))
        {
            if (kept.State == ConnectionState.Open) return kept;
            kept.Dispose();
        }

        return null;
    }

    private async Task<T> ReadAsync<T>(DbConnection connection, Func<DbConnection, Task<T>> read)
    {
        var whole = false;
        try
        {
            var result = await read(connection);
            whole = true;
            return result;
        }
        finally
        {
            if (whole && !_closed) _idle.Push(connection);
            else await connection.DisposeAsync();
        }
    }

    private void Clear()
    {
        while (_idle.TryPop(out var connection)) connection.Dispose();
    }
}
