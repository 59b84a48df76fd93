using System.Collections;
using Npgsql;
using NpgsqlTypes;

namespace KestraGitHub.Storage;

/// <summary>Makes commands of a batch: one for each row, or one for all of them, with an array for each column.</summary>
internal static class PostgresBatch
{
    public static void Add(NpgsqlBatch batch, string sql, IReadOnlyCollection<object> rows)
    {
        var statement = RowSql.Of(sql, rows.First());
        var types = statement.Types.ToList();
        if (statement.TakesAll)
        {
            var command = new NpgsqlBatchCommand(statement.AllAtOnce);
            for (var i = 0; i < types.Count; i++) command.Parameters.Add(Column(types[i], statement, rows, i));
            batch.BatchCommands.Add(command);
            return;
        }

        foreach (var row in rows)
        {
            var command = new NpgsqlBatchCommand(statement.OneRow);
            for (var i = 0; i < types.Count; i++)
                command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = TypeOf(types[i]), Value = statement.Value(row, i) ?? DBNull.Value });
            batch.BatchCommands.Add(command);
        }
    }

    private static NpgsqlParameter Column(Type type, RowSql statement, IReadOnlyCollection<object> rows, int column)
    {
        IList values = TypeOf(type) switch
        {
            NpgsqlDbType.Text => new string?[rows.Count],
            NpgsqlDbType.Bigint => new long?[rows.Count],
            NpgsqlDbType.Integer => new int?[rows.Count],
            _ => new byte[]?[rows.Count],
        };
        var at = 0;
        foreach (var row in rows) values[at++] = statement.Value(row, column);
        return new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | TypeOf(type), Value = values };
    }

    private static NpgsqlDbType TypeOf(Type type) => type switch
    {
        var t when t == typeof(string) => NpgsqlDbType.Text,
        var t when t == typeof(long) => NpgsqlDbType.Bigint,
        var t when t == typeof(int) => NpgsqlDbType.Integer,
        var t when t == typeof(byte[]) => NpgsqlDbType.Bytea,
        var t => throw new InvalidOperationException($"A row has a {t.Name}: no column of ours holds one."),
    };
}
