using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;

namespace KestraGitHub.Storage;

/// <summary>Reads <c>Storage:ConnectionString</c>: <c>Host=…;…</c> as Npgsql has it, or <c>postgres://user:password@host:5432/database?sslmode=require</c> as everybody has it.</summary>
internal static partial class PostgresAddress
{
    // The names that libpq gives in an address to what Npgsql calls otherwise.
    private static readonly Dictionary<string, string> Named = new(StringComparer.OrdinalIgnoreCase)
    {
        ["sslmode"] = "SSL Mode", ["sslrootcert"] = "Root Certificate", ["sslcert"] = "SSL Certificate", ["sslkey"] = "SSL Key",
        ["sslpassword"] = "SSL Password", ["application_name"] = "Application Name", ["connect_timeout"] = "Timeout",
        ["target_session_attrs"] = "Target Session Attributes", ["user"] = "Username", ["dbname"] = "Database",
    };

    public static bool Is(string text) => IsUri(text)
        || text.Contains("host=", StringComparison.OrdinalIgnoreCase) || text.Contains("server=", StringComparison.OrdinalIgnoreCase);

    /// <exception cref="FormatException">It cannot be read. The message holds no value of it: one may be the password.</exception>
    public static NpgsqlConnectionStringBuilder Parse(string text)
    {
        NpgsqlConnectionStringBuilder settings;
        try
        {
            settings = IsUri(text) ? OfUri(text.Trim()) : new NpgsqlConnectionStringBuilder(text);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or KeyNotFoundException or OverflowException)
        {
            throw new FormatException(
                "Storage:ConnectionString cannot be read. Write Host=…;Database=…;Username=…;Password=… or postgres://user:password@host:5432/database"
                + (NameIn(e) is { } part ? $"; its part '{part}' is not understood." : "."), e);
        }

        if (string.IsNullOrWhiteSpace(settings.Host)) throw new FormatException("Storage:ConnectionString names no host.");
        // Not ContainsKey, which is true of every word that Npgsql knows.
        if (!settings.ShouldSerialize("Application Name")) settings.ApplicationName = "kestra-github";
        // GitHub hangs up after ten seconds: a server that does not answer must be known for that before.
        if (!settings.ShouldSerialize("Timeout")) settings.Timeout = 5;
        if (!settings.ShouldSerialize("Command Timeout")) settings.CommandTimeout = 15;
        if (!settings.ShouldSerialize("Keepalive")) settings.KeepAlive = 10;
        if (!settings.ShouldSerialize("Include Error Detail")) settings.IncludeErrorDetail = false;
        return settings;
    }

    /// <summary>For a part that opens connections of its own, as it needs them. What cannot be read is said when the configuration is checked.</summary>
    public static string Pooled(string text)
    {
        try
        {
            var settings = Parse(text);
            if (!settings.ShouldSerialize("Maximum Pool Size")) settings.MaxPoolSize = 12;
            return settings.ConnectionString;
        }
        catch (FormatException)
        {
            return "";
        }
    }

    private static bool IsUri(string text) => text.TrimStart().StartsWith("postgres://", StringComparison.OrdinalIgnoreCase)
        || text.TrimStart().StartsWith("postgresql://", StringComparison.OrdinalIgnoreCase);

    private static NpgsqlConnectionStringBuilder OfUri(string text)
    {
        var rest = text[(text.IndexOf("://", StringComparison.Ordinal) + 3)..];
        var (place, query) = Split(rest, rest.IndexOf('?', StringComparison.Ordinal));
        var (authority, database) = Split(place, place.IndexOf('/', StringComparison.Ordinal));
        // The last one: a password that was not encoded may hold others.
        var at = authority.LastIndexOf('@');
        var (user, password) = at < 0 ? ("", "") : Split(authority[..at], authority.IndexOf(':', StringComparison.Ordinal) is var c && c < at ? c : -1);
        var settings = new NpgsqlConnectionStringBuilder { Host = Decoded(authority[(at + 1)..]) };
        if (user.Length > 0) settings.Username = Decoded(user);
        if (password.Length > 0) settings.Password = Decoded(password);
        if (database.Length > 0) settings.Database = Decoded(database);
        // One host may bring its port along; several (host1:5432,host2:5432) stay as they are, Npgsql reads them.
        if (settings.Host is { } host && !host.Contains(',', StringComparison.Ordinal) && host.LastIndexOf(':') is var colon and > 0 && !host.EndsWith(']'))
            (settings.Host, settings.Port) = (host[..colon], int.Parse(host[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture));
        if (settings.Host!.StartsWith('[') && settings.Host.EndsWith(']')) settings.Host = settings.Host[1..^1];
        foreach (var part in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = Split(part, part.IndexOf('=', StringComparison.Ordinal));
            settings[Named.GetValueOrDefault(Decoded(name)) ?? Decoded(name)] = Decoded(value).Replace("-", name.Contains("sslmode", StringComparison.OrdinalIgnoreCase) ? "" : "-", StringComparison.Ordinal);
        }

        return settings;
    }

    private static (string Before, string After) Split(string text, int at) => at < 0 ? (text, "") : (text[..at], text[(at + 1)..]);

    private static string Decoded(string text) => Uri.UnescapeDataString(text);

    // The name of a part is the operator's own word for a setting, and no secret; its value may be one.
    private static string? NameIn(Exception error) => error is ArgumentException { ParamName: { Length: > 0 } name } && KnownShape().IsMatch(name) ? name : null;

    [GeneratedRegex("^[A-Za-z_ ]{1,40}$")]
    private static partial Regex KnownShape();
}
