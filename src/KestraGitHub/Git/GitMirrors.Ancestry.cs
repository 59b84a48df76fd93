using KestraGitHub.Definitions;

namespace KestraGitHub.Git;

internal sealed partial class GitMirrors
{
    /// <summary>Whether <paramref name="reached"/> is <paramref name="head"/> or came after it. False also where the repository no longer knows it.</summary>
    public async Task<bool> HasReachedAsync(GitSource source, GitHead head, string reached, CancellationToken ct)
    {
        if (head.Commit == reached) return true;
        var commit = await OpenAsync(source, head, ct);
        using var use = commit.Mirror.Use();
        try
        {
            // What of it the other one lacks: nothing, where the other one is the newer.
            var lacking = await Runner.TextAsync(
                new GitCall($"Comparing commits of {commit.Remote.Url}", ["rev-list", "--max-count=1", head.Commit, "^" + reached, "--"]) { GitDirectory = commit.Mirror.Directory }, ct);
            return lacking.Length == 0;
        }
        catch (GitException e) when (e.Kind is not (GitErrorKind.Timeout or GitErrorKind.DiskFull))
        {
            return false;
        }
    }
}
