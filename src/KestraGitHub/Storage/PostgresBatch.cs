using System.Collections.Concurrent;
using System.Reflection;
using System.Text.RegularExpressions;
using Npgsql;
using NpgsqlTypes;

namespace KestraGitHub.Storage;

/// <summary>
/// Makes commands of a batch from such rows as Dapper takes. The names of parameters become numbers once for each statement: Npgsql would read its whole
/// text again for every row.
/// </summary>
internal static partial class PostgresBatch
{
    private static readonly ConcurrentDictionary<(string Sql, Type Row), Numbered> Known = new();

    public static void Add(NpgsqlBatch batch, string sql, IEnumerable<object> rows)
    {
        foreach (var row in rows)
        {
            var (numbered, columns) = Known.GetOrAdd((sql, row.GetType()), Of);
            var command = new NpgsqlBatchCommand(numbered);
            foreach (var (type, property) in columns)
            {
                var value = property.GetValue(row);
                command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = type, Value = value is string text ? StoredText.Storable(text) : value ?? DBNull.Value });
            }

            batch.BatchCommands.Add(command);
        }
    }

    private static Numbered Of((string Sql, Type Row) key)
    {
        var columns = new List<Column>();
        var sql = Parameter().Replace(key.Sql, match =>
        {
            var property = key.Row.GetProperty(match.Groups[1].Value)
                ?? throw new InvalidOperationException($"{match.Value} of a statement is no property of its row.");
            var at = columns.FindIndex(c => c.Property == property);
            if (at < 0) (at, columns) = (columns.Count, [.. columns, new Column(TypeOf(property), property)]);
            return FormattableString.Invariant($"${at + 1}");
        });
        return new Numbered(sql, columns);
    }

    private static NpgsqlDbType TypeOf(PropertyInfo property) => (Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType) switch
    {
        var t when t == typeof(string) => NpgsqlDbType.Text,
        var t when t == typeof(long) => NpgsqlDbType.Bigint,
        var t when t == typeof(int) => NpgsqlDbType.Integer,
        var t when t == typeof(byte[]) => NpgsqlDbType.Bytea,
        var t => throw new InvalidOperationException($"{property.DeclaringType?.Name}.{property.Name} is a {t.Name}: no column of ours holds one."),
    };

    [GeneratedRegex("@([A-Za-z]\\w*)")]
    private static partial Regex Parameter();

    private sealed record Numbered(string Sql, IReadOnlyList<Column> Columns);

    private sealed record Column(NpgsqlDbType Type, PropertyInfo Property);
}
