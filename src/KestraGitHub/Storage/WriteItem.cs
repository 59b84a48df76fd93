using System.Data.Common;

namespace KestraGitHub.Storage;

/// <summary>One piece of work on its way through the queue.</summary>
internal abstract class WriteItem
{
    private const string Savepoint = "item";

    /// <summary>True for the one who may decide: the writer that starts it, or the caller who gives up before.</summary>
    public abstract bool TryTake();

    /// <summary>True when others of its kind join it.</summary>
    public virtual bool IsBatch => false;

    /// <summary>Takes <paramref name="next"/> in, to be done in one with this. False when the two are of different kinds.</summary>
    public virtual bool TryJoin(WriteItem next) => false;

    /// <summary>Does the work inside a savepoint. Throws only when the whole transaction is lost.</summary>
    public void Execute(DbConnection connection, DbTransaction transaction, Dialect dialect)
    {
        transaction.Save(Savepoint);
        try
        {
            Work(connection, transaction);
        }
        catch (Exception error) when (!dialect.LosesTransaction(error))
        {
            // A full disk takes the transaction with it; then there is no savepoint left, and this throws for the whole group.
            transaction.Rollback(Savepoint);
            if (Parts() is { } parts)
                foreach (var part in parts) part.Execute(connection, transaction, dialect);
            else
                Keep(error);
        }

        transaction.Release(Savepoint);
    }

    /// <summary>Does the work in a transaction that holds nothing else: a savepoint would only cost its way there and back.</summary>
    public void ExecuteAlone(DbConnection connection, DbTransaction transaction) => Work(connection, transaction);

    /// <summary>Tells the caller what it failed with.</summary>
    public void Settle(Exception error, Dialect dialect)
    {
        Keep(error);
        Complete(dialect);
    }

    /// <summary>For a caller who gives up: nothing is done if nothing was started.</summary>
    public abstract void GiveUp(CancellationToken ct);

    public abstract void Complete(Dialect dialect);

    public abstract void Fail(Exception error);

    /// <summary>What this was joined from, so that one bad part spoils no other; null when it is one.</summary>
    public virtual IEnumerable<WriteItem>? Parts() => null;

    protected abstract void Work(DbConnection connection, DbTransaction transaction);

    /// <summary>Remembers what to tell the caller.</summary>
    protected abstract void Keep(Exception error);
}

/// <summary>A write of one caller.</summary>
internal sealed class WriteItem<T>(Func<DbConnection, DbTransaction, Task<T>> write) : WriteItem
{
    private readonly WriteCall<T> _call = new();

    public Task<T> Done => _call.Done;

    public override bool TryTake() => _call.TryTake();

    public override void GiveUp(CancellationToken ct) => _call.GiveUp(ct);

    public override void Complete(Dialect dialect) => _call.Complete(dialect);

    public override void Fail(Exception error) => _call.Fail(error);

    // The writer has a thread of its own, so waiting here holds up nobody but the next write, which must wait anyway.
    protected override void Work(DbConnection connection, DbTransaction transaction) => _call.Result(write(connection, transaction).GetAwaiter().GetResult());

    protected override void Keep(Exception error) => _call.Error(error);
}
