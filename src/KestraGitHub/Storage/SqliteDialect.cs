using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;

namespace KestraGitHub.Storage;

/// <summary>SQLite in one file: one writer, readers beside it (WAL), a commit is on the disk before it is answered.</summary>
internal sealed class SqliteDialect(string file, TimeSpan? busyTimeout = null) : Dialect
{
    private readonly TimeSpan _busy = busyTimeout ?? TimeSpan.FromSeconds(5);

    public override int Readers { get; } = Math.Clamp(Environment.ProcessorCount * 2, 4, 16);

    public override bool IndexesByName => true;

    public override DbConnection OpenWriter()
    {
        CreatePrivately();
        // NORMAL could lose the last commits with the power, and GitHub would not send those deliveries again.
        // A page that changes with every commit is copied into the file once for each 32 MiB of log, not for each 4.
        return Open(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 8000; "
            + "PRAGMA journal_size_limit = 67108864;");
    }

    public override ValueTask<DbConnection> OpenReaderAsync(CancellationToken ct) => ValueTask.FromResult<DbConnection>(Open("PRAGMA query_only = ON;"));

    public override bool HasTable(DbConnection connection, string table) =>
        connection.ExecuteScalar<long>("SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = @Table", new { Table = table }) > 0;

    public override string Elements(string array) => $"json_each({array})";

    public override bool IsUnavailable(DbException error) => error is SqliteException
    {
        SqliteErrorCode:
            3 /* PERM */ or 5 /* BUSY */ or 6 /* LOCKED */ or 7 /* NOMEM */ or 8 /* READONLY */ or 9 /* INTERRUPT */ or 10 /* IOERR */
            or 11 /* CORRUPT */ or 13 /* FULL */ or 14 /* CANTOPEN */ or 15 /* PROTOCOL */ or 26 /* NOTADB */,
    };

    public override bool IsUniqueViolation(DbException error) =>
        error is SqliteException { SqliteExtendedErrorCode: 2067 /* UNIQUE */ or 1555 /* PRIMARYKEY */ };

    public override void Execute(DbConnection connection, DbTransaction transaction, IEnumerable<RowStatement> statements)
    {
        foreach (var (sql, rows) in statements) SqliteRows.Of(connection).Execute(RowSql.Of(sql, rows.First()), rows);
    }

    public override DbDataReader Ask(DbConnection connection, DbTransaction transaction, string sql, IReadOnlyList<(string Name, object Value)> parameters)
    {
        var command = SqliteCommands.Of(connection).Get(sql, transaction, () => parameters.Select(p => "@" + p.Name));
        for (var i = 0; i < parameters.Count; i++) command.Parameters[i].Value = parameters[i].Value;
        return command.ExecuteReader();
    }

    private SqliteConnection Open(string pragmas)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = file,
            Pooling = false,
            DefaultTimeout = (int)Math.Ceiling(_busy.TotalSeconds),
        }.ToString());
        try
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = string.Create(null, $"PRAGMA busy_timeout = {(long)_busy.TotalMilliseconds}; PRAGMA cache_size = -16384; ") + pragmas;
            command.ExecuteNonQuery();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    // SQLite gives its journal files the mode of the database file, and would make that one readable to all.
    private void CreatePrivately()
    {
        if (File.Exists(file)) return;
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var created = new FileStream(file, options);
    }
}
