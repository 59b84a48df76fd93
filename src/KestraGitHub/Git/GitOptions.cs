using KestraGitHub.Configuration;

namespace KestraGitHub.Git;

/// <summary>Section <c>Git</c> of the configuration.</summary>
public sealed record GitOptions
{
    public static IReadOnlyList<string> DefaultProtocols { get; } = ["https", "ssh"];

    public static IReadOnlyList<string> KnownProtocols { get; } = ["https", "ssh", "http", "file"];

    /// <summary>The protocols that may be spoken. A configured list replaces the default as a whole: <c>http</c> and <c>file</c> must be asked for.</summary>
    public IReadOnlyList<string> AllowedProtocols
    {
        get;
        init => field = [.. value.Select(p => p.Trim().ToLowerInvariant()).Distinct()];
    } = DefaultProtocols;

    /// <summary>The mirrors together; the least recently used are removed above it.</summary>
    public long CacheLimitBytes { get; init; } = 10L << 30;

    /// <summary>The archives of Clone tasks together; those not asked for longest are removed above it.</summary>
    public long ArchiveLimitBytes { get; init; } = 2L << 30;

    /// <summary>A mirror used within this time is not removed: a run that works on it may come back.</summary>
    public TimeSpan CacheKeepTime { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>After which a fetch or a push is ended, with git's children.</summary>
    public TimeSpan FetchTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>After which the question where a branch is, is given up.</summary>
    public TimeSpan LsRemoteTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Everything that only reads the mirror on this disk.</summary>
    public TimeSpan LocalTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Where definitions name no known hosts of their own; null means <c>known_hosts</c> in the data folder.</summary>
    public string? KnownHostsFile
    {
        get;
        init => field = string.IsNullOrWhiteSpace(value) ? null : Path.GetFullPath(value);
    }

    /// <summary>PEM of authorities that are trusted beside the system's; a task's <c>trustedCaPemPath</c> is trusted as well.</summary>
    public string? CertificateAuthorityFile { get; init; }

    /// <summary><c>http://user:password@host:port</c> for http and https; <c>none</c> goes straight; null is what the environment says.</summary>
    public string? Proxy { get; init; }

    internal Outbound Outbound => Outbound.Of(CertificateAuthorityFile, Proxy);

    /// <summary>The program; a name is looked for on the PATH.</summary>
    public string Program { get; init; } = "git";
}
