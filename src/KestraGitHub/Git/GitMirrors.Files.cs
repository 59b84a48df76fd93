using KestraGitHub.Definitions;

namespace KestraGitHub.Git;

// Small files of a directory, read as they are.
internal sealed partial class GitMirrors
{
    /// <summary>The regular files below the source's directory that <paramref name="wanted"/> says yes to, by their paths from it. Links are not followed.</summary>
    /// <param name="largest">Bytes; of a larger file only so many and one more come, so that whoever reads it sees that it is too long.</param>
    /// <exception cref="GitException">The directory is not there, or cannot be read.</exception>
    public async Task<IReadOnlyList<(string Path, byte[] Content)>> ReadFilesAsync(GitSource source, GitCommit commit, Func<string, bool> wanted, int largest, CancellationToken ct)
    {
        using var use = commit.Mirror.Use();
        if (await commit.TreeOfAsync(source.Directory, ct) is not { } tree)
            throw new GitException(GitErrorKind.NotFound, $"The directory '{source.Directory}' was not found at {commit.Head.Wanted} of {commit.Remote.Url}.");
        var files = new List<(string, byte[])>();
        foreach (var file in await new SourceTree(this, source).ListAsync(commit, tree, source.Directory, ct))
        {
            if (file is not { Path: { } path, Entry.Mode: TreeEntry.File } || !wanted(path)) continue;
            var bytes = file.Entry.Size > largest
                ? new byte[largest + 1]
                : await file.Mirror.Objects.FindAsync(file.Entry.Id, "blob", largest, ct) ?? throw new GitException(GitErrorKind.Corrupt, $"The mirror of {commit.Remote.Url} lacks {file.FullPath}. It is made anew at the next look.");
            files.Add((path, bytes));
        }

        return files;
    }
}
