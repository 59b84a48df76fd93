using System.Data.Common;
using Npgsql;

namespace KestraGitHub.Storage;

/// <summary>What PostgreSQL's five-letter error states mean for us.</summary>
internal static class PostgresStates
{
    // Connection, authorization (a password in rotation), read-only (a standby that took over half-way), conflict, resources (memory, disk,
    // connections), a lock or statement time limit, the operator (shutdown, start-up), the system (input and output).
    private static readonly string[] Unavailable = ["08", "28", "25006", "3D000", "40001", "40P01", "53", "55P03", "57", "58"];

    public static bool IsUnavailable(string state) => Array.Exists(Unavailable, prefix => state.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>True when the server hangs up after saying so, or must be left because it cannot be written to.</summary>
    public static bool EndsConnection(string state) => state.StartsWith("57P", StringComparison.Ordinal) || state.StartsWith("08", StringComparison.Ordinal) || state == "25006";

    /// <summary>True when the same may succeed a little later: the server starts or stops, or is full.</summary>
    public static bool MayPass(string state) => EndsConnection(state) || state.StartsWith("53", StringComparison.Ordinal);

    /// <summary>What a connection or a migration failed of, and what a person can do about it. It holds no password: neither the server nor the driver says it.</summary>
    public static string Explain(DbException error, string host) => error is PostgresException { SqlState: var state } refused
        ? $"{refused.MessageText}. {Cure(state)}"
        : $"The PostgreSQL server at {host} cannot be reached: {error.Message.TrimEnd('.')}. Check host and port in Storage:ConnectionString, and that the PostgreSQL server runs.";

    private static string Cure(string state) => state switch
    {
        ['2', '8', ..] => "Check user and password in Storage:ConnectionString, and the server's pg_hba.conf.",
        "3D000" => "Create the database, or name another one in Storage:ConnectionString.",
        "3F000" or "42501" => "Let the user create tables there (GRANT USAGE, CREATE ON SCHEMA …), or name a schema of its own in Storage:ConnectionString: Search Path=….",
        ['5', '3', '3', ..] => "Raise the server's max_connections, or stop what holds its connections; each node takes up to 22.",
        ['5', '3', ..] => "Give the server the disk or the memory that it lacks.",
        _ => "See the PostgreSQL server's log.",
    };
}
