using System.Collections.Concurrent;
using KestraGitHub.Definitions;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Git;

/// <summary>The way out: commits that are made in a mirror and pushed from it.</summary>
internal sealed partial class GitMirrors
{
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _turns = new(StringComparer.Ordinal);

    /// <summary>The branch that a task pushes to. One that is not there yet will begin where the default branch is now.</summary>
    public async Task<GitHead> ResolveForPushAsync(GitSource source, CancellationToken ct)
    {
        var remote = GitRemote.Of(source, _options);
        var refs = await OnDiskAsync(() => _server.ListAsync(remote, onlyDefault: false, ct));
        if (refs.FindBranch(source.Branch!) is { } head) return head;
        var start = refs.IsEmpty ? "" : (await OnDiskAsync(() => _server.ListAsync(remote, onlyDefault: true, ct))).Default().Commit;
        return new GitHead(start, "refs/heads/" + source.Branch, $"new branch '{source.Branch}'") { IsNew = true };
    }

    /// <summary>What a task begins with: the branch that it reads, or pushes to. Only a push of its own may make a branch; a pull request needs one to be merged into.</summary>
    /// <param name="revision">To be read instead of the branch; of a task that writes to Git none.</param>
    public Task<GitHead> ResolveAsync(SyncTask task, string? revision, CancellationToken ct) =>
        task is { Push: not null, Proposal: null } ? ResolveForPushAsync(task.Git, ct) : ResolveAsync(task.Git, revision, ct);

    /// <summary>Our own pushes to one branch queue up here, so that they do not use up each other's tries.</summary>
    public async Task<IDisposable> TakeTurnAsync(GitSource source, CancellationToken ct)
    {
        var turn = _turns.GetOrAdd($"{GitRemote.Of(source, _options).Url.Text} {source.Branch}", _ => new SemaphoreSlim(1, 1));
        await turn.WaitAsync(ct);
        return new Turn(turn);
    }

    /// <summary>A commit after <paramref name="parent"/>, in the mirror only. The same tree as before is no commit: then null.</summary>
    internal Task<GitCommit?> CommitAsync(
        GitCommit parent, CommitMessage message, IReadOnlyList<TreeChange> changes, IResourceStore source, CancellationToken ct) => OnDiskAsync(async () =>
    {
        var mirror = parent.Mirror;
        using (await mirror.LockAsync(_options.FetchTimeout, ct))
        {
            try
            {
                var import = new FastImport(KeptName(parent.Head.Reference!), message, parent.Commit, changes);
                var id = await Runner.FeedAsync(
                    new GitCall($"Making a commit for {parent.Remote.Url}", FastImport.Arguments) { GitDirectory = mirror.Directory, Timeout = _options.FetchTimeout },
                    (input, token) => import.WriteAsync(input, source, token), ct);
                var head = parent.Head with { Commit = id, IsNew = false };
                var made = await GitCommit.FindAsync(mirror, parent.Remote, head, ct)
                    ?? throw new GitException(GitErrorKind.Corrupt, $"The mirror of {mirror.Place} lacks the commit that was just made in it. It is made anew at the next run.");
                return made.Tree == parent.Tree ? null : made;
            }
            catch
            {
                mirror.CleanNextTime();
                throw;
            }
        }
    });

    /// <exception cref="GitException">Also <see cref="GitErrorKind.Moved"/>: the branch is not where <paramref name="parent"/> is.</exception>
    internal Task PushAsync(GitCommit parent, GitCommit commit, CancellationToken ct) => PushAsync(parent, commit, parent.Head.IsNew ? "" : parent.Commit, ct);

    /// <param name="parent">Whose reference is pushed to.</param>
    /// <param name="commit">Null: the branch goes.</param>
    /// <param name="expected">Where the branch is; empty where there is none.</param>
    internal async Task PushAsync(GitCommit parent, GitCommit? commit, string expected, CancellationToken ct)
    {
        using var use = parent.Mirror.Use();
        await OnDiskAsync(async () =>
        {
            await _server.PushAsync(
                parent.Remote, parent.Mirror.Directory, commit?.Commit ?? "", parent.Head.Reference!, expected, ct);
            return true;
        });
        using (await parent.Mirror.LockAsync(_options.FetchTimeout, ct)) await TidyAsync(parent.Mirror, ct);
    }

    private static async Task<GitCommit> OpenEmptyAsync(GitMirror mirror, GitRemote remote, GitHead head, CancellationToken ct)
    {
        using (await mirror.LockAsync(TimeSpan.FromMinutes(1), ct)) await mirror.PrepareAsync(ct);
        return GitCommit.Nothing(mirror, remote, head);
    }

    private sealed class Turn(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
