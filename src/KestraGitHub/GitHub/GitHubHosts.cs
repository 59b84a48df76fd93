using System.Text.RegularExpressions;
using KestraGitHub.Definitions;

namespace KestraGitHub.GitHub;

/// <summary>Which addresses of Git lie on the GitHub whose API is configured: our token goes to no other host.</summary>
internal sealed partial class GitHubHosts(GitHubOptions options)
{
    private readonly Uri _api = options.Api;

    /// <summary>Host, and port where it is not the scheme's own, of pages and of Git over http.</summary>
    public string Authority => _api.Host.ToLowerInvariant() switch
    {
        "api.github.com" => "github.com",
        var host when host.StartsWith("api.", StringComparison.Ordinal) && host.EndsWith(".ghe.com", StringComparison.Ordinal) => host["api.".Length..],
        _ => _api.Authority.ToLowerInvariant(),
    };

    /// <summary>The page of a pull request.</summary>
    public string PageOf(string repository, long number) => $"{_api.Scheme}://{Authority}/{repository}/pull/{number.ToString(System.Globalization.CultureInfo.InvariantCulture)}";

    /// <summary>True where Git over http may be given our token: the same host, and no less protected than the API itself.</summary>
    public bool Owns(Uri url) => url.Scheme == _api.Scheme && string.Equals(url.Authority, Authority, StringComparison.OrdinalIgnoreCase);

    /// <param name="url">As a task has it: https, ssh, or <c>git@host:owner/name.git</c>.</param>
    /// <returns>Null when it lies elsewhere, or is no address of a repository.</returns>
    public GitHubRepository? RepositoryOf(string url)
    {
        if (Uri.TryCreate(url, UriKind.Absolute, out var uri) && url.Contains("://", StringComparison.Ordinal))
        {
            return uri.Scheme switch
            {
                "https" or "http" when string.Equals(uri.Authority, Authority, StringComparison.OrdinalIgnoreCase) => Name(uri.AbsolutePath),
                "ssh" when IsHost(uri.Host) => Name(uri.AbsolutePath),
                _ => null,
            };
        }

        return Scp().Match(url) is { Success: true } scp && IsHost(scp.Groups["host"].Value) ? Name(scp.Groups["path"].Value) : null;
    }

    /// <summary>Null where the repository lies on another host than the API's.</summary>
    public GitHubRepository? RepositoryOf(RepositoryName name) =>
        name.Host == Authority.Split(':')[0] && name.Path.Split('/') is [var owner, var repository] ? new GitHubRepository(owner, repository) : null;

    // github.com answers ssh on port 443 under a name of its own.
    private bool IsHost(string host)
    {
        var own = Authority.Split(':')[0];
        return host.Equals(own, StringComparison.OrdinalIgnoreCase) || host.Equals("ssh." + own, StringComparison.OrdinalIgnoreCase);
    }

    private static GitHubRepository? Name(string path)
    {
        var text = Uri.UnescapeDataString(path).Trim('/');
        return GitHubRepository.Parse(text.EndsWith(".git", StringComparison.OrdinalIgnoreCase) ? text[..^4] : text);
    }

    [GeneratedRegex(@"^(?:[^@/:]+@)?(?<host>[^/:@]+):(?<path>[^:].*)\z")]
    private static partial Regex Scp();
}
