using KestraGitHub.Definitions;

namespace KestraGitHub.Git;

/// <summary>Lists what lies below the directory of a commit, through its submodules where that is asked for.</summary>
internal sealed class SourceTree(GitMirrors mirrors, GitSource source)
{
    private const int MaxDepth = 5;

    public Task<List<SourceFile>> ListAsync(GitCommit commit, string tree, string directory, CancellationToken ct) =>
        ListAsync(commit, tree, directory, "", [commit.Remote.Url.Text], ct);

    /// <param name="directory">Of this repository, without slashes at its ends.</param>
    /// <param name="prefix">Path of this repository inside the one that the task names, with a slash at its end.</param>
    private async Task<List<SourceFile>> ListAsync(GitCommit commit, string tree, string directory, string prefix, IReadOnlyList<string> chain,
        CancellationToken ct)
    {
        List<SourceFile> files = [];
        var root = directory.Length == 0 ? "" : directory + "/";
        await TreeListing.ReadAsync(
            mirrors.Runner, commit.Mirror, tree,
            entry => files.Add(new SourceFile(entry.Path is null ? null : prefix + entry.Path, prefix + root + entry.Shown, entry,
                commit.Mirror)), ct);
        if (!source.Submodules || files.All(f => f.Entry.Mode != TreeEntry.Submodule)) return files;

        var modules = await Submodules.ReadAsync(mirrors.Runner, commit, ct);
        List<SourceFile> all = [];
        foreach (var file in files)
        {
            if (file.Entry.Mode != TreeEntry.Submodule || file.Path is null) all.Add(file);
            else all.AddRange(await ExpandAsync(commit, modules, file, root, prefix, chain, ct));
        }

        return all;
    }

    private async Task<IEnumerable<SourceFile>> ExpandAsync(
        GitCommit commit, IReadOnlyDictionary<string, string> modules, SourceFile file, string root, string prefix, IReadOnlyList<string> chain,
            CancellationToken ct)
    {
        var path = root + file.Entry.Path;
        if (!modules.TryGetValue(path, out var url))
            throw new GitException(GitErrorKind.NotFound,
                $"The submodule '{path}' of {commit.Remote.Url} has no url in .gitmodules. Add it, or set cloneSubmodules: false.");
        var remote = Submodules.RemoteOf(commit.Remote, source, url, mirrors.Options);
        if (chain.Contains(remote.Url.Text) || chain.Count > MaxDepth)
            throw new GitException(GitErrorKind.Other,
                $"The submodule '{path}' of {commit.Remote.Url} leads in a circle or nests deeper than {MaxDepth}. Set cloneSubmodules: false.");
        var head = new GitHead(file.Entry.Id, null, $"commit {file.Entry.Id} of the submodule '{path}'");
        var inner = await mirrors.OpenAsync(remote, head, ct);
        using var use = inner.Mirror.Use();
        var below = await ListAsync(inner, inner.Tree, "", prefix + file.Entry.Path + "/", [.. chain, remote.Url.Text], ct);
        return below.Select(f => f with { FullPath = f.Path is null ? f.FullPath : root + f.Path });
    }
}
