using KestraGitHub.Definitions;

namespace KestraGitHub.Git;

internal sealed partial class GitMirrors
{
    /// <summary>What the server has under a full name that is neither a branch nor a tag; null where it has none.</summary>
    public async Task<GitHead?> FindReferenceAsync(GitSource source, string reference, CancellationToken ct)
    {
        var refs = await OnDiskAsync(() => _server.ListAsync(GitRemote.Of(source, _options), reference, ct));
        return refs.IsEmpty ? null : refs.Revision(reference);
    }

    /// <summary>The commits that a commit comes after, in their order.</summary>
    public async Task<IReadOnlyList<string>> ParentsAsync(GitSource source, GitHead head, CancellationToken ct)
    {
        var commit = await OpenAsync(source, head, ct);
        using var use = commit.Mirror.Use();
        var line = await Runner.TextAsync(
            new GitCall($"Reading a commit of {commit.Remote.Url}", ["rev-list", "--parents", "--max-count=1", head.Commit, "--"]) { GitDirectory = commit.Mirror.Directory }, ct);
        return [.. line.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Skip(1)];
    }
}
