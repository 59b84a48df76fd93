using System.Data.Common;
using Dapper;

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

    /// <summary>True where an UPDATE writes each index anew that holds a column which it names, changed or not: what seldom changes is better apart then.</summary>
    public virtual bool IndexesByName => false;

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
    public async Task<DateTimeOffset> NowAsync(DbConnection connection, TimeProvider time) =>
        NowSql is { } sql ? StoredText.Time(await connection.ExecuteScalarAsync<long>(sql)) : time.GetUtcNow();

    /// <summary>A SELECT of the database's clock, in milliseconds since 1970; null where the server's own clock is the one that counts.</summary>
    public virtual string? NowSql => null;

    /// <summary>Ends a SELECT so that nobody else changes the rows of <paramref name="alias"/> until the transaction ends.</summary>
    public virtual string RowLock(string alias) => "";

    /// <summary>A table whose rows are the elements of a JSON array, as its column <c>value</c>.</summary>
    public abstract string Elements(string array);

    /// <summary>A SELECT of no use but that nobody else takes in runs of the syncs in the parameter <c>@Names</c> until the transaction ends; null where there is nobody else.</summary>
    public virtual string? LockSyncs => null;

    /// <summary>Carries out <paramref name="statements"/>, none of which is without rows, in their order, in as few round trips as the database allows.</summary>
    public abstract void Execute(DbConnection connection, DbTransaction transaction, IEnumerable<RowStatement> statements);

    /// <summary>Asks what is asked at every turn: one text for good, however many SELECTs it holds.</summary>
    /// <param name="parameters">By their names, without the at sign.</param>
    public abstract DbDataReader Ask(DbConnection connection, DbTransaction transaction, string sql, IReadOnlyList<(string Name, object Value)> parameters);

    /// <summary>True when nothing of the transaction is left, whatever its savepoints were.</summary>
    public bool LosesTransaction(Exception error) => IsConnectionLost(error) || IsConflict(error);

    /// <summary>True when it is the database's state or the transaction's fate, and not what the statement says.</summary>
    public bool IsToBlame(Exception error) => LosesTransaction(error) || (error is DbException db && IsUnavailable(db));

    public Exception Translate(Exception error) => error is DbException db && IsUnavailable(db)
        ? new StorageUnavailableException($"The database is not available: {db.Message}", db)
        : error;
}
