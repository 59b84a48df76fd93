using KestraGitHub.Definitions;

namespace KestraGitHub.Git;

/// <summary>Where a credential comes from for a task that names none: the host of the service knows who has one.</summary>
/// <param name="FindAsync">
/// Given the repository's address, whether it is to be written to, and whether the last one was refused. Null where there is none: then it goes without.
/// </param>
internal sealed record HostCredentials(Func<Uri, bool, bool, CancellationToken, Task<GitCredential?>> FindAsync)
{
    public static HostCredentials None { get; } = new((_, _, _, _) => Task.FromResult<GitCredential?>(null));

    /// <summary>The remote with a credential of the host's, or null: its task has one of its own, or the host has none.</summary>
    public async Task<GitRemote?> LendAsync(GitRemote remote, bool writes, bool again, CancellationToken ct) =>
        remote.Url.Origin.Length > 0 && remote.Credential is { Password: null, PrivateKey: null } && await FindAsync(new Uri(remote.Url.Text), writes, again, ct) is { } found
            ? remote with { Credential = found }
            : null;
}
