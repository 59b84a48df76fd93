namespace KestraGitHub.Git;

// What pages show of repositories: only what lies in this node's mirror already. No server is asked.
internal sealed partial class GitMirrors
{
    /// <summary>One file, or one blob by its id; null where the mirror lacks it, or it is larger than <paramref name="limit"/> bytes.</summary>
    /// <param name="name"><c>commit:path</c>, or a blob's id.</param>
    public async Task<byte[]?> PeekAsync(string url, string name, int limit, CancellationToken ct)
    {
        try
        {
            var address = GitUrl.Parse(url, _options.AllowedProtocols);
            foreach (var sha256 in (bool[])[false, true])
            {
                if (!Directory.Exists(GitMirror.FolderOf(_folders.Mirrors, address, sha256))) continue;
                var mirror = MirrorOf(address, sha256);
                using var use = mirror.Use();
                var id = await Runner.TextAsync(
                    new GitCall($"Looking into the mirror of {mirror.Place}", ["rev-parse", "--verify", "--quiet", "--end-of-options", name]) { GitDirectory = mirror.Directory }, ct);
                return await mirror.Objects.FindAsync(id.Trim(), "blob", limit, ct);
            }

            return null;
        }
        catch (GitException)
        {
            return null;
        }
    }
}
