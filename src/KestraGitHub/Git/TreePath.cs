using System.Text;

namespace KestraGitHub.Git;

/// <summary>Finds what lies at a path of a commit, name by name as git stores them: nothing is followed or resolved.</summary>
internal static class TreePath
{
    private const int TreeLimit = 256 << 20;

    /// <summary>The names of a path; <c>.</c> and doubled slashes say nothing.</summary>
    /// <exception cref="GitException">It would leave the repository.</exception>
    public static IReadOnlyList<string> Names(string path)
    {
        var names = path.Split('/').Where(n => n is not ("" or ".")).ToList();
        return names.Contains("..")
            ? throw new GitException(GitErrorKind.NotFound, $"The directory '{path}' has a '..' in it. Write it from the repository's root.") : names;
    }

    /// <summary>Null when there is nothing.</summary>
    public static async Task<TreeEntry?> FindAsync(ObjectReaders objects, GitCommit commit, string path, CancellationToken ct)
    {
        var entry = new TreeEntry(TreeEntry.Directory, commit.Tree, 0, "");
        foreach (var name in Names(path))
        {
            if (entry.Mode != TreeEntry.Directory) return null;
            var tree = await objects.FindAsync(entry.Id, "tree", TreeLimit, ct)
                ?? throw new GitException(GitErrorKind.Corrupt,
                    $"The mirror of {commit.Remote.Url} lacks the tree {entry.Id}. It is made anew at the next run.");
            if (Find(tree, Encoding.UTF8.GetBytes(name), commit.Sha256 ? 32 : 20) is not { } found) return null;
            entry = found with { Path = string.IsNullOrEmpty(entry.Path) ? name : $"{entry.Path}/{name}" };
        }

        return entry;
    }

    private static TreeEntry? Find(ReadOnlySpan<byte> tree, ReadOnlySpan<byte> name, int idLength)
    {
        while (tree.Length > 0)
        {
            var space = tree.IndexOf((byte)' ');
            var zero = tree.IndexOf((byte)0);
            if (space < 0 || zero < space || tree.Length < zero + 1 + idLength) return null;
            if (tree[(space + 1)..zero].SequenceEqual(name))
            {
                var mode = Convert.ToInt32(Encoding.ASCII.GetString(tree[..space]), 8);
                return new TreeEntry(mode & TreeEntry.TypeMask, Convert.ToHexStringLower(tree.Slice(zero + 1, idLength)), 0, "") { FullMode = Encoding.ASCII.GetString(tree[..space]) };
            }

            tree = tree[(zero + 1 + idLength)..];
        }

        return null;
    }
}
