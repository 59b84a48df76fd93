using System.Text;
using KestraGitHub.Definitions;

namespace KestraGitHub.Git;

/// <summary>Where the submodules of a commit come from. The file is the repository's: its addresses are trusted no more than its other bytes.</summary>
internal static class Submodules
{
    private const int FileLimit = 1 << 20;

    /// <summary>Urls by path.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> ReadAsync(GitRunner runner, GitCommit commit, CancellationToken ct)
    {
        var urls = new Dictionary<string, string>(StringComparer.Ordinal);
        if (await TreePath.FindAsync(commit.Mirror.Objects, commit, ".gitmodules", ct) is not { Mode: TreeEntry.File } file) return urls;
        if (await commit.Mirror.Objects.FindAsync(file.Id, "blob", FileLimit, ct) is null) return urls;
        var output = await runner.RunAsync(
            new GitCall($"Reading .gitmodules of {commit.Remote.Url}",
                ["config", "--blob", file.Id, "--null", "--list"]) { GitDirectory = commit.Mirror.Directory }, ct);
        var values = Encoding.UTF8.GetString(output).Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(e => e.Split('\n', 2)).Where(e =>
            e.Length == 2).ToList();
        foreach (var path in values.Where(v =>
            v[0].StartsWith("submodule.", StringComparison.Ordinal) && v[0].EndsWith(".path", StringComparison.Ordinal)))
        {
            var url = values.LastOrDefault(v => v[0] == path[0][..^"path".Length] + "url");
            if (url is not null) urls[path[1].Trim('/')] = url[1];
        }

        return urls;
    }

    public static GitRemote RemoteOf(GitRemote parent, GitSource source, string url, GitOptions options)
    {
        var absolute = url.StartsWith("./", StringComparison.Ordinal) || url.StartsWith("../", StringComparison.Ordinal)
            ? Resolve(parent.Url.Text, url) : url;
        var remote = GitRemote.Of(source with { Url = absolute, Credential = GitCredential.None }, options);
        if (remote.Url.Protocol == "file" && parent.Url.Protocol != "file")
            throw new GitException(GitErrorKind.Protocol,
                $"A submodule of {parent.Url} points into the file system of this machine, which is not followed. Give it an https or ssh url.");
        // The credential is for the server that the task names, and no other.
        var same = remote.Url.Protocol == parent.Url.Protocol && remote.Url.Host == parent.Url.Host && remote.Url.Origin == parent.Url.Origin;
        return same ? remote with { Credential = parent.Credential } : remote;
    }

    private static string Resolve(string parent, string relative)
    {
        var left = parent.TrimEnd('/');
        while (true)
        {
            if (relative.StartsWith("./", StringComparison.Ordinal))
            {
                relative = relative[2..];
            }
            else if (relative.StartsWith("../", StringComparison.Ordinal))
            {
                relative = relative[3..];
                var cut = left.LastIndexOfAny(['/', ':']);
                if (cut <= 0 || left[cut] == ':' || left[..cut].EndsWith('/'))
                    throw new GitException(GitErrorKind.Protocol, $"A submodule's relative url leads above {parent}. Correct .gitmodules.");
                left = left[..cut];
            }
            else
            {
                return $"{left}/{relative}";
            }
        }
    }
}
