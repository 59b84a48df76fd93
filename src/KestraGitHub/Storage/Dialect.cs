using System.Data.Common;

namespace KestraGitHub.Storage;

/// <summary>All in which one database differs from another. Everything else is SQL that both take.</summary>
internal abstract class Dialect
{
    /// <summary>How many connections read side by side.</summary>
    public abstract int Readers { get; }

    public abstract DbConnection OpenWriter();

    public abstract DbConnection OpenReader();

    /// <summary>True when the error is the database's state, not the statement's fault.</summary>
    public abstract bool IsUnavailable(DbException error);

    /// <summary>True when a unique index refused a row.</summary>
    public abstract bool IsUniqueViolation(DbException error);

    /// <summary>Keeps a second node from migrating at the same time, for the length of the transaction.</summary>
    public virtual void LockMigrations(DbConnection connection, DbTransaction transaction)
    {
    }

    public Exception Translate(Exception error) => error is DbException db && IsUnavailable(db)
        ? new StorageUnavailableException($"The database is not available: {db.Message}", db)
        : error;
}
