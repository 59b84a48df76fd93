using System.Collections.Concurrent;
using System.Reflection;
using Npgsql;
using NpgsqlTypes;

namespace KestraGitHub.Storage;

/// <summary>Makes a command of a batch from such a row as Dapper takes: each property is the parameter of its name.</summary>
internal static class PostgresBatch
{
    private static readonly ConcurrentDictionary<Type, IReadOnlyList<Column>> Known = new();

    public static NpgsqlBatchCommand Command(string sql, object row)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var (name, type, property) in Known.GetOrAdd(row.GetType(), ColumnsOf))
        {
            var value = property.GetValue(row);
            command.Parameters.Add(new NpgsqlParameter(name, type) { Value = value is string text ? StoredText.Storable(text) : value ?? DBNull.Value });
        }

        return command;
    }

    private static IReadOnlyList<Column> ColumnsOf(Type row) => [.. row.GetProperties().Select(p => new Column(p.Name, TypeOf(p), p))];

    private static NpgsqlDbType TypeOf(PropertyInfo property) => (Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType) switch
    {
        var t when t == typeof(string) => NpgsqlDbType.Text,
        var t when t == typeof(long) => NpgsqlDbType.Bigint,
        var t when t == typeof(int) => NpgsqlDbType.Integer,
        var t when t == typeof(byte[]) => NpgsqlDbType.Bytea,
        var t => throw new InvalidOperationException($"{property.DeclaringType?.Name}.{property.Name} is a {t.Name}: no column of ours holds one."),
    };

    private sealed record Column(string Name, NpgsqlDbType Type, PropertyInfo Property);
}
