using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;

namespace KestraGitHub.Storage;

/// <summary>
/// The commands that one connection is given again and again: SQLite reads and plans each of them once. They end with their connection. For one thread at
/// a time, as the connection is.
/// </summary>
internal sealed class SqliteCommands(SqliteConnection connection)
{
    private static readonly ConditionalWeakTable<DbConnection, SqliteCommands> Known = [];

    private readonly Dictionary<string, SqliteCommand> _commands = new(StringComparer.Ordinal);

    public static SqliteCommands Of(DbConnection connection) => Known.GetValue(connection, static c => new SqliteCommands((SqliteConnection)c));

    /// <summary>Its parameters are there, with the values of the time before.</summary>
    /// <param name="parameters">Their names as the text has them; asked for once.</param>
    public SqliteCommand Get(string sql, DbTransaction transaction, Func<IEnumerable<string>> parameters)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            command = connection.CreateCommand();
            command.CommandText = sql;
            foreach (var name in parameters()) command.Parameters.Add(new SqliteParameter { ParameterName = name });
            _commands.Add(sql, command);
        }

        command.Transaction = (SqliteTransaction)transaction;
        return command;
    }
}
