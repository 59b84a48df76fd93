using System.Collections.Concurrent;
using System.Reflection;
using System.Text.RegularExpressions;

namespace KestraGitHub.Storage;

/// <summary>
/// A <see cref="RowStatement"/>'s text as a database takes it, made once. The names of its parameters are numbers there: a driver would look them up again
/// for every row.
/// </summary>
internal sealed partial class RowSql
{
    private static readonly ConcurrentDictionary<(string Sql, Type Row), RowSql> Known = new();

    private readonly List<PropertyInfo> _columns = [];

    private RowSql((string Sql, Type Row) key)
    {
        var named = key.Sql.Replace(RowStatement.AllRows, "", StringComparison.Ordinal);
        TakesAll = named.Length < key.Sql.Length;
        OneRow = Parameter().Replace(named, match => FormattableString.Invariant($"${ColumnOf(match, key.Row) + 1}"));
        var rows = string.Join(", ", _columns.Select((_, i) => FormattableString.Invariant($"${i + 1}")));
        var names = string.Join(", ", _columns.Select((_, i) => FormattableString.Invariant($"c{i + 1}")));
        AllAtOnce = Parameter().Replace(key.Sql, match => FormattableString.Invariant($"r.c{ColumnOf(match, key.Row) + 1}"))
            .Replace(RowStatement.AllRows, $"FROM unnest({rows}) AS r ({names})", StringComparison.Ordinal);
    }

    /// <summary>For one row, whose columns are its parameters.</summary>
    public string OneRow { get; }

    /// <summary>For all rows, whose columns are arrays; of use only where it <see cref="TakesAll"/>.</summary>
    public string AllAtOnce { get; }

    public bool TakesAll { get; }

    public int Columns => _columns.Count;

    /// <summary>The type of each parameter's values, without its null.</summary>
    public IEnumerable<Type> Types => _columns.Select(c => Nullable.GetUnderlyingType(c.PropertyType) ?? c.PropertyType);

    public static RowSql Of(string sql, object row) => Known.GetOrAdd((sql, row.GetType()), static key => new RowSql(key));

    /// <summary>What a row has for the parameter of this number, from 0, in the form in which it is stored; null for nothing.</summary>
    public object? Value(object row, int column) => _columns[column].GetValue(row) is var value && value is string text ? StoredText.Storable(text) : value;

    private int ColumnOf(Match match, Type row)
    {
        var property = row.GetProperty(match.Groups[1].Value) ?? throw new InvalidOperationException($"{match.Value} of a statement is no property of its row.");
        if (!_columns.Contains(property)) _columns.Add(property);
        return _columns.IndexOf(property);
    }

    [GeneratedRegex("@([A-Za-z]\\w*)")]
    private static partial Regex Parameter();
}
