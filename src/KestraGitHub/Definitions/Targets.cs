namespace KestraGitHub.Definitions;

/// <summary>How to prove to Kestra who we are: a user and password (open source), or an API token (enterprise), or nothing.</summary>
public sealed record KestraAuth(string? Username, Secret? Password, Secret? ApiToken)
{
    public static KestraAuth None { get; } = new(null, null, null);
}

/// <summary>One Kestra server and tenant to read and write.</summary>
/// <param name="Name">As configured (<c>Kestra:Targets:NAME</c>); empty for the default one; null when the task names a server of its own.</param>
public sealed record KestraTarget(string? Name, Uri Url, string Tenant, KestraAuth Auth);

/// <summary>How to prove to a Git server who we are. <paramref name="Username"/> alone is no credential (as in Kestra's own tasks).</summary>
public sealed record GitCredential(string? Username, Secret? Password, Secret? PrivateKey, Secret? Passphrase)
{
    public static GitCredential None { get; } = new(null, null, null, null);
}

/// <summary>How to reach a Git server.</summary>
/// <param name="Config">Further git configuration (<c>gitConfig</c>), already flat: <c>core.longpaths</c> → values. A null value unsets.</param>
/// <param name="KnownHosts">Lines of an ssh known_hosts file, or null for the service's own file.</param>
public sealed record GitTransport(
    TimeSpan ConnectTimeout, TimeSpan ReadTimeout, string? TrustedCaPemPath, bool NoProxy,
    IReadOnlyList<KeyValuePair<string, string?>> Config, string? KnownHosts, bool StrictHostKeyChecking)
{
    public static GitTransport Default { get; } = new(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(60), null, false, [], null, true);
}

/// <summary>Where in Git the objects of a task lie.</summary>
/// <param name="Branch">Short name of a branch (<c>main</c>); null means the remote's default.</param>
/// <param name="Directory">Relative to the repository's root, without leading or trailing slash; empty for the root. The file itself for <see cref="Layout.OneFlow"/>.</param>
/// <param name="DirectoryMustExist">False: a missing directory is an empty, <see cref="Reconciliation.ResourceSet.Missing"/> set.</param>
public sealed record GitSource(
    string Url, string? Branch, string Directory, bool DirectoryMustExist, bool Submodules, GitCredential Credential, GitTransport Transport);
