namespace KestraGitHub.Storage;

/// <summary>One statement, to be carried out for each of its rows: every property of a row is the parameter of its name.</summary>
internal sealed record RowStatement(string Sql, IReadOnlyCollection<object> Rows);
