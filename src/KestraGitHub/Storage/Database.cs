using System.Data.Common;

namespace KestraGitHub.Storage;

/// <summary>The service's database. Reads run side by side; writes are grouped into few commits and are durable when the call returns.</summary>
internal sealed class Database : IAsyncDisposable
{
    public Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> read, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Runs <paramref name="write"/> in a transaction that others may share; if it throws, only its own work is undone.</summary>
    public Task<T> WriteAsync<T>(Func<DbConnection, DbTransaction, Task<T>> write, CancellationToken ct) => throw new NotImplementedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
