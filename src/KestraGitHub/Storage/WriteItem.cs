using System.Data.Common;

namespace KestraGitHub.Storage;

/// <summary>One caller's write on its way through the queue.</summary>
internal abstract class WriteItem
{
    private const string Savepoint = "item";
    private int _taken;

    /// <summary>True for the one who may decide: the writer that starts it, or the caller who gives up before.</summary>
    public bool TryTake() => Interlocked.Exchange(ref _taken, 1) == 0;

    /// <summary>Does the work inside a savepoint. Throws only when the whole transaction is lost.</summary>
    public void Execute(DbConnection connection, DbTransaction transaction)
    {
        transaction.Save(Savepoint);
        try
        {
            Work(connection, transaction);
        }
        catch (Exception error)
        {
            Keep(error);
            // A full disk takes the transaction with it; then there is no savepoint left, and this throws for the whole group.
            transaction.Rollback(Savepoint);
        }

        transaction.Release(Savepoint);
    }

    public abstract void Cancel(CancellationToken ct);

    public abstract void Complete(Dialect dialect);

    public abstract void Fail(Exception error);

    protected abstract void Work(DbConnection connection, DbTransaction transaction);

    protected abstract void Keep(Exception error);
}

internal sealed class WriteItem<T>(Func<DbConnection, DbTransaction, Task<T>> write) : WriteItem
{
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;
    private Exception? _error;

    public Task<T> Done => _done.Task;

    public override void Cancel(CancellationToken ct) => _done.TrySetCanceled(ct);

    public override void Complete(Dialect dialect)
    {
        if (_error is null) _done.TrySetResult(_result!);
        else _done.TrySetException(dialect.Translate(_error));
    }

    public override void Fail(Exception error) => _done.TrySetException(error);

    // The writer has a thread of its own, so waiting here holds up nobody but the next write, which must wait anyway.
    protected override void Work(DbConnection connection, DbTransaction transaction) => _result = write(connection, transaction).GetAwaiter().GetResult();

    protected override void Keep(Exception error) => _error = error;
}
