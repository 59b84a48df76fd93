using System.Globalization;

namespace KestraGitHub.Git;

/// <summary>The calls to a Git server: two that reading needs, and the one that writes.</summary>
internal sealed class GitServer(GitRunner runner, GitFolders folders, GitOptions options, HostCredentials credentials)
{
    /// <param name="onlyDefault">True: what HEAD is. False: all branches and tags.</param>
    public Task<RemoteRefs> ListAsync(GitRemote remote, bool onlyDefault, CancellationToken ct) => ListAsync(
        remote,
        onlyDefault ? ["ls-remote", "--quiet", "--symref", "--", remote.Url.Text, "HEAD"] : ["ls-remote", "--quiet", "--heads", "--tags", "--", remote.Url.Text], ct);

    /// <summary>All branches, and which of them is the default one.</summary>
    public Task<RemoteRefs> HeadsAsync(GitRemote remote, CancellationToken ct) =>
        ListAsync(remote, ["ls-remote", "--quiet", "--symref", "--", remote.Url.Text, "HEAD", "refs/heads/*"], ct);

    private async Task<RemoteRefs> ListAsync(GitRemote remote, string[] arguments, CancellationToken ct)
    {
        var patience = remote.Transport.ConnectTimeout + remote.Transport.ReadTimeout;
        var timeout = patience < options.LsRemoteTimeout ? patience : options.LsRemoteTimeout;
        var output = await CallAsync(remote, new GitCall($"Reading the branches of {remote.Url}", arguments) { Timeout = timeout }, writes: false, ct);
        return new RemoteRefs(remote.Url.Text, output);
    }

    /// <summary>One name that is neither a branch nor a tag.</summary>
    public async Task<RemoteRefs> ListAsync(GitRemote remote, string reference, CancellationToken ct)
    {
        var call = new GitCall($"Reading {reference} of {remote.Url}", ["ls-remote", "--quiet", "--", remote.Url.Text, reference]) { Timeout = options.LsRemoteTimeout };
        return new RemoteRefs(remote.Url.Text, await CallAsync(remote, call, writes: false, ct));
    }

    /// <param name="prune">True: names that the server no longer has are forgotten, so that they are not in the way of new ones.</param>
    /// <param name="depth">Commits of each branch; null for all.</param>
    /// <param name="tags">True: with the tags of what is fetched.</param>
    public Task FetchAsync(GitRemote remote, string mirror, IReadOnlyList<string> refspecs, bool prune, CancellationToken ct, int? depth = null, bool tags = false) =>
        CallAsync(
            remote,
            new GitCall(
                $"Fetching from {remote.Url}",
                ["fetch", "--quiet", .. tags ? (string[])[] : ["--no-tags"], .. Depth(depth), "--no-write-fetch-head", "--no-recurse-submodules", "--no-auto-maintenance", prune ? "--prune"
                    : "--no-prune", "--", remote.Url.Text, .. refspecs])
            {
                GitDirectory = mirror, Timeout = options.FetchTimeout,
            },
            writes: false, ct);

    private static string[] Depth(int? depth) => depth is { } commits ? [string.Create(CultureInfo.InvariantCulture, $"--depth={commits}")] : [];

    /// <summary>Sets a branch to <paramref name="commit"/> if it still is where it was seen, and else not at all.</summary>
    /// <param name="commit">Empty: the branch goes.</param>
    /// <param name="reference">In full: <c>refs/heads/main</c>.</param>
    /// <param name="expected">The commit that the branch has; empty where there is no such branch.</param>
    public Task PushAsync(GitRemote remote, string mirror, string commit, string reference, string expected, CancellationToken ct) =>
        CallAsync(
            remote,
            new GitCall(
                $"Pushing to {reference["refs/heads/".Length..]} of {remote.Url}",
                // Of a task's branch the lease forces nothing: the commit follows the very one that it names, and no branch that is gone is made anew. A work
                // branch of ours may be set anew, from the very commit that was seen there.
                ["push", "--quiet", "--no-verify", "--no-follow-tags", "--recurse-submodules=no", $"--force-with-lease={reference}:{expected}", "--",
                    remote.Url.Text, $"{commit}:{reference}"])
            {
                GitDirectory = mirror, Timeout = options.FetchTimeout,
            },
            writes: true, ct);

    /// <summary>With the task's own credential, or one that the host lends; one that is refused is asked for anew, once.</summary>
    private async Task<byte[]> CallAsync(GitRemote remote, GitCall call, bool writes, CancellationToken ct)
    {
        if (await credentials.LendAsync(remote, writes, again: false, ct) is not { } lent) return await CallAsync(remote, call, ct);
        try
        {
            return await CallAsync(lent, call, ct);
        }
        catch (GitException e) when (e.Kind == GitErrorKind.Auth)
        {
            if (await credentials.LendAsync(remote, writes, again: true, ct) is not { } renewed) throw;
            return await CallAsync(renewed, call, ct);
        }
    }

    private async Task<byte[]> CallAsync(GitRemote remote, GitCall call, CancellationToken ct)
    {
        try
        {
            using var access = new RemoteAccess(remote, folders, options, follow: false);
            return await runner.RunAsync(call with { Access = access }, ct);
        }
        catch (GitException e) when (e.Kind == GitErrorKind.Redirected && remote.HasPassword)
        {
            using var access = new RemoteAccess(remote, folders, options, follow: true);
            return await runner.RunAsync(call with { Access = access }, ct);
        }
    }
}
