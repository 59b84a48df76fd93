using KestraGitHub.Definitions;

namespace KestraGitHub.Git;

/// <summary>One work tree and its repository.</summary>
internal sealed class WorkClone(GitRunner runner, GitServer server, GitRemote remote, string target)
{
    public string Target => target;

    public string GitDirectory => Path.Combine(target, ".git");

    public GitRemote Remote => remote;

    /// <summary>As a task asks for it.</summary>
    public Task MakeAsync(CloneTask task, GitHead head, CancellationToken ct) => WholeOrNothingAsync(async () =>
    {
        await InitAsync(head, ct);
        await ConfigureAsync(task, ct);
        List<string> refspecs = [task.AllBranches ? "+refs/heads/*:refs/remotes/origin/*" : $"+refs/heads/{task.Git.Branch}:refs/remotes/origin/{task.Git.Branch}"];
        if (task is { Tag: { } tag, Commit: null }) refspecs.Add($"+refs/tags/{tag}:refs/tags/{tag}");
        await server.FetchAsync(remote, GitDirectory, refspecs, prune: false, ct, task.Depth, tags: !task.NoTags);
        if (head.Reference is { } name && name.StartsWith("refs/heads/", StringComparison.Ordinal) && task.Revision is null)
        {
            var branch = name["refs/heads/".Length..];
            await CheckOutAsync(["-B", branch, "--track", "refs/remotes/origin/" + branch], head, ct);
            return;
        }

        await FetchCommitAsync(head, ct);
        await CheckOutAsync(["--detach", head.Commit], head, ct);
    });

    /// <summary>One commit, as a submodule is pinned to one.</summary>
    public Task MakeAsync(GitHead head, CancellationToken ct) => WholeOrNothingAsync(async () =>
    {
        await InitAsync(head, ct);
        await SetAsync("remote.origin.url", remote.Url.Text, ct);
        await FetchCommitAsync(head, ct);
        await CheckOutAsync(["--detach", head.Commit], head, ct);
    });

    private async Task WholeOrNothingAsync(Func<Task> work)
    {
        var isNew = !Directory.Exists(target);
        if (Path.Exists(GitDirectory)) throw new GitException(GitErrorKind.Name, $"'{target}' is a clone already. Name another directory, or remove its .git.");
        Directory.CreateDirectory(target);
        try
        {
            await work();
        }
        catch
        {
            if (isNew) GitFolders.Remove(target);
            else GitFolders.Remove(GitDirectory);
            throw;
        }
    }

    private async Task InitAsync(GitHead head, CancellationToken ct) => await runner.RunAsync(
        new GitCall($"Making a clone in '{target}'",
            ["init", "--quiet", "--template=", head.Sha256 ? "--object-format=sha256" : "--object-format=sha1", target]), ct);

    /// <summary>How a server is reached stays out of the clone: it may be a secret.</summary>
    private async Task ConfigureAsync(CloneTask task, CancellationToken ct)
    {
        await SetAsync("remote.origin.url", remote.Url.Text, ct);
        await SetAsync("remote.origin.fetch", task.AllBranches ? "+refs/heads/*:refs/remotes/origin/*" : $"+refs/heads/{task.Git.Branch}:refs/remotes/origin/{task.Git.Branch}", ct);
        if (task.NoTags) await SetAsync("remote.origin.tagOpt", "--no-tags", ct);
        foreach (var (key, value) in task.Git.Transport.Config)
            if (value is not null && !key.StartsWith("http.", StringComparison.OrdinalIgnoreCase)) await SetAsync(key, value, ct);
    }

    private async Task SetAsync(string key, string value, CancellationToken ct) => await runner.RunAsync(
        new GitCall($"Configuring the clone in '{target}'", ["config", "--file", Path.Combine(GitDirectory, "config"), key, value]), ct);

    private async Task FetchCommitAsync(GitHead head, CancellationToken ct)
    {
        if (await HasAsync(head.Commit, ct)) return;
        try
        {
            await server.FetchAsync(remote, GitDirectory, [head.Commit], prune: false, ct);
        }
        catch (GitException e) when (e.Kind == GitErrorKind.NotFound)
        {
            // Not every server gives a commit out by its id.
            await server.FetchAsync(remote, GitDirectory, ["+refs/heads/*:refs/remotes/origin/*"], prune: false, ct, tags: true);
        }

        if (!await HasAsync(head.Commit, ct)) throw new GitException(GitErrorKind.NotFound, $"The {head.Wanted} was not found in {remote.Url}: its history was rewritten, or the id is no commit's.");
    }

    private async Task<bool> HasAsync(string commit, CancellationToken ct)
    {
        await using var mirror = GitMirror.At(GitDirectory, remote.Url.Text, commit.Length == 64, runner);
        return await mirror.Objects.FindAsync(commit, "commit", 16 << 20, ct) is not null;
    }

    private async Task CheckOutAsync(IReadOnlyList<string> what, GitHead head, CancellationToken ct) => await runner.RunAsync(
        new GitCall(
            $"Checking out {head.Wanted} of {remote.Url} into '{target}'",
            ["-C", target, "--work-tree=" + target, "checkout", "--quiet", "--no-guess", "--no-recurse-submodules", .. what]) { GitDirectory = GitDirectory }, ct);
}
