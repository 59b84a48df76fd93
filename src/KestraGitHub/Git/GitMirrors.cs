using System.Collections.Concurrent;
using KestraGitHub.Definitions;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Git;

/// <summary>Git repositories as they are on their servers, kept near: the way in to everything of this folder.</summary>
internal sealed partial class GitMirrors : IAsyncDisposable
{
    private const int PacksBeforeRepack = 40;

    private readonly GitOptions _options;
    private readonly GitFolders _folders;
    private readonly GitServer _server;
    private readonly MirrorLimit _limit;
    private readonly ILogger<GitMirrors> _logger;
    private readonly ConcurrentDictionary<string, GitMirror> _mirrors = new(StringComparer.Ordinal);
    private readonly Timer _idle;

    public GitMirrors(GitOptions options, GitDataPath data, ILogger<GitMirrors> logger, HostCredentials? credentials = null)
    {
        (_options, _folders, _logger) = (options, new GitFolders(data.Path), logger);
        Runner = new GitRunner(_folders, options);
        _server = new GitServer(Runner, _folders, options, credentials ?? HostCredentials.None);
        _limit = new MirrorLimit(_folders, options);
        _archives = new ArchiveCache(_folders, options.ArchiveLimitBytes);
        var pause = TimeSpan.FromSeconds(15);
        _idle = new Timer(_ => _ = CloseIdleAsync(DateTimeOffset.UtcNow - pause), null, pause, pause);
    }

    internal GitRunner Runner { get; }

    internal GitOptions Options => _options;

    /// <summary>
    /// What the task's branch, or <paramref name="revision"/> (a commit id, whole or its beginning, a branch or a tag), is on the server now. One
    /// question to the server, which also proves that the credential may read. Never another branch than the one that was asked for.
    /// </summary>
    public async Task<GitHead> ResolveAsync(GitSource source, string? revision, CancellationToken ct)
    {
        var remote = GitRemote.Of(source, _options);
        foreach (var (key, _) in source.Transport.Config.Where(c => !GitConfigOfTask.Passes(c.Key))) Log.NoEffect(_logger, key, remote.Url.Text);
        var wanted = string.IsNullOrWhiteSpace(revision) ? null : revision.Trim();
        var refs = await OnDiskAsync(() => _server.ListAsync(remote, onlyDefault: wanted is null && source.Branch is null, ct));
        if (wanted is null) return source.Branch is null ? refs.Default() : refs.Branch(source.Branch);
        return refs.Revision(wanted) ?? await OnDiskAsync(() => ExpandAsync(remote, refs, wanted, ct));
    }

    /// <summary>The commit in the mirror; fetched when it is not there yet.</summary>
    public Task<GitCommit> OpenAsync(GitSource source, GitHead head, CancellationToken ct) => OpenAsync(GitRemote.Of(source, _options), head, ct);

    /// <param name="stamp">What its commits say of the run; null for a store that is only read.</param>
    public GitResourceStore OpenStore(SyncTask task, GitCommit commit, CommitStamp? stamp = null) => new(this, task, commit, stamp);

    public async ValueTask DisposeAsync()
    {
        await _idle.DisposeAsync();
        foreach (var mirror in _mirrors.Values) await mirror.DisposeAsync();
    }

    internal Task<GitCommit> OpenAsync(GitRemote remote, GitHead head, CancellationToken ct) => OnDiskAsync(() => OpenOnDiskAsync(remote, head, ct));

    private async Task<GitCommit> OpenOnDiskAsync(GitRemote remote, GitHead head, CancellationToken ct)
    {
        var mirror = MirrorOf(remote, head.Sha256);
        using var use = mirror.Use();
        if (head.Commit.Length == 0) return await OpenEmptyAsync(mirror, remote, head, ct);
        // The usual case, while others may be fetching for minutes.
        if (mirror.Ready && await FindQuietlyAsync(mirror, remote, head, ct) is { } there) return there;

        using (await mirror.LockAsync(_options.FetchTimeout, ct))
        {
            var commit = await HealedAsync(mirror, () => FetchCommitAsync(mirror, remote, head, ct), ct);
            await TidyAsync(mirror, ct);
            return commit;
        }
    }

    private static async Task<GitCommit?> FindQuietlyAsync(GitMirror mirror, GitRemote remote, GitHead head, CancellationToken ct)
    {
        try
        {
            return await GitCommit.FindAsync(mirror, remote, head, ct);
        }
        catch (GitException e) when (e.Kind == GitErrorKind.Corrupt)
        {
            mirror.Suspect = true;
            return null;
        }
    }

    private async Task<GitCommit> FetchCommitAsync(GitMirror mirror, GitRemote remote, GitHead head, CancellationToken ct)
    {
        if (await GitCommit.FindAsync(mirror, remote, head, ct) is { } there) return there;
        // By its id: one question less, and no matter that the branch may have moved on since. Not every server gives out every id.
        var kept = KeptName(head.Reference ?? head.Commit);
        await TryFetchAsync(mirror, remote, $"+{head.Commit}:{kept}", ct);
        if (await GitCommit.FindAsync(mirror, remote, head, ct) is { } byId) return byId;
        if (head.Reference is not null)
        {
            await TryFetchAsync(mirror, remote, $"+{head.Reference}:{kept}", ct);
            if (await GitCommit.FindAsync(mirror, remote, head, ct) is { } byName) return byName;
        }

        await FetchAllAsync(mirror, remote, ct);
        return await GitCommit.FindAsync(mirror, remote, head, ct) ?? throw new GitException(
            GitErrorKind.NotFound, $"The {(head.Reference is null ? head.Wanted : $"commit {head.Commit} of {head.Wanted}")} was not found in {remote.Url}: its history was rewritten, or the id is no commit's.");
    }

    private async Task TryFetchAsync(GitMirror mirror, GitRemote remote, string refspec, CancellationToken ct)
    {
        try
        {
            await _server.FetchAsync(remote, mirror.Directory, [refspec], prune: false, ct);
        }
        catch (GitException e) when (e.Kind == GitErrorKind.NotFound)
        {
            // Gone since it was resolved, or not given out by its id: there are other ways to it.
        }
    }

    private Task FetchAllAsync(GitMirror mirror, GitRemote remote, CancellationToken ct) =>
        _server.FetchAsync(remote, mirror.Directory, ["+refs/heads/*:refs/all/heads/*", "+refs/tags/*:refs/all/tags/*"], prune: true, ct);

    /// <summary>The one commit whose id begins so. Only the objects themselves can tell, so all branches and tags are fetched.</summary>
    private async Task<GitHead> ExpandAsync(GitRemote remote, RemoteRefs refs, string prefix, CancellationToken ct)
    {
        var mirror = MirrorOf(remote, refs.Sha256);
        using var use = mirror.Use();
        using var locked = await mirror.LockAsync(_options.FetchTimeout, ct);
        return await HealedAsync(mirror, FindAsync, ct);

        async Task<GitHead> FindAsync()
        {
            await FetchAllAsync(mirror, remote, ct);
            var ids = await Runner.TextAsync(new GitCall($"Looking for the commit {prefix} of {remote.Url}",
                ["rev-parse", "--disambiguate=" + prefix.ToLowerInvariant()]) { GitDirectory = mirror.Directory }, ct);
            List<string> commits = [];
            foreach (var id in ids.Split('\n', StringSplitOptions.RemoveEmptyEntries))
                if (await mirror.Objects.FindAsync(id, "commit", 16 << 20, ct) is not null) commits.Add(id);
            return commits.Count switch
            {
                1 => new GitHead(commits[0], null, $"commit {commits[0]}"),
                0 => throw refs.NoRevision(prefix),
                _ => throw new GitException(GitErrorKind.NotFound, $"The commit id '{prefix}' is ambiguous in {remote.Url}: {string.Join(", ", commits.Take(5))}. Write more of it."),
            };
        }
    }

    /// <summary>A damaged mirror is worth nothing and is made anew, once.</summary>
    private async Task<T> HealedAsync<T>(GitMirror mirror, Func<Task<T>> work, CancellationToken ct)
    {
        try
        {
            await mirror.PrepareAsync(ct);
            return await work();
        }
        catch (GitException e) when (e.Kind == GitErrorKind.Corrupt)
        {
            Log.MadeAnew(_logger, mirror.Place, e.Message);
            await mirror.DiscardAsync();
            await mirror.PrepareAsync(ct);
            return await work();
        }
        catch
        {
            mirror.CleanNextTime();
            throw;
        }
    }

    private async Task TidyAsync(GitMirror mirror, CancellationToken ct)
    {
        try
        {
            var packs = Path.Combine(mirror.Directory, "objects", "pack");
            if (Directory.Exists(packs) && Directory.EnumerateFiles(packs, "*.pack").Count() > PacksBeforeRepack)
                await Runner.RunAsync(new GitCall($"Packing the mirror of {mirror.Place}",
                    ["gc", "--quiet", "--prune=1.day.ago"]) { GitDirectory = mirror.Directory, Timeout = _options.FetchTimeout }, ct);
            await _limit.EnforceAsync(RemoveAsync);
        }
        catch (Exception e) when (e is GitException or IOException or UnauthorizedAccessException)
        {
            // What was asked for is there; the housekeeping is tried again after the next fetch.
            Log.NotTidied(_logger, mirror.Place, e.Message);
        }
    }

    private async Task<bool> RemoveAsync(string folder)
    {
        if (_mirrors.Values.FirstOrDefault(m => m.Directory == folder) is { } known)
        {
            if (known.InUse) return false;
            await known.DiscardAsync();
        }
        else
        {
            GitFolders.Remove(folder);
        }

        Log.Removed(_logger, Path.GetFileName(folder));
        return true;
    }

    private async Task CloseIdleAsync(DateTimeOffset before)
    {
        foreach (var mirror in _mirrors.Values) await mirror.Objects.CloseIdleAsync(before);
    }

    private GitMirror MirrorOf(GitRemote remote, bool sha256) => MirrorOf(remote.Url, sha256);

    private GitMirror MirrorOf(GitUrl url, bool sha256) =>
        _mirrors.GetOrAdd(url.Text + (sha256 ? " sha256" : ""), _ => new GitMirror(_folders.Mirrors, url, sha256, Runner));

    /// <summary>A flat name: a branch <c>a/b</c> must not stand in the way of a later branch <c>a</c>.</summary>
    private static string KeptName(string name) => "refs/kept/" + TextDigest.Of(name)[..24];

    /// <summary>What the file system says when it refuses, as a failure of git's kind.</summary>
    private async Task<T> OnDiskAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            const int noSpace = 28, diskFullOnWindows = 112, quota = 122;
            var full = (e.HResult & 0xFFFF) is noSpace or diskFullOnWindows or quota;
            var cure = full ? "The disk is full: free space, or lower Git:CacheLimitBytes." : "Look at the rights and the health of the folder.";
            throw new GitException(full ? GitErrorKind.DiskFull : GitErrorKind.Other,
                $"The mirrors in '{_folders.Mirrors}' cannot be written ({e.Message}). {cure}", "", e);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(4, LogLevel.Warning, "The entry '{Key}' of gitConfig has no effect here, for {Place}")]
        public static partial void NoEffect(ILogger logger, string key, string place);

        [LoggerMessage(1, LogLevel.Warning, "The mirror of {Place} is damaged and is made anew: {Reason}")]
        public static partial void MadeAnew(ILogger logger, string place, string reason);

        [LoggerMessage(2, LogLevel.Warning, "The mirror of {Place} could not be tidied: {Reason}")]
        public static partial void NotTidied(ILogger logger, string place, string reason);

        [LoggerMessage(3, LogLevel.Information, "The mirror {Name} was removed to keep below Git:CacheLimitBytes")]
        public static partial void Removed(ILogger logger, string name);
    }
}
