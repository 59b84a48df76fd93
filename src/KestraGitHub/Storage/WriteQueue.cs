using System.Data;
using System.Data.Common;
using System.Diagnostics;
using System.Threading.Channels;

namespace KestraGitHub.Storage;

/// <summary>
/// All writing goes through here. What arrives while a commit reaches the disk shares the next one, so that the price of a durable write falls as
/// the load rises.
/// </summary>
internal sealed class WriteQueue(Dialect dialect, StorageMetrics metrics)
{
    private static readonly ActivitySource Traces = new("KestraGitHub.Storage");

    private const int Capacity = 1024;
    private const int GroupLimit = 128;
    private const int Attempts = 3;

    private readonly Channel<WriteItem> _items =
        Channel.CreateBounded<WriteItem>(new BoundedChannelOptions(Capacity) { SingleReader = dialect.Writers == 1 });

    private readonly List<Task> _writers = [];
    private readonly Lock _turn = new();

    public int Depth => _items.Reader.Count;

    public int LastGroup { get; private set; }

    /// <param name="first">An open connection for the first writer; the others open theirs when they need them.</param>
    public void Start(DbConnection first)
    {
        for (var i = 0; i < dialect.Writers; i++) _writers.Add(StartWriter(i == 0 ? first : null));
    }

    public Task<T> RunAsync<T>(Func<DbConnection, DbTransaction, Task<T>> write, CancellationToken ct)
    {
        var item = new WriteItem<T>(write);
        return RunAsync(item, item.Done, ct);
    }

    public Task<TOut> RunAsync<TIn, TOut>(BatchWork<TIn, TOut> work, TIn wish, CancellationToken ct)
    {
        var call = new WriteCall<TOut>();
        return RunAsync(new BatchItem<TIn, TOut>(work, [(wish, call)]), call.Done, ct);
    }

    /// <summary>Takes nothing more, and returns when what was taken is written.</summary>
    public Task CloseAsync()
    {
        _items.Writer.TryComplete();
        return Task.WhenAll(_writers);
    }

    private async Task<T> RunAsync<T>(WriteItem item, Task<T> done, CancellationToken ct)
    {
        try
        {
            await _items.Writer.WriteAsync(item, ct);
        }
        catch (ChannelClosedException e)
        {
            throw new StorageUnavailableException("The database is closed.", e);
        }

        await using var giveUp = ct.UnsafeRegister(static (state, token) => ((WriteItem)state!).GiveUp(token), item);
        return await done;
    }

    private Task StartWriter(DbConnection? connection)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => Loop(connection, ended)) { IsBackground = true, Name = "storage-writer" }.Start();
        return ended.Task;
    }

    private void Loop(DbConnection? connection, TaskCompletionSource ended)
    {
        var group = new List<WriteItem>(GroupLimit);
        while (_items.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            _turn.Enter();
            try
            {
                var taken = Collect(group);

                // What arrives while a batch is on its way is the next batch: two at once would each be half, and of one sync wait for each other.
                if (!group.Exists(static item => item.IsBatch)) _turn.Exit();
                if (taken > 0) Write(ref connection, group, taken);
            }
            finally
            {
                if (_turn.IsHeldByCurrentThread) _turn.Exit();
            }
        }

        Drop(ref connection);
        ended.SetResult();
    }

    private int Collect(List<WriteItem> group)
    {
        group.Clear();
        var taken = 0;
        while (taken < GroupLimit && (taken == 0 || !GoesApart(group[0])) && _items.Reader.TryRead(out var item))
        {
            if (!item.TryTake()) continue;
            taken++;
            if (!group.Exists(earlier => earlier.TryJoin(item))) group.Add(item);
        }

        return taken;
    }

    // Where there is another writer, a batch must not wait in one transaction with something large.
    private bool GoesApart(WriteItem first) => dialect.Writers > 1 && _items.Reader.TryPeek(out var next) && next.IsBatch != first.IsBatch;

    private void Write(ref DbConnection? connection, List<WriteItem> group, int taken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var committing = false;
            try
            {
                var started = Stopwatch.GetTimestamp();
                // One that broke says so only by its state, and by an error that is nobody's fault here.
                if (connection is { State: not ConnectionState.Open }) Drop(ref connection);
                connection ??= dialect.OpenWriter();
                using var transaction = connection.BeginTransaction();
                if (group is [var only]) only.ExecuteAlone(connection, transaction);
                else foreach (var item in group) item.Execute(connection, transaction, dialect);
                committing = true;
                using (Traces.StartActivity("commit")) transaction.Commit();
                LastGroup = taken;
                metrics.Committed(taken, Stopwatch.GetElapsedTime(started));
                foreach (var item in group) item.Complete(dialect);
                return;
            }
            catch (Exception error) when (!committing && group.Count == 1 && connection is { State: ConnectionState.Open } && !dialect.IsToBlame(error))
            {
                // Its own fault. The transaction is rolled back; what it was joined from has another try, each with a savepoint of its own.
                if (group[0].Parts() is { } parts) Write(ref connection, [.. parts], taken);
                else group[0].Settle(error, dialect);
                return;
            }
            catch (Exception error)
            {
                // After a failed commit nobody knows what the connection still holds; the next group starts with a new one.
                Drop(ref connection);
                // Of what was not committed nothing is left, so it may be done again: on a new connection, or after whoever stood in the way.
                if (!committing && attempt < Attempts && dialect.LosesTransaction(error))
                {
                    if (!dialect.IsConflict(error) || group.Count == 1) continue;

                    // One at a time they hold no more than they need, and two groups cannot wait for each other.
                    foreach (var item in group) Write(ref connection, [item], 1);
                    return;
                }

                foreach (var item in group) item.Fail(new StorageUnavailableException($"The database did not take the write: {error.Message}", error));
                return;
            }
        }
    }

    private static void Drop(ref DbConnection? connection)
    {
        try
        {
            connection?.Dispose();
        }
        catch (DbException)
        {
        }

        connection = null;
    }
}
