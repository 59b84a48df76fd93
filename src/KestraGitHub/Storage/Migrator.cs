using System.Data.Common;
using System.Globalization;
using System.Reflection;
using Dapper;

namespace KestraGitHub.Storage;

/// <summary>Brings the schema to this version: numbered files, each in a transaction of its own, never backwards.</summary>
internal static class Migrator
{
    private const string Prefix = "KestraGitHub.Storage.Migrations.";

    /// <summary>The version that this program works on.</summary>
    public static long Newest => Known()[^1].Version;

    /// <returns>The schema's version before and after.</returns>
    /// <exception cref="StorageRefusedException">A newer version of this program wrote the database.</exception>
    public static (long Before, long After) Migrate(DbConnection connection, Dialect dialect, TimeProvider time)
    {
        var known = Known();
        using var alone = dialect.LockMigrations(connection);
        // Asked first: a server whose operator migrates by hand may hold no right to create anything.
        if (!dialect.HasTable(connection, "schema_migrations"))
            connection.Execute("CREATE TABLE schema_migrations (version BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL)");
        var before = connection.ExecuteScalar<long?>("SELECT MAX(version) FROM schema_migrations") ?? 0;
        if (before > known[^1].Version)
        {
            throw new StorageRefusedException(
                $"The database was written by a newer version of this program (schema {before}; this one knows {known[^1].Version}). " +
                "Start the newer version again, or restore a backup from before the upgrade.");
        }

        foreach (var migration in known.Where(m => m.Version > before))
        {
            using var transaction = connection.BeginTransaction();
            connection.Execute(migration.Sql, transaction: transaction);
            connection.Execute(
                "INSERT INTO schema_migrations (version, name, applied_at) VALUES (@Version, @Name, @At)",
                new { migration.Version, migration.Name, At = time.GetUtcNow().ToUnixTimeMilliseconds() },
                transaction);
            transaction.Commit();
        }

        return (before, known[^1].Version);
    }

    private static List<(long Version, string Name, string Sql)> Known()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return [.. assembly.GetManifestResourceNames()
            .Where(n => n.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(n => (Version: long.Parse(n.AsSpan(Prefix.Length, 4), CultureInfo.InvariantCulture), Name: n[Prefix.Length..], Sql: Read(assembly, n)))
            .OrderBy(m => m.Version)];
    }

    private static string Read(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
