namespace KestraGitHub.Storage;

/// <summary>Section <c>Storage</c>.</summary>
public sealed class StorageOptions
{
    /// <summary>Empty: SQLite in <c>Data:Path</c>. Else a PostgreSQL server, as <c>Host=…</c> or <c>postgres://…</c>. It may hold a password: never print it.</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>For those who must know before there are services.</summary>
    internal static bool IsPostgres(IConfiguration configuration) => !string.IsNullOrWhiteSpace(configuration["Storage:ConnectionString"]);
}

/// <summary>Section <c>Data</c>.</summary>
public sealed class DataOptions
{
    /// <summary>Everything the service keeps. Relative to the directory the process was started in.</summary>
    public string Path { get; set; } = "data";

    /// <summary>How long ended runs and deliveries are kept: <c>P90D</c> or <c>90.00:00:00</c>; <c>PT0S</c> keeps them for ever.</summary>
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(90);
}

/// <summary>Section <c>Definitions</c>.</summary>
public sealed class DefinitionsOptions
{
    /// <summary>Folder of flow files, read with its sub-folders. Relative to the directory the process was started in.</summary>
    public string Path { get; set; } = "definitions";
}

internal static class StorageFaults
{
    public static IEnumerable<string> Of(StorageOptions options)
    {
        if (options.ConnectionString.Trim().Length == 0) return [];
        if (!PostgresAddress.Is(options.ConnectionString))
            return ["Storage:ConnectionString is not understood. Leave it empty to use SQLite in Data:Path, or name a PostgreSQL server: Host=… or postgres://…"];
        try
        {
            PostgresAddress.Parse(options.ConnectionString);
            return [];
        }
        catch (FormatException e)
        {
            return [e.Message];
        }
    }

    public static IEnumerable<string> Of(DataOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.Path)) yield return "Data:Path is empty. Name a folder, or leave the key out for \"data\".";
        if (options.Retention < TimeSpan.Zero) yield return "Data:Retention is negative. Write a duration such as P90D; PT0S keeps everything.";
    }

    public static IEnumerable<string> Of(DefinitionsOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.Path)) yield return "Definitions:Path is empty. Name a folder, or leave the key out for \"definitions\".";
    }
}
