namespace KestraGitHub.Git;

// What pages show of repositories: only what lies in this node's mirror already. No server is asked.
internal sealed partial class GitMirrors
{
    /// <summary>One file, or one blob by its id, unless it is larger than <paramref name="limit"/> bytes.</summary>
    /// <param name="name"><c>commit:path</c>, or a blob's id.</param>
    public async Task<Peeked> PeekAsync(string url, string name, int limit, CancellationToken ct)
    {
        try
        {
            var address = GitUrl.Parse(url, _options.AllowedProtocols);
            foreach (var sha256 in (bool[])[false, true])
            {
                if (!Directory.Exists(GitMirror.FolderOf(_folders.Mirrors, address, sha256))) continue;
                var mirror = MirrorOf(address, sha256);
                using var use = mirror.Use();
                if (await IdOfAsync(mirror, name, ct) is { } id) return new(await mirror.Objects.FindAsync(id, "blob", limit, ct));
                return new(null, Absent: name.Split(':', 2) is [var commit, _] && await IdOfAsync(mirror, $"{commit}^{{commit}}", ct) is not null);
            }

            return Peeked.Unknown;
        }
        catch (GitException e)
        {
            return Peeked.Unknown with { TooBig = e.Kind == GitErrorKind.TooBig };
        }
    }

    private async Task<string?> IdOfAsync(GitMirror mirror, string name, CancellationToken ct)
    {
        try
        {
            var call = new GitCall($"Looking into the mirror of {mirror.Place}", ["rev-parse", "--verify", "--quiet", "--end-of-options", name]) { GitDirectory = mirror.Directory };
            return (await Runner.TextAsync(call, ct)).Trim();
        }
        catch (GitException)
        {
            return null;
        }
    }
}
