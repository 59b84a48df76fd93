using System.Globalization;
using System.Xml;
using Microsoft.Extensions.Options;

namespace KestraGitHub.Storage;

/// <summary>Section <c>Storage</c>.</summary>
public sealed class StorageOptions
{
    /// <summary>Empty: SQLite in <c>Data:Path</c>. It may hold a password: never print it.</summary>
    public string ConnectionString { get; set; } = "";
}

/// <summary>Section <c>Data</c>.</summary>
public sealed class DataOptions
{
    /// <summary>Everything the service keeps. Relative to the directory the process was started in.</summary>
    public string Path { get; set; } = "data";

    /// <summary>How long ended runs and deliveries are kept: <c>P90D</c> or <c>90.00:00:00</c>; <c>PT0S</c> keeps them for ever.</summary>
    public string Retention { get; set; } = "P90D";

    public TimeSpan RetentionTime => TryParse(Retention) ?? throw new FormatException($"Data:Retention is no duration: {Retention}");

    internal static TimeSpan? TryParse(string text)
    {
        if (TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time)) return time;
        try
        {
            return XmlConvert.ToTimeSpan(text);
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            return null;
        }
    }
}

/// <summary>Section <c>Definitions</c>.</summary>
public sealed class DefinitionsOptions
{
    /// <summary>Folder of flow files, read with its sub-folders. Relative to the directory the process was started in.</summary>
    public string Path { get; set; } = "definitions";
}

internal sealed class StorageOptionsCheck : IValidateOptions<StorageOptions>, IValidateOptions<DataOptions>, IValidateOptions<DefinitionsOptions>
{
    public ValidateOptionsResult Validate(string? name, StorageOptions options)
    {
        if (options.ConnectionString.Trim().Length == 0) return ValidateOptionsResult.Success;
        return ValidateOptionsResult.Fail(LooksLikePostgres(options.ConnectionString)
            ? "Storage:ConnectionString names a PostgreSQL server, which this version cannot use yet; the next version can. " +
              "Leave it empty to use SQLite in Data:Path."
            : "Storage:ConnectionString is not understood. Leave it empty to use SQLite in Data:Path.");
    }

    public ValidateOptionsResult Validate(string? name, DataOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.Path)) return ValidateOptionsResult.Fail("Data:Path is empty. Name a folder, or leave the key out for \"data\".");
        return DataOptions.TryParse(options.Retention) is { } time && time >= TimeSpan.Zero
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"Data:Retention is \"{options.Retention}\". Write a duration such as P90D or 90.00:00:00.");
    }

    public ValidateOptionsResult Validate(string? name, DefinitionsOptions options) => string.IsNullOrWhiteSpace(options.Path)
        ? ValidateOptionsResult.Fail("Definitions:Path is empty. Name a folder, or leave the key out for \"definitions\".")
        : ValidateOptionsResult.Success;

    private static bool LooksLikePostgres(string text) =>
        text.Contains("host=", StringComparison.OrdinalIgnoreCase) || text.Contains("server=", StringComparison.OrdinalIgnoreCase)
        || text.TrimStart().StartsWith("postgres", StringComparison.OrdinalIgnoreCase);
}
