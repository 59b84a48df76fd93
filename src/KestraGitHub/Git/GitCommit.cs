using System.Text;

namespace KestraGitHub.Git;

/// <summary>One commit that lies in a mirror.</summary>
internal sealed class GitCommit
{
    private GitCommit(GitMirror mirror, GitRemote remote, GitHead head, CommitText text)
    {
        (Mirror, Remote, Head, Tree) = (mirror, remote, head, text.Tree);
        (Subject, Author, AuthorDate) = (text.Subject, text.Author, text.AuthorDate);
    }

    /// <summary>What a repository has before its first commit: an empty tree.</summary>
    internal static GitCommit Nothing(GitMirror mirror, GitRemote remote, GitHead head) =>
        new(mirror, remote, head, new CommitText("4b825dc642cb6eb9a060e54bf8d69288fbee4904", "no commit yet", "", DateTimeOffset.UnixEpoch));

    public string Commit => Head.Commit;

    /// <summary>The first line of its message.</summary>
    public string Subject { get; }

    /// <summary>The author's name, without the address.</summary>
    public string Author { get; }

    public DateTimeOffset AuthorDate { get; }

    public bool Sha256 => Head.Sha256;

    /// <summary>Id of the whole tree.</summary>
    public string Tree { get; }

    public GitHead Head { get; }

    internal GitMirror Mirror { get; }

    internal GitRemote Remote { get; }

    /// <summary>Id of the tree of a directory, or null when there is no such directory. Equal ids are equal contents, all the way down.</summary>
    public async Task<string?> TreeOfAsync(string directory, CancellationToken ct)
    {
        using var use = Mirror.Use();
        return await TreePath.FindAsync(Mirror.Objects, this, directory, ct) is { Mode: TreeEntry.Directory } entry ? entry.Id : null;
    }

    /// <summary>Null when the mirror does not have it.</summary>
    internal static async Task<GitCommit?> FindAsync(GitMirror mirror, GitRemote remote, GitHead head, CancellationToken ct)
    {
        var bytes = await mirror.Objects.FindAsync(head.Commit, "commit", 16 << 20, ct);
        return bytes is null ? null : new GitCommit(mirror, remote, head, CommitText.Parse(Encoding.UTF8.GetString(bytes)));
    }
}
