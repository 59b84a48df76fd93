using Dapper;

namespace KestraGitHub.Storage;

/// <summary>A look at the storage from beside the service: nothing is made, locked or brought up to date.</summary>
internal static class StorageCheck
{
    /// <summary>What the database is, in words.</summary>
    /// <exception cref="StorageRefusedException">A newer version of this program wrote it.</exception>
    public static async Task<string> LookAsync(Dialect dialect, DataDirectory data, CancellationToken ct)
    {
        if (dialect is SqliteDialect && !File.Exists(data.DatabaseFile)) return "SQLite, not there yet: the first start makes it";
        await using var connection = await dialect.OpenReaderAsync(ct);
        var kind = dialect is SqliteDialect ? "SQLite" : "PostgreSQL";
        if (!dialect.HasTable(connection, "schema_migrations")) return $"{kind}, empty: the first start makes its tables";
        var schema = await connection.ExecuteScalarAsync<long?>("SELECT MAX(version) FROM schema_migrations") ?? 0;
        return schema > Migrator.Newest
            ? throw new StorageRefusedException($"The database was written by a newer version of this program (schema {schema}; this one knows {Migrator.Newest}). Start the newer version again.")
            : schema < Migrator.Newest ? $"{kind}, schema {schema}: the next start brings it to {Migrator.Newest}" : $"{kind}, schema {schema}";
    }

    /// <summary>Whether the service could write there.</summary>
    public static string Look(DataDirectory data)
    {
        if (File.Exists(data.Root)) throw new StorageRefusedException($"{data.Root} is a file. Set Data:Path to a folder that this user may write.");
        if (!Directory.Exists(data.Root)) return $"{data.Root}, not there yet: the first start makes it";
        var probe = Path.Combine(data.Root, $".doctor-{Guid.NewGuid():N}");
        File.WriteAllText(probe, "");
        File.Delete(probe);
        return $"{data.Root}, {new DriveInfo(data.Root).AvailableFreeSpace >> 20} MiB free";
    }
}
