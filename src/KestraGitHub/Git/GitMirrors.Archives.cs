using System.Globalization;
using KestraGitHub.Definitions;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Git;

/// <summary>The way out as a file: the work tree of a commit in one archive.</summary>
internal sealed partial class GitMirrors
{
    private readonly ArchiveCache _archives;

    /// <summary>Stands for the bytes of the archive: the same text, the same bytes.</summary>
    public static string ArchiveTag(CloneTask task, string commit, ArchiveFormat format)
    {
        var all = string.Create(
            CultureInfo.InvariantCulture,
            $"{RepositoryArchive.Version}\n{format}\n{task.Git.Url}\n{commit}\n{task.Git.Submodules}\n{task.Directory}");
        return TextDigest.Of(all)[..40];
    }

    /// <summary>Made when it is not there yet: fetched, and written to the disk.</summary>
    public Task<FileStream> OpenArchiveAsync(CloneTask task, GitHead head, ArchiveFormat format, CancellationToken ct)
    {
        var name = ArchiveTag(task, head.Commit, format) + (format == ArchiveFormat.Zip ? ".zip" : ".tar.gz");
        return OnDiskAsync(() => _archives.OpenAsync(name, async (to, token) =>
        {
            var commit = await OpenAsync(task.Git, head, token);
            try
            {
                await PackAsync(task, commit, format, to, token);
            }
            catch (GitException e) when (e.Kind == GitErrorKind.Corrupt)
            {
                commit.Mirror.Suspect = true;
                to.SetLength(0);
                await PackAsync(task, await OpenAsync(task.Git, head, token), format, to, token);
            }
        }, ct));
    }

    private async Task PackAsync(CloneTask task, GitCommit commit, ArchiveFormat format, Stream to, CancellationToken ct)
    {
        using var use = commit.Mirror.Use();
        var entries = await CloneTree.ListAsync(this, task.Git, commit, ct);
        try
        {
            await RepositoryArchive.WriteAsync(commit, entries, format, task.Directory, to, ct);
        }
        catch (GitException e) when (e.Kind == GitErrorKind.Corrupt)
        {
            // Which of them it was is not known where there are submodules; one that is whole costs a fetch.
            foreach (var mirror in entries.Select(entry => entry.Source.Mirror).Distinct()) mirror.Suspect = true;
            throw;
        }
    }
}
