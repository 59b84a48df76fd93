using System.Text.Json;

namespace KestraGitHub.Storage;

/// <summary>A list of keys as a table <c>wanted</c> before a statement. The list is one parameter: the statement is the same however long it is.</summary>
internal static class WantedRows
{
    /// <summary>A WITH clause to set before the SELECT.</summary>
    /// <param name="parameter">With its at sign.</param>
    public static string With(Database database, string parameter, params IEnumerable<string> columns) =>
        $"WITH wanted ({string.Join(", ", columns)}) AS (SELECT {string.Join(", ", columns.Select((_, i) => $"value ->> {i}"))} FROM {database.Elements(parameter)}) ";

    /// <summary>The parameter's value.</summary>
    /// <param name="rows">One text for each column.</param>
    public static string Value(IEnumerable<string[]> rows) => JsonSerializer.Serialize(rows.Select(r => r.Select(StoredText.Storable)));
}
