using System.Text;
using KestraGitHub.Definitions;

namespace KestraGitHub.Git;

/// <summary>One entry of a clone's work tree.</summary>
/// <param name="Name">Bytes of its path, as git has them.</param>
/// <param name="Shown">The same for people.</param>
/// <param name="Source">Its kind, size and content.</param>
internal sealed record CloneEntry(byte[] Name, string Shown, SourceFile Source)
{
    public TreeEntry Entry => Source.Entry;

    public bool Executable => Entry.FullMode == "100755";
}

/// <summary>
/// All that a clone of a commit puts on a disk. It is read from the trees themselves: <c>export-ignore</c> and <c>export-subst</c> of a repository's
/// attributes change nothing. What git itself would not check out is refused by name, all of it before the first byte.
/// </summary>
internal static class CloneTree
{
    /// <exception cref="GitException">A name leads out of the work tree, or into git's own files.</exception>
    public static async Task<IReadOnlyList<CloneEntry>> ListAsync(GitMirrors mirrors, GitSource source, GitCommit commit, CancellationToken ct)
    {
        var files = await new SourceTree(mirrors, source).ListAsync(commit, commit.Tree, "", ct);
        var entries = files.ConvertAll(f => new CloneEntry(NameOf(f), f.FullPath, f));
        Check(entries, commit);
        return entries;
    }

    private static byte[] NameOf(SourceFile file)
    {
        if (file.Path is { } path) return Encoding.UTF8.GetBytes(path);
        var prefix = file.FullPath[..^file.Entry.Shown.Length];
        return [.. Encoding.UTF8.GetBytes(prefix), .. file.Entry.RawPath.Span];
    }

    private static void Check(List<CloneEntry> entries, GitCommit commit)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            // Two that are not UTF-8 may look the same; only what is the same is a second one.
            if (entry.Source.Path is not null && !names.Add(entry.Shown)) throw Refused(commit, entry, "there are two of this name");
            foreach (var part in entry.Shown.Split('/'))
                if (part is "" or "." or ".." || part.Equals(".git", StringComparison.OrdinalIgnoreCase))
                    throw Refused(commit, entry, $"'{part}' is no name of a file");
        }

        foreach (var entry in entries)
            for (var slash = entry.Shown.IndexOf('/', StringComparison.Ordinal); slash > 0; slash = entry.Shown.IndexOf('/', slash + 1))
                if (names.Contains(entry.Shown[..slash])) throw Refused(commit, entry, $"it lies below '{entry.Shown[..slash]}', which is no directory");
    }

    internal static GitException Refused(GitCommit commit, CloneEntry entry, string why) => new(
        GitErrorKind.Name,
        $"{Printable(entry.Shown)} of {commit.Remote.Url} at {commit.Commit[..7]} cannot be handed out: {Printable(why)}. Rename it in the repository.");

    private static string Printable(string text) => string.Concat(text.Take(300).Select(c => char.IsControl(c) ? '?' : c));
}
