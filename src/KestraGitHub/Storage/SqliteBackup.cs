using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;

namespace KestraGitHub.Storage;

/// <summary>Copies of the SQLite database: out of a folder that a server may be working in, and back into one that none works in.</summary>
internal sealed class SqliteBackup(DataDirectory data, Dialect dialect, TimeProvider time)
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly string[] SideFiles = ["-wal", "-shm", "-journal"];

    /// <summary>The state of one moment, whole and checked under <paramref name="file"/> or not there at all.</summary>
    /// <returns>The schema's version.</returns>
    public long Write(string file, bool force)
    {
        RefuseOthers("backup", "pg_dump");
        if (!File.Exists(data.DatabaseFile)) throw new StorageRefusedException($"There is no database in {data.Root}. Set Data:Path to the service's data folder.");
        if (!force && Path.Exists(file)) throw new StorageRefusedException($"{file} is there already. Name another file, or add --force to replace it.");
        var fresh = $"{file}.{Guid.NewGuid():N}";
        try
        {
            if (IsLive(file)) throw new StorageRefusedException($"{file} is the database itself, or a part of it. Name another file for the backup.");
            Create(fresh).Dispose();
            using (var source = Open(data.DatabaseFile)) source.Execute("VACUUM INTO @fresh", new { fresh });
            var schema = Check(fresh, data.DatabaseFile);
            Flush(fresh);
            File.Move(fresh, file, force);
            return schema;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SqliteException)
        {
            throw new StorageRefusedException($"The backup to {file} failed: {e.Message} Look at the space, and whether this user may write there.", e);
        }
        finally
        {
            if (File.Exists(fresh)) File.Delete(fresh);
        }
    }

    /// <summary>Checks the copy, puts it in place, and keeps what was there under a name of its own.</summary>
    /// <returns>The schema's version, and where the database went that was there; null when there was none.</returns>
    public (long Schema, string? Kept) Restore(string file)
    {
        RefuseOthers("restore", "pg_restore");
        if (!File.Exists(file)) throw new StorageRefusedException($"{file} is not there.");
        data.Open();
        var fresh = $"{data.DatabaseFile}.{Guid.NewGuid():N}";
        try
        {
            using (var from = File.OpenRead(file))
            using (var to = Create(fresh)) from.CopyTo(to);
            var schema = Check(fresh, file);
            Flush(fresh);
            var kept = PutAside();
            File.Move(fresh, data.DatabaseFile);
            return (schema, kept);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageRefusedException($"{file} could not be restored: {e.Message} Look at the space in {data.Root}, and whether this user may write there.", e);
        }
        finally
        {
            if (File.Exists(fresh)) File.Delete(fresh);
        }
    }

    private void RefuseOthers(string command, string program)
    {
        if (dialect is not SqliteDialect)
            throw new StorageRefusedException($"Storage:ConnectionString names a PostgreSQL database, and {command} is for SQLite. Use PostgreSQL's own {program}.");
    }

    private bool IsLive(string file)
    {
        var (target, database) = (RealPath.Of(file), RealPath.Of(data.DatabaseFile));
        // Where a file system tells no case apart, another spelling is the same file.
        return SideFiles.Prepend("").Any(part => string.Equals(target, database + part, StringComparison.OrdinalIgnoreCase));
    }

    private string? PutAside()
    {
        if (!File.Exists(data.DatabaseFile)) return null;
        var kept = string.Create(CultureInfo.InvariantCulture, $"{data.DatabaseFile}.before-restore-{time.GetUtcNow():yyyyMMdd'T'HHmmss.fff'Z'}");
        File.Move(data.DatabaseFile, kept);
        // The journal of a service that was killed belongs to it, and would spoil the database that comes now. Opened, what is damaged would lose it.
        foreach (var part in SideFiles)
            if (File.Exists(data.DatabaseFile + part)) File.Move(data.DatabaseFile + part, kept + part);
        return kept;
    }

    /// <param name="shown">What messages call it.</param>
    private static long Check(string path, string shown)
    {
        try
        {
            using var database = Open(path);
            var schema = database.ExecuteScalar<long>("SELECT MAX(version) FROM schema_migrations WHERE EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'runs')");
            if (database.ExecuteScalar<string>("PRAGMA integrity_check(1)") is var found and not "ok")
                throw new StorageRefusedException($"{shown} is damaged: {found}. Use an older backup.");
            if (schema > Migrator.Newest)
                throw new StorageRefusedException($"{shown} was written by a newer version of this program (schema {schema}; this one knows {Migrator.Newest}). Restore it with that version.");
            return schema > 0 ? schema : throw new StorageRefusedException($"{shown} is no database of this service. Give a file that `kestra-github backup` wrote.");
        }
        catch (SqliteException e)
        {
            throw new StorageRefusedException($"{shown} is no database of this service, or is damaged ({e.Message}). Give a file that `kestra-github backup` wrote.", e);
        }
    }

    private static SqliteConnection Open(string file)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    private static FileStream Create(string file)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = Private;
        return new FileStream(file, options);
    }

    private static void Flush(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite);
        stream.Flush(flushToDisk: true);
    }
}
