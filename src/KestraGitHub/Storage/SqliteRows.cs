using System.Data;
using System.Data.Common;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace KestraGitHub.Storage;

/// <summary>
/// Carries a statement out for row after row on one connection, with values bound by their number: ADO.NET's driver makes a reader for every row, and SQLite
/// would look every parameter up by its name, which takes longer than the row. For one thread at a time, as the connection is.
/// </summary>
internal sealed class SqliteRows
{
    private static readonly ConditionalWeakTable<DbConnection, SqliteRows> Known = [];

    private readonly Dictionary<RowSql, sqlite3_stmt> _statements = [];
    private readonly SqliteConnection _connection;
    private byte[] _text = new byte[1024];

    private SqliteRows(SqliteConnection connection)
    {
        _connection = connection;
        connection.StateChange += (_, change) =>
        {
            if (change.CurrentState == ConnectionState.Closed) Forget();
        };
    }

    public static SqliteRows Of(DbConnection connection) => Known.GetValue(connection, static c => new SqliteRows((SqliteConnection)c));

    /// <exception cref="SqliteException">As the driver would throw it; the rows before it are carried out.</exception>
    public void Execute(RowSql sql, IReadOnlyCollection<object> rows)
    {
        var statement = Prepared(sql);
        foreach (var row in rows)
        {
            for (var i = 0; i < sql.Columns; i++) Check(Bind(statement, i + 1, sql.Value(row, i)));
            int code;
            do code = raw.sqlite3_step(statement);
            while (code == raw.SQLITE_ROW);

            // The next row begins anew whatever became of this one, which is what it returns again.
            _ = raw.sqlite3_reset(statement);
            if (code != raw.SQLITE_DONE) Check(code);
        }
    }

    private sqlite3_stmt Prepared(RowSql sql)
    {
        if (_statements.TryGetValue(sql, out var known)) return known;
        Check(raw.sqlite3_prepare_v2(_connection.Handle, sql.OneRow, out var statement));
        _statements.Add(sql, statement);
        return statement;
    }

    private int Bind(sqlite3_stmt statement, int number, object? value) => value switch
    {
        null => raw.sqlite3_bind_null(statement, number),
        "" => raw.sqlite3_bind_text(statement, number, ""),
        string text => raw.sqlite3_bind_text(statement, number, Utf8(text)),
        long or int => raw.sqlite3_bind_int64(statement, number, Convert.ToInt64(value, null)),
        byte[] { Length: 0 } => raw.sqlite3_bind_zeroblob(statement, number, 0),
        byte[] bytes => raw.sqlite3_bind_blob(statement, number, bytes),
        _ => throw new InvalidOperationException($"A row has a {value.GetType().Name}: no column of ours holds one."),
    };

    /// <summary>SQLite copies it at once.</summary>
    private ReadOnlySpan<byte> Utf8(string text)
    {
        if (_text.Length < Encoding.UTF8.GetMaxByteCount(text.Length)) _text = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        return _text.AsSpan(0, Encoding.UTF8.GetBytes(text, _text));
    }

    /// <summary>SQLite keeps a database open, and its log with it, as long as there are statements.</summary>
    private void Forget()
    {
        foreach (var statement in _statements.Values) statement.Dispose();
        _statements.Clear();
    }

    private void Check(int code) => SqliteException.ThrowExceptionForRC(code, _connection.Handle);
}
