using KestraGitHub.Definitions;

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

    /// <summary>A repository to take them from instead.</summary>
    public DefinitionsGitOptions Git { get; set; } = new();
}

/// <summary>Section <c>Definitions:Git</c>: where definitions come from, in the place of the folder.</summary>
public sealed class DefinitionsGitOptions
{
    /// <summary>Address of the repository, https or ssh (<c>Git:AllowedProtocols</c> counts here too). Empty: the folder is read.</summary>
    public string Url { get; set; } = "";

    /// <summary>Its branch; empty is the repository's default one.</summary>
    public string? Branch { get; set; }

    /// <summary>The directory of it that holds the definitions, with its sub-directories; empty is the root.</summary>
    public string Directory { get; set; } = "";

    /// <summary>Of the password, or of ssh where the address names none.</summary>
    public string? Username { get; set; }

    /// <summary>Password or token. Without one a configured GitHub App or <c>GitHub:Token</c> opens a repository of that GitHub.</summary>
    public Secret? Password { get; set; }

    /// <summary>PEM of a key for ssh.</summary>
    public Secret? PrivateKey { get; set; }

    /// <summary>How often the branch is looked at; a signed push to <c>/webhook/github</c> makes it at once.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMinutes(1);

    internal bool IsConfigured => Url.Trim().Length > 0;
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
        if (options.Git.PollInterval < TimeSpan.FromSeconds(5)) yield return "Definitions:Git:PollInterval must be at least PT5S.";
        if (options.Git is { Password: not null, PrivateKey: not null }) yield return "Definitions:Git: use either Password (https) or PrivateKey (ssh), not both.";
        if (!options.Git.IsConfigured && (options.Git.Password is not null || options.Git.PrivateKey is not null)) yield return "Definitions:Git: a credential without a repository. Set Definitions:Git:Url as well.";
    }
}
