using KestraGitHub.Definitions;
using KestraGitHub.Git;
using KestraGitHub.GitHub;

namespace KestraGitHub;

/// <summary>Lends GitHub's token to Git, for repositories of that GitHub and for nothing else.</summary>
internal static class GitHubCredentials
{
    /// <summary>The name that GitHub wants beside a token.</summary>
    private const string User = "x-access-token";

    public static HostCredentials Of(IServiceProvider services)
    {
        if (!services.GetRequiredService<GitHubOptions>().IsConfigured) return HostCredentials.None;
        var (hosts, tokens) = (services.GetRequiredService<GitHubHosts>(), services.GetRequiredService<IGitHubTokens>());
        return new((url, writes, again, ct) => FindAsync(hosts, tokens, url, writes, again, ct));
    }

    private static async Task<GitCredential?> FindAsync(GitHubHosts hosts, IGitHubTokens tokens, Uri url, bool writes, bool again, CancellationToken ct)
    {
        if (!hosts.Owns(url) || hosts.RepositoryOf(url.AbsoluteUri) is not { } repository) return null;
        var scope = GitHubScope.Of(repository, writes ? "contents:write" : "contents:read");
        try
        {
            var token = await tokens.GetAsync(scope, ct);
            if (again)
            {
                if (!tokens.Drop(scope, token)) return null;
                token = await tokens.GetAsync(scope, ct);
            }

            return new GitCredential(User, token.Value, null, null);
        }
        catch (GitHubException e)
        {
            // Where the App is not installed a public repository can still be read.
            return e.IsTransient ? throw new GitException(GitErrorKind.Network, e.Message, inner: e) : null;
        }
    }
}
