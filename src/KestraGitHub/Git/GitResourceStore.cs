using System.Text;
using KestraGitHub.Definitions;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Git;

/// <summary>A directory of a commit as a side of a sync.</summary>
/// <param name="stamp">What its commits say of the run; null where nothing is written.</param>
internal sealed class GitResourceStore(GitMirrors mirrors, SyncTask task, GitCommit commit, CommitStamp? stamp = null) : IResourceStore
{
    private const int IgnoreFileLimit = 64 << 10;
    private const int LargestFile = 64 << 20;

    private readonly Dictionary<ResourceKey, GitMirror> _elsewhere = [];
    private GitTarget? _target;

    /// <summary>The commit that was pushed, or null.</summary>
    public GitCommit? Pushed { get; private set; }

    private GitTarget Target => _target ?? throw new InvalidOperationException("The directory was not read yet.");

    /// <summary>What Kestra holds, as files of the directory that was read here.</summary>
    public ResourceSet AsFiles(ResourceSet kestra) => Target.AsFiles(kestra);

    /// <summary>A plan as changes of the tree that was read here.</summary>
    public IReadOnlyList<TreeChange> Changes(SyncPlan plan) => Target.Changes(plan);

    public Task<bool> HasMovedAsync(string cursor, CancellationToken ct) => Task.FromResult(cursor != commit.Commit);

    public async Task<ResourceSet> ReadAsync(KnownState known, CancellationToken ct)
    {
        using var use = commit.Mirror.Use();
        try
        {
            return await ReadOnceAsync(known, ct);
        }
        catch (GitException e) when (e.Kind == GitErrorKind.Corrupt && !commit.Mirror.Foreign)
        {
            await HealAsync(ct);
            return await ReadOnceAsync(known, ct);
        }
    }

    public async Task<Stream> OpenAsync(Resource resource, CancellationToken ct)
    {
        if (resource.Content is { } content) return new MemoryStream(content.ToArray(), writable: false);
        try
        {
            return await OpenBlobAsync(resource, ct);
        }
        catch (GitException e) when (e.Kind == GitErrorKind.Corrupt && !commit.Mirror.Foreign && !_elsewhere.ContainsKey(resource.Key))
        {
            await HealAsync(ct);
            return await OpenBlobAsync(resource, ct);
        }
    }

    /// <summary>The bytes that Kestra holds by <paramref name="digest"/>, where the mirror has what they were made of; else null.</summary>
    public Task<Stream?> OpenProvenAsync(InventoryEntry known, string digest, CancellationToken ct) => ProvenBlob.OpenAsync(commit, known, digest, ct);

    public Task<IReadOnlyList<Objection>> CheckAsync(SyncPlan plan, IResourceStore source, CancellationToken ct) =>
        Task.FromResult(Target.Check(plan));

    /// <summary>One commit and one push, or none: all of the plan is done, or nothing.</summary>
    public async Task<ApplyResult> ApplyAsync(SyncPlan plan, IResourceStore source, IApplyGuard guard, CancellationToken ct)
    {
        var writes = plan.Writes.ToList();
        if (writes.Count == 0) return new ApplyResult([], commit.Commit, null);
        try
        {
            var message = CommitMessage.Of(task.Push!, stamp!, DateTimeOffset.UtcNow);
            if (await mirrors.CommitAsync(commit, message, Target.Changes(plan), source, ct) is { } made)
            {
                var before = commit.Head.IsNew ? new string('0', made.Commit.Length) : commit.Commit;
                await stamp!.Announce(made, before, ct);
                await guard.BeforeWriteAsync(ct);
                await mirrors.PushAsync(commit, made, ct);
                Pushed = made;
            }
        }
        catch (Exception e)
        {
            return new ApplyResult([], null, new ApplyFailure(null, e));
        }

        List<AppliedChange> done = [.. writes.Select(c => new AppliedChange(c, c.Action == ChangeAction.Deleted ? null : AsHeld(c)))];
        done.ForEach(guard.Written);
        return new ApplyResult(done, Pushed?.Commit ?? commit.Commit, null);

        static Resource AsHeld(Change change) => change.Desired! with { Path = change.Path!, Version = change.Desired.Digest };
    }

    /// <summary>
    /// The bytes that the task applied last, read as it reads them now; null where the mirror does not have them (any more): it was made anew, the file
    /// lay in a submodule, or they were only ever Kestra's.
    /// </summary>
    public async Task<ReadOnlyMemory<byte>?> AppliedAsync(InventoryEntry entry, CancellationToken ct)
    {
        var id = task.Push is null || entry.Merged ? entry.SourceVersion : entry.AppliedDigest;
        if (id.Length != (commit.Sha256 ? 64 : 40) || !id.All(char.IsAsciiHexDigitLower)) return null;
        using var use = commit.Mirror.Use();
        if (await commit.Mirror.Objects.FindAsync(id, "blob", FlowFile.MaxBytes, ct) is not { } bytes) return null;
        if (task.Push is not null || task.Layout == Layout.ByNamespace || entry.Key.Kind is ResourceKind.NamespaceFile or ResourceKind.Dashboard) return bytes;
        return FlowFile.Read(bytes, entry.Key.Namespace).Source is { } source ? source : null;
    }

    /// <summary>The file at a path of the commit, whatever it holds: also one that is no usable object. Null where there is none.</summary>
    public async Task<Resource?> FindFileAsync(ResourceKey key, string path, CancellationToken ct)
    {
        using var use = commit.Mirror.Use();
        if (await TreePath.FindAsync(commit.Mirror.Objects, commit, path, ct) is not { Mode: TreeEntry.File } found) return null;
        return await commit.Mirror.Objects.FindAsync(found.Id, "blob", LargestFile, ct) is { } bytes ? new Resource(key, path, found.Id, found.Id, found.Id, bytes.Length, bytes) : null;
    }

    private async Task<Stream> OpenBlobAsync(Resource resource, CancellationToken ct)
    {
        var mirror = _elsewhere.GetValueOrDefault(resource.Key, commit.Mirror);
        var use = mirror.Use();
        try
        {
            return await mirror.Objects.OpenBlobAsync(resource.Version, use, ct);
        }
        catch
        {
            use.Dispose();
            throw;
        }
    }

    private async Task HealAsync(CancellationToken ct)
    {
        commit.Mirror.Suspect = true;
        await mirrors.OpenAsync(commit.Remote, commit.Head, ct);
    }

    private async Task<ResourceSet> ReadOnceAsync(KnownState known, CancellationToken ct)
    {
        var directory = string.Join('/', TreePath.Names(task.Git.Directory));
        if (task.Layout == Layout.OneFlow) return await new FlowAtPath(commit, task.Scope, Place()).ReadAsync(directory, ct);
        var found = await TreePath.FindAsync(commit.Mirror.Objects, commit, directory, ct);
        if (found is not { Mode: TreeEntry.Directory })
        {
            if (found is null && !task.Git.DirectoryMustExist)
            {
                if (task.Push is not null) await RefuseBlockedAsync(directory, ct);
                _target = new GitTarget(task, [], KestraIgnore.Nothing, [], commit.Sha256);
                return ResourceSet.Empty with { Revision = commit.Commit, Missing = true };
            }

            throw new GitException(GitErrorKind.NotFound, Refusal(found, directory));
        }

        var files = await new SourceTree(mirrors, task.Git).ListAsync(commit, found.Id, directory, ct);
        var ignore = task.Layout == Layout.ByNamespace ? KestraIgnore.Nothing : await ReadIgnoreAsync(files, ct);
        IFolderReader folder = task.Layout switch
        {
            Layout.FlowsByFolder or Layout.Dashboards => new FlowFolder(
                task.Scope, ignore, known.Inventory, commit.Sha256, task.Push is null ? FlowRule.Placed : FlowRule.AsItStands),
            Layout.NamespaceFiles => new FileFolder(task.Scope, ignore, known.Inventory),
            Layout.ByNamespace => new NamespaceFolders(task.Scope, known.Inventory, commit.Sha256),
            _ => throw new NotSupportedException($"The layout {task.Layout} is not read from Git."),
        };
        var (resources, problems) = await folder.ReadAsync(files, ct);
        _elsewhere.Clear();
        var inSubmodules = files.Where(f => f.Mirror != commit.Mirror).DistinctBy(f => f.FullPath).ToDictionary(f => f.FullPath, f => f.Mirror);
        if (inSubmodules.Count > 0)
            foreach (var resource in resources.Values)
                if (inSubmodules.TryGetValue(resource.Path, out var mirror)) _elsewhere[resource.Key] = mirror;
        _target = new GitTarget(task, files, ignore, problems, commit.Sha256);
        if (task.Push is { } push) resources = resources.Where(r => push.Selection.Matches(r.Key)).ToDictionary();
        return new ResourceSet(commit.Commit, resources, problems);
    }

    /// <summary>A directory is made where nothing is, never in the place of a file.</summary>
    private async Task RefuseBlockedAsync(string directory, CancellationToken ct)
    {
        for (var slash = directory.IndexOf('/', StringComparison.Ordinal); slash > 0; slash = directory.IndexOf('/', slash + 1))
            if (await TreePath.FindAsync(commit.Mirror.Objects, commit, directory[..slash], ct) is { Mode: not TreeEntry.Directory } found)
                throw new GitException(GitErrorKind.NotFound, Refusal(found, directory[..slash]));
    }

    private string Refusal(TreeEntry? found, string directory) => found?.Mode switch
    {
        null => $"The directory '{directory}' was not found in the git repository. Verify if the path exists in the specified branch '{Place()}'.",
        TreeEntry.Symlink => $"The directory '{directory}' is a symbolic link in the git repository, which is not followed. Name the directory that it leads to.",
        TreeEntry.Submodule => $"The directory '{directory}' is a submodule of the git repository. Name its own repository in the task's url.",
        _ => $"The path '{directory}' exists but is a file, not a directory. Name the directory that holds it.",
    };

    private string Place() =>
        commit.Head.Reference is { } name && name.StartsWith("refs/heads/", StringComparison.Ordinal) ? name["refs/heads/".Length..] : task.Git.Branch
        ?? commit.Commit;

    /// <summary>Only the one at the top of the directory counts, as in Kestra's own tasks.</summary>
    private async Task<KestraIgnore> ReadIgnoreAsync(List<SourceFile> files, CancellationToken ct)
    {
        if (files.Find(f => f.Path == KestraIgnore.FileName) is not { } file) return KestraIgnore.Nothing;
        if (file.Entry.Mode != TreeEntry.File)
            throw new GitException(GitErrorKind.Other,
                $"{file.FullPath} is no regular file, and what it would leave out cannot be told. Make it one.");
        if (file.Entry.Size > IgnoreFileLimit)
            throw new GitException(GitErrorKind.TooBig,
                $"{file.FullPath} has {file.Entry.Size} bytes; at most {IgnoreFileLimit} are read. Make it shorter.");
        var bytes = await file.Mirror.Objects.FindAsync(file.Entry.Id, "blob", IgnoreFileLimit, ct);
        return new KestraIgnore(Encoding.UTF8.GetString(bytes
            ?? throw new GitException(GitErrorKind.Corrupt,
            $"The mirror of {commit.Remote.Url} lacks {file.FullPath}. It is made anew at the next run.")));
    }
}
