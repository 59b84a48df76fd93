using KestraGitHub.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace KestraGitHub.Tests.Storage;

/// <summary>What must not happen: a database lost to a file that is none, a backup that replaces another.</summary>
public sealed class SqliteBackupTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_backup_does_not_replace_a_file_unless_it_is_told_to()
    {
        Migrate();
        File.WriteAllText(_folder["b.db"], "dear");
        using var data = Data();
        var backup = new SqliteBackup(data, Dialect(data), TimeProvider.System);
        Assert.Contains("--force", Assert.Throws<StorageRefusedException>(() => backup.Write(_folder["b.db"], force: false)).Message, StringComparison.Ordinal);
        Assert.Equal("dear", File.ReadAllText(_folder["b.db"]));
        Assert.Equal(Migrator.Newest, backup.Write(_folder["b.db"], force: true));
    }

    [Theory]
    [InlineData("data/kestra-github.db")]
    [InlineData("data/kestra-github.db-wal")]
    [InlineData("data/kestra-github.db-shm")]
    [InlineData("data/../data/kestra-github.db")]
    [InlineData("folder-link/kestra-github.db")]
    [InlineData("folder-link/kestra-github.db-wal")]
    [InlineData("link.db")]
    public void A_backup_never_replaces_the_database_that_it_copies(string target)
    {
        Migrate();
        Directory.CreateSymbolicLink(_folder["folder-link"], _folder["data"]);
        File.CreateSymbolicLink(_folder["link.db"], _folder["data/kestra-github.db"]);
        using var data = Data();
        var backup = new SqliteBackup(data, Dialect(data), TimeProvider.System);
        Assert.Contains("the database itself", Assert.Throws<StorageRefusedException>(() => backup.Write(Path.GetFullPath(_folder[target]), force: true)).Message, StringComparison.Ordinal);
        Assert.Equal(Migrator.Newest, backup.Write(_folder["b.db"], force: false));
    }

    [Fact]
    public void A_backup_to_a_folder_that_is_not_there_says_so()
    {
        Migrate();
        using var data = Data();
        var refused = Assert.Throws<StorageRefusedException>(() => new SqliteBackup(data, Dialect(data), TimeProvider.System).Write(_folder["nowhere/b.db"], force: false));
        Assert.Contains("failed: Could not find a part of the path", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no database", "no database of this service")]
    [InlineData("another's", "no database of this service")]
    [InlineData("newer", "written by a newer version")]
    [InlineData("damaged", "damaged")]
    [InlineData("absent", "is not there")]
    public void A_file_that_cannot_be_used_is_refused_and_the_database_stays(string kind, string reason)
    {
        Migrate();
        var before = File.ReadAllBytes(_folder["data/kestra-github.db"]);
        using (var data = Data())
        {
            Bad(kind, new SqliteBackup(data, Dialect(data), TimeProvider.System));
            var refused = Assert.Throws<StorageRefusedException>(() => new SqliteBackup(data, Dialect(data), TimeProvider.System).Restore(_folder["bad.db"]));
            Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        }

        Assert.Equal(before, File.ReadAllBytes(_folder["data/kestra-github.db"]));
        Assert.Equal(["kestra-github.db", "lock"], Directory.GetFiles(_folder["data"]).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void A_database_that_is_damaged_is_kept_with_its_journal()
    {
        Migrate();
        using var data = Data();
        var backup = new SqliteBackup(data, Dialect(data), TimeProvider.System);
        backup.Write(_folder["b.db"], force: false);
        File.WriteAllText(data.DatabaseFile, "not a database any more");
        File.WriteAllText(data.DatabaseFile + "-wal", "its journal");
        var (_, kept) = backup.Restore(_folder["b.db"]);
        Assert.Equal("not a database any more", File.ReadAllText(kept!));
        Assert.Equal("its journal", File.ReadAllText(kept + "-wal"));
        Assert.False(File.Exists(data.DatabaseFile + "-wal"));
    }

    private void Bad(string kind, SqliteBackup backup)
    {
        var file = _folder["bad.db"];
        if (kind == "no database") File.WriteAllText(file, "some text that is longer than the head of a database, which has a hundred bytes, all of them looked at");
        if (kind is "newer" or "damaged") backup.Write(file, force: false);
        if (kind == "another's") Execute(file, "CREATE TABLE other (id INTEGER)");
        if (kind == "newer") Execute(file, "INSERT INTO schema_migrations (version, name, applied_at) VALUES (9999, 'later', 0)");
        if (kind != "damaged") return;
        var bytes = File.ReadAllBytes(file);
        Array.Fill(bytes, (byte)0x5a, bytes.Length / 2, bytes.Length / 4);
        File.WriteAllBytes(file, bytes);
    }

    private static void Execute(string file, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private void Migrate()
    {
        using var data = Data();
        data.Open();
        using var connection = Dialect(data).OpenWriter();
        Migrator.Migrate(connection, Dialect(data), TimeProvider.System);
    }

    private DataDirectory Data() => new(Options.Create(new DataOptions { Path = _folder["data"] }));

    private static SqliteDialect Dialect(DataDirectory data) => new(data.DatabaseFile);
}
