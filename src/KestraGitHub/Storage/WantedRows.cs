using System.Globalization;
using System.Text;
using Dapper;

namespace KestraGitHub.Storage;

/// <summary>Puts a list of keys before a statement as a table <c>wanted</c>, in a form that both databases take.</summary>
internal static class WantedRows
{
    /// <returns>A WITH clause to set before the SELECT, and its parameters.</returns>
    public static (string With, DynamicParameters Parameters) Of<T>(IReadOnlyList<string> columns, IReadOnlyList<T> rows, Func<T, string[]> values)
    {
        // A statement for each power of two, not for each length: statements are kept prepared. Doubled rows find nothing new.
        var length = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)rows.Count);
        var (sql, parameters) = (new StringBuilder("WITH wanted ("), new DynamicParameters());
        sql.AppendJoin(", ", columns).Append(") AS (SELECT * FROM (VALUES ");
        for (var i = 0; i < length; i++)
        {
            var row = values(rows[Math.Min(i, rows.Count - 1)]);
            sql.Append(i == 0 ? "(" : ", (");
            for (var c = 0; c < row.Length; c++)
            {
                var name = string.Create(CultureInfo.InvariantCulture, $"w{i}_{c}");
                sql.Append(c == 0 ? "@" : ", @").Append(name);
                parameters.Add(name, row[c]);
            }

            sql.Append(')');
        }

        return (sql.Append(") AS v) ").ToString(), parameters);
    }
}
