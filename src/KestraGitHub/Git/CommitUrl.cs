using System.Text.RegularExpressions;

namespace KestraGitHub.Git;

/// <summary>Where a person looks at a commit, as far as the address of the repository tells (plugin-git.md 1.3). Holds no credential: the address has none.</summary>
internal static partial class CommitUrl
{
    public static string Of(string repository, string commit, string? branch)
    {
        var url = WebAddress(repository);
        if (url.Contains("dev.azure.com", StringComparison.OrdinalIgnoreCase) || url.Contains(".visualstudio.com", StringComparison.OrdinalIgnoreCase))
            return $"{url}/commit/{commit}{(branch is null ? "" : $"?refName={Uri.EscapeDataString("refs/heads/" + branch)}")}";
        return url.Contains("bitbucket.org", StringComparison.OrdinalIgnoreCase) ? $"{url}/commits/{commit}" : $"{url}/commit/{commit}";
    }

    private static string WebAddress(string repository)
    {
        var url = repository.TrimEnd('/');
        if (url.EndsWith(".git", StringComparison.OrdinalIgnoreCase)) url = url[..^4];

        // Both ways to write ssh; the upstream leaves `ssh://` as it is, which no browser opens.
        var match = Ssh().Match(url);
        if (!match.Success) return url;
        var (host, path) = (match.Groups["host"].Value, match.Groups["path"].Value);
        if (host.StartsWith("ssh.", StringComparison.OrdinalIgnoreCase)) host = host[4..];
        path = AzureVersion().Replace(path, "");
        if (host.EndsWith("dev.azure.com", StringComparison.OrdinalIgnoreCase) && path.LastIndexOf('/') is > 0 and var last) path = $"{path[..last]}/_git{path[last..]}";
        return $"https://{host}/{path}";
    }

    [GeneratedRegex(@"\A(?:ssh://(?:[^@/]*@)?(?<host>[^/:]+)(?::\d+)?/(?<path>.+)|(?:[^@/:]*@)(?<host>[^/:]+):(?<path>.+))\z", RegexOptions.IgnoreCase)]
    private static partial Regex Ssh();

    [GeneratedRegex(@"\Av\d+/")]
    private static partial Regex AzureVersion();
}
