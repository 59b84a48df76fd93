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
}
