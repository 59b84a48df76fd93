using KestraGitHub.Definitions;

namespace KestraGitHub.Git;

internal sealed partial class GitMirrors
{
    /// <summary>A commit of another branch as the place where a work branch begins: what is made on it is pushed to that.</summary>
    public Task<GitCommit> OpenForBranchAsync(GitSource source, GitCommit start, string branch, CancellationToken ct) =>
        OpenAsync(source, new GitHead(start.Commit, "refs/heads/" + branch, $"new branch '{branch}'") { IsNew = true }, ct);

    /// <summary>What a commit has at each of some paths: git's mode and the name of the bytes, with a blank between; null for nothing.</summary>
    public static async Task<IReadOnlyDictionary<string, string?>> FilesAsync(GitCommit commit, IEnumerable<string> paths, CancellationToken ct)
    {
        using var use = commit.Mirror.Use();
        var files = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var path in paths)
            files[path] = await TreePath.FindAsync(commit.Mirror.Objects, commit, path, ct) is { } found ? $"{found.FullMode} {found.Id}" : null;
        return files;
    }

    /// <summary>The change that gives a path of a tree what another tree of the same mirror has there, in the words of <see cref="FilesAsync"/>.</summary>
    public static TreeChange ChangeTo(string path, string? file) =>
        file?.Split(' ') is [var mode, var id] ? new TreeChange(path, mode, null) { Blob = id } : new TreeChange(path, "", null);
}
