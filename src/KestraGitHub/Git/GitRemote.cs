using KestraGitHub.Definitions;

namespace KestraGitHub.Git;

/// <summary>A server's repository and how to reach it.</summary>
/// <param name="Credential">The task's own, or what its url carried.</param>
internal sealed record GitRemote(GitUrl Url, GitCredential Credential, GitTransport Transport)
{
    public static GitRemote Of(GitSource source, GitOptions options)
    {
        var url = GitUrl.Parse(source.Url, options.AllowedProtocols, source.Credential.Username);
        var credential = source.Credential is { Password: null, PrivateKey: null } && url.Embedded is not null ? url.Embedded : source.Credential;
        return new GitRemote(url, credential, source.Transport);
    }

    /// <summary>A user name alone is no credential, and a key is none for a web server.</summary>
    public bool HasPassword => Credential.Password is not null && Url.Origin.Length > 0;
}
