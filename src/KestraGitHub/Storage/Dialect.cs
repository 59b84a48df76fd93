using System.Data.Common;
using Dapper;
using KestraGitHub.Definitions;

namespace KestraGitHub.Storage;

/// <summary>All in which one database differs from another. Everything else is SQL that both take.</summary>
internal abstract class Dialect
{
    /// <summary>How many connections read side by side.</summary>
    public abstract int Readers { get; }

    /// <summary>How many connections write side by side.</summary>
    public virtual int Writers => 1;

    /// <summary>True when other servers may work on the same database.</summary>
    public virtual bool Shared => false;

    /// <summary>What went wrong when it could not be opened, in one line, and what a person can do about it.</summary>
    public virtual string Explain(DbException error) => error.Message;

    /// <summary>True when waiting may be all that it takes to open it: a server that starts, or moves.</summary>
    public virtual bool MayComeUp(DbException error) => false;

    public abstract DbConnection OpenWriter();

    public abstract ValueTask<DbConnection> OpenReaderAsync(CancellationToken ct);

    /// <summary>True when the error is the database's state, not the statement's fault.</summary>
    public abstract bool IsUnavailable(DbException error);

    /// <summary>True when a unique index refused a row.</summary>
    public abstract bool IsUniqueViolation(DbException error);

    /// <summary>True when the connection is gone, and with it whatever its transaction had not committed.</summary>
    public virtual bool IsConnectionLost(Exception error) => false;

    /// <summary>True when the database sacrificed this transaction to another one: nothing of it is stored, and it may be tried again.</summary>
    public virtual bool IsConflict(Exception error) => false;

    /// <summary>Keeps a second server from migrating this database until the result is disposed.</summary>
    /// <exception cref="StorageRefusedException">This program cannot work with this server.</exception>
    public virtual IDisposable? LockMigrations(DbConnection connection) => null;

    public abstract bool HasTable(DbConnection connection, string table);

    /// <summary>
    /// The clock that runs and leases go by. Where several servers share the database it must be the database's: by their own clocks, two of them
    /// could each believe to hold one lease.
    /// </summary>
    public virtual Task<DateTimeOffset> NowAsync(DbConnection connection, TimeProvider time) => Task.FromResult(time.GetUtcNow());

    /// <summary>Ends a SELECT so that nobody else changes the rows of <paramref name="alias"/> until the transaction ends.</summary>
    public virtual string RowLock(string alias) => "";

    /// <summary>A table whose rows are the elements of a JSON array, as its column <c>value</c>.</summary>
    public abstract string Elements(string array);

    /// <summary>Lets nobody else take in runs of these syncs until the transaction ends.</summary>
    public virtual Task LockSyncsAsync(DbConnection connection, DbTransaction transaction, IEnumerable<SyncKey> syncs) => Task.CompletedTask;

    /// <summary>Carries out one statement for each of <paramref name="rows"/>, in as few round trips as the database allows.</summary>
    public virtual Task ExecuteManyAsync<T>(DbConnection connection, DbTransaction transaction, string sql, IReadOnlyCollection<T> rows) =>
        connection.ExecuteAsync(sql, rows, transaction);

    /// <summary>True when nothing of the transaction is left, whatever its savepoints were.</summary>
    public bool LosesTransaction(Exception error) => IsConnectionLost(error) || IsConflict(error);

    public Exception Translate(Exception error) => error is DbException db && IsUnavailable(db)
        ? new StorageUnavailableException($"The database is not available: {db.Message}", db)
        : error;
}
