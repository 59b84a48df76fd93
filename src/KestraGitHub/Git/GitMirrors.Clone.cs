using KestraGitHub.Definitions;

namespace KestraGitHub.Git;

/// <summary>A clone on a disk: a work tree and a <c>.git</c> beside it, as the task Clone of Kestra makes one (plugin-git.md, section 2.1).</summary>
internal sealed partial class GitMirrors
{
    private const int DeepestSubmodule = 5;

    /// <summary>
    /// Files that are there already and not in the repository stay; one that is in both refuses the clone before anything is written.
    /// </summary>
    /// <returns>What was checked out.</returns>
    public Task<GitHead> CloneAsync(CloneTask task, string directory, CancellationToken ct) => OnDiskAsync(async () =>
    {
        var target = Path.Combine(Path.GetFullPath(directory), task.Directory);
        RefuseLinks(Path.GetFullPath(directory), target);
        var head = await ResolveAsync(task.Git, task.Revision, ct);
        var clone = new WorkClone(Runner, _server, GitRemote.Of(task.Git, _options), target);
        await clone.MakeAsync(task, head, ct);
        if (task.Git.Submodules) await CloneSubmodulesAsync(clone, task.Git, head, [clone.Remote.Url.Text], ct);
        return head;
    });

    private async Task CloneSubmodulesAsync(WorkClone parent, GitSource source, GitHead head, IReadOnlyList<string> chain, CancellationToken ct)
    {
        var commit = await GitCommit.FindAsync(GitMirror.At(parent.GitDirectory, parent.Remote.Url.Text, head.Sha256, Runner), parent.Remote, head, ct)
            ?? throw new GitException(GitErrorKind.Corrupt, $"The clone of {parent.Remote.Url} lacks its own commit.");
        await using var mirror = commit.Mirror;
        var links = new List<TreeEntry>();
        await TreeListing.ReadAsync(Runner, mirror, commit.Tree, e => { if (e is { Mode: TreeEntry.Submodule, Path: not null }) links.Add(e); }, ct);
        if (links.Count == 0) return;
        var urls = await Submodules.ReadAsync(Runner, commit, ct);
        foreach (var link in links)
        {
            if (!urls.TryGetValue(link.Path!, out var url))
                throw new GitException(GitErrorKind.NotFound, $"The submodule '{link.Path}' of {parent.Remote.Url} has no url in .gitmodules. Add it, or set cloneSubmodules: false.");
            var remote = Submodules.RemoteOf(parent.Remote, source, url, _options);
            if (chain.Contains(remote.Url.Text) || chain.Count > DeepestSubmodule)
                throw new GitException(GitErrorKind.Other, $"The submodule '{link.Path}' of {parent.Remote.Url} leads in a circle, or too deep. Set cloneSubmodules: false.");
            var inner = new GitHead(link.Id, null, $"commit {link.Id} of the submodule '{link.Path}'");
            var clone = new WorkClone(Runner, _server, remote, Path.Combine(parent.Target, link.Path!));
            RefuseLinks(parent.Target, clone.Target);
            await clone.MakeAsync(inner, ct);
            await CloneSubmodulesAsync(clone, source, inner, [.. chain, remote.Url.Text], ct);
        }
    }

    /// <summary>A link on the way would lead the files out of the directory.</summary>
    private static void RefuseLinks(string root, string target)
    {
        for (var folder = target; folder.Length > root.Length; folder = Path.GetDirectoryName(folder)!)
            if (new DirectoryInfo(folder).LinkTarget is not null)
                throw new GitException(GitErrorKind.Name, $"'{folder}' is a link. Nothing is cloned through it: remove it, or name another directory.");
    }
}
