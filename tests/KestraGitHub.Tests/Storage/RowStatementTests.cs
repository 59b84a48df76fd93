using Dapper;
using KestraGitHub.Storage;
using Microsoft.Data.Sqlite;

namespace KestraGitHub.Tests.Storage;

/// <summary>Rows on their way into SQLite, past ADO.NET's driver; the same statements on PostgreSQL are held by the tests of the stores.</summary>
public sealed class RowStatementTests : StorageTest
{
    private const string Insert = "INSERT INTO kept (id, words, number, bytes) VALUES (@Id, @Words, @Number, @Bytes)";

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Database.WriteAsync((c, t) => c.ExecuteAsync("CREATE TABLE kept (id INTEGER PRIMARY KEY, words TEXT, number INTEGER, bytes BLOB)", transaction: t), None);
    }

    [Theory]
    [InlineData("")]
    [InlineData("plain")]
    [InlineData("two\nlines, 'quotes' \"and\" a tab\t")]
    [InlineData("größer als 日本語 🚀")]
    [InlineData(null)]
    public async Task Texts_come_back_as_they_went(string? words)
    {
        await StoreAsync(new Row(1, words, null, null));

        Assert.Equal(words, await AskAsync<string>("SELECT words FROM kept"));
        Assert.Equal(words is null ? "null" : "text", await AskAsync<string>("SELECT typeof(words) FROM kept"));
    }

    [Fact]
    public async Task A_long_text_after_a_short_one_is_whole_and_so_is_the_short_one_after_it()
    {
        var texts = new[] { "a", new string('ü', 5000), "b", new string('x', 70_000), "" };
        await StoreAsync([.. texts.Select((text, i) => new Row(i, text, i, null))]);

        Assert.Equal(texts, await Database.ReadAsync(c => c.QueryAsync<string>("SELECT words FROM kept ORDER BY id"), None));
    }

    [Fact]
    public async Task Half_a_surrogate_pair_and_a_nul_become_replacement_characters()
    {
        await StoreAsync(new Row(1, "a\0b\uD800c", null, null));

        Assert.Equal("a\uFFFDb\uFFFDc", await AskAsync<string>("SELECT words FROM kept"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    public async Task Bytes_come_back_as_they_went(int length)
    {
        var bytes = new byte[length];
        new Random(7).NextBytes(bytes);
        await StoreAsync(new Row(1, null, null, bytes));

        Assert.Equal(bytes, await AskAsync<byte[]>("SELECT bytes FROM kept"));
        Assert.Equal("blob", await AskAsync<string>("SELECT typeof(bytes) FROM kept"));
    }

    [Theory]
    [InlineData(0L)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    [InlineData(null)]
    public async Task Numbers_come_back_as_they_went(long? number)
    {
        await StoreAsync(new Row(1, null, number, null));

        Assert.Equal(number, await AskAsync<long?>("SELECT number FROM kept"));
    }

    [Fact]
    public async Task A_row_that_is_refused_is_the_drivers_error_and_leaves_the_statement_fit_for_use()
    {
        await StoreAsync(new Row(1, "first", null, null));

        var refused = await Assert.ThrowsAsync<SqliteException>(() => StoreAsync(new Row(2, "with it", null, null), new Row(1, "again", null, null)));
        Assert.True(Database.IsUniqueViolation(refused));
        Assert.Contains("kept.id", refused.Message, StringComparison.Ordinal);

        await StoreAsync(new Row(3, "later", null, null));
        Assert.Equal(["first", "later"], await Database.ReadAsync(c => c.QueryAsync<string>("SELECT words FROM kept ORDER BY id"), None));
    }

    [Fact]
    public async Task A_statement_that_is_none_is_the_drivers_error_too()
    {
        var refused = await Assert.ThrowsAsync<SqliteException>(() => Database.WriteAsync(
            (c, t) =>
            {
                Database.Execute(c, t, new RowStatement("INSERT INTO nowhere VALUES (@Id)", [new Row(1, null, null, null)]));
                return Task.FromResult(0);
            },
            None));

        Assert.Contains("nowhere", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_is_closed_leaves_no_log_behind()
    {
        await StoreAsync(new Row(1, "kept", null, null));
        await Database.DisposeAsync();

        Assert.Empty(Directory.GetFiles(Folder.Path, "*-wal"));
    }

    private Task StoreAsync(params Row[] rows) => Database.WriteAsync(
        (c, t) =>
        {
            Database.Execute(c, t, new RowStatement(Insert, rows));
            return Task.FromResult(0);
        },
        None);

    private Task<T?> AskAsync<T>(string sql) => Database.ReadAsync(c => c.ExecuteScalarAsync<T>(sql), None);

    private sealed record Row(long Id, string? Words, long? Number, byte[]? Bytes);
}
