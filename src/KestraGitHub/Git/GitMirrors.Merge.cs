namespace KestraGitHub.Git;

internal sealed partial class GitMirrors
{
    /// <summary>Git's own limit of conflicts that it counts; what is above is a failure.</summary>
    private const int MostConflicts = 127;

    /// <summary>
    /// Joins the changes of two texts that began as one, line by line (<c>git merge-file</c>); null where they meet in the same lines. The three lie in
    /// files of a private folder meanwhile, so that no text is ever an argument.
    /// </summary>
    public async Task<byte[]?> JoinAsync(ReadOnlyMemory<byte> one, ReadOnlyMemory<byte> before, ReadOnlyMemory<byte> other, CancellationToken ct)
    {
        var folder = _folders.NewPrivate();
        try
        {
            string[] files = [Path.Combine(folder, "one"), Path.Combine(folder, "before"), Path.Combine(folder, "other")];
            await File.WriteAllBytesAsync(files[0], one, ct);
            await File.WriteAllBytesAsync(files[1], before, ct);
            await File.WriteAllBytesAsync(files[2], other, ct);
            var (conflicts, joined) = await Runner.AnswerAsync(new GitCall("Joining the changes of both sides", ["merge-file", "-p", "--quiet", .. files]), MostConflicts, ct);
            return conflicts == 0 ? joined : null;
        }
        finally
        {
            GitFolders.Remove(folder);
        }
    }
}
