using System.Data.Common;
using System.Diagnostics;
using System.Threading.Channels;

namespace KestraGitHub.Storage;

/// <summary>
/// The only writer. What arrives while one commit reaches the disk shares the next one, so that the price of a durable write falls as the load rises.
/// </summary>
internal sealed class WriteQueue(Dialect dialect, StorageMetrics metrics)
{
    private const int Capacity = 1024;
    private const int GroupLimit = 128;

    private readonly Channel<WriteItem> _items = Channel.CreateBounded<WriteItem>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DbConnection? _connection;

    public int Depth => _items.Reader.Count;

    public int LastGroup { get; private set; }

    public void Start(DbConnection connection)
    {
        _connection = connection;
        new Thread(Loop) { IsBackground = true, Name = "storage-writer" }.Start();
    }

    public async Task<T> RunAsync<T>(Func<DbConnection, DbTransaction, Task<T>> write, CancellationToken ct)
    {
        var item = new WriteItem<T>(write);
        try
        {
            await _items.Writer.WriteAsync(item, ct);
        }
        catch (ChannelClosedException e)
        {
            throw new StorageUnavailableException("The database is closed.", e);
        }

        await using var giveUp = ct.UnsafeRegister(
            static (state, token) =>
            {
                var waiting = (WriteItem<T>)state!;
                if (waiting.TryTake()) waiting.Cancel(token);
            },
            item);
        return await item.Done;
    }

    /// <summary>Takes nothing more, and returns when what was taken is written.</summary>
    public async Task CloseAsync(bool started)
    {
        _items.Writer.TryComplete();
        if (started) await _ended.Task;
    }

    private void Loop()
    {
        var group = new List<WriteItem>(GroupLimit);
        while (_items.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            group.Clear();
            while (group.Count < GroupLimit && _items.Reader.TryRead(out var item))
                if (item.TryTake())
                    group.Add(item);
            if (group.Count > 0) Commit(group);
        }

        DropConnection();
        _ended.SetResult();
    }

    private void Commit(List<WriteItem> group)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            _connection ??= dialect.OpenWriter();
            using var transaction = _connection.BeginTransaction();
            foreach (var item in group) item.Execute(_connection, transaction);
            transaction.Commit();
        }
        catch (Exception error)
        {
            DropConnection();
            foreach (var item in group) item.Fail(new StorageUnavailableException($"The database did not take the write: {error.Message}", error));
            return;
        }

        LastGroup = group.Count;
        metrics.Committed(group.Count, Stopwatch.GetElapsedTime(started));
        foreach (var item in group) item.Complete(dialect);
    }

    // After a failed commit nobody knows what the connection still holds; the next group starts with a new one.
    private void DropConnection()
    {
        try
        {
            _connection?.Dispose();
        }
        catch (DbException)
        {
        }

        _connection = null;
    }
}
