namespace KestraGitHub.Storage;

/// <summary>
/// One statement, to be carried out for each of its rows: every property of a row is the parameter of its name. Where its text says
/// <see cref="AllRows"/>, as <c>INSERT … SELECT @Id, … FROM rows</c> or <c>UPDATE … FROM rows WHERE id = @Id</c>, a database that can takes all rows at once.
/// </summary>
/// <param name="Rows">All of one type. Of those that are taken at once, no two may be for the same row of the table.</param>
internal sealed record RowStatement(string Sql, IReadOnlyCollection<object> Rows)
{
    public const string AllRows = "FROM rows";
}
