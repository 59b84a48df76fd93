using System.Globalization;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Kestra;

/// <summary>The files of one namespace.</summary>
internal sealed class KestraFiles(KestraServer server, Scope scope, bool sha256, KestraStoreOptions options) : IResourceStore
{
    private FileReading _read = new(ResourceSet.Empty, new HashSet<string>(StringComparer.Ordinal));
    private IReadOnlyDictionary<string, (string Digest, long Size)>? _look;

    public static string Text(long modified) => modified.ToString(CultureInfo.InvariantCulture);

    /// <summary>Files have no such question: the listing itself is the small call.</summary>
    public Task<bool> HasMovedAsync(string cursor, CancellationToken ct) => Task.FromResult(true);

    public async Task<ResourceSet> ReadAsync(KnownState known, CancellationToken ct) =>
        (_read = await Reader().ReadAsync(known.Inventory, Interlocked.Exchange(ref _look, null), ct)).Set;

    /// <summary>Everything in one call, which the next reading takes over; null when it is too much for one.</summary>
    public async Task<FileSum?> LookAsync(CancellationToken ct) =>
        (_look = await Reader().LookAsync(ct)) is { } files ? FileSum.Of([.. files.Select(f => (f.Key, f.Value.Digest, f.Value.Size))]) : null;

    public async Task<Stream> OpenAsync(Resource resource, CancellationToken ct)
    {
        if (!NamespaceFilePath.TryParse(resource.Key.Id, out var path, out var fault))
            throw new KestraException(KestraFailureKind.Invalid, $"{resource.Key}: {fault}");
        // Held back until the whole has come, so that a cut answer is never taken for a shorter file.
        return await server.Client.ReadFileAsync<Stream>(scope.Namespace, path, resource.Size, async content =>
        {
            Stream copy = resource.Size > 1024 * 1024 ? TemporaryFile.Create() : new MemoryStream((int)resource.Size);
            await content.CopyToAsync(copy, ct);
            copy.Position = 0;
            if (!Content.IsUnread(resource) && await BlobHash.OfAsync(copy, resource.Size, sha256, ct) != resource.Digest)
            {
                await copy.DisposeAsync();
                throw Content.Changed(resource);
            }

            copy.Position = 0;
            return copy;
        }, ct);
    }

    public Task<IReadOnlyList<Objection>> CheckAsync(SyncPlan plan, IResourceStore source, CancellationToken ct) =>
        Task.FromResult(FileChecks.Check(plan, scope, server.Version, _read));

    /// <summary>
    /// Uploads one at a time (parallel ones lose files, kestra-api.md 11.1), deletes after them. The one exception: a file that lies where a
    /// directory must go, or the other way round, is deleted first, or the upload would fail or be stored wrongly.
    /// </summary>
    public async Task<ApplyResult> ApplyAsync(SyncPlan plan, IResourceStore source, IApplyGuard guard, CancellationToken ct)
    {
        var writes = plan.Writes.Where(c => c.Action != ChangeAction.Deleted).ToList();
        var deletes = plan.Writes.Where(c => c.Action == ChangeAction.Deleted).ToLookup(d => writes.Any(w => Block(d.Key.Id, w.Key.Id)));
        var done = new List<AppliedChange>();
        ApplyFailure? failure = null;
        foreach (var change in deletes[true].Concat(writes).Concat(deletes[false]))
        {
            try
            {
                var applied = change.Action == ChangeAction.Deleted
                    ? await DeleteAsync(change, guard, ct)
                    : await UploadAsync(change, source, guard, ct);
                done.Add(applied);
                guard.Written(applied);
            }
            catch (Exception e)
            {
                failure = new ApplyFailure(change, e); // what was done is reported, whatever ended it
                break;
            }
        }

        return await new FileReadBack(server, scope).ConfirmAsync(done, failure, ct);
    }

    private async Task<AppliedChange> UploadAsync(Change change, IResourceStore source, IApplyGuard guard, CancellationToken ct)
    {
        var (path, desired) = (Path(change.Key), change.Desired!);
        using var turn = await server.Load.Writes.EnterAsync(ct);
        for (var again = false; ; again = true)
        {
            try
            {
                await turn.WriteAsync(async () =>
                {
                    await using var content = await source.OpenAsync(desired, ct);
                    await server.Client.UploadFileAsync(scope.Namespace, path, content, desired.Size, guard, CancellationToken.None);
                    return true;
                }, ct);
                break;
            }
            catch (KestraException e) when (!again && (e.LeavesInDoubt || e.Kind == KestraFailureKind.Internal))
            {
                // Each upload makes a revision, the same bytes too: look before doing it twice.
                if (await HoldsAsync(path, desired.Size, desired.Digest)) break;
            }
        }

        return new AppliedChange(change, new Resource(change.Key, "", desired.Digest, desired.Digest, "", desired.Size));
    }

    private async Task<AppliedChange> DeleteAsync(Change change, IApplyGuard guard, CancellationToken ct)
    {
        var path = Path(change.Key);
        using var turn = await server.Load.Writes.EnterAsync(ct);
        for (var again = false; ; again = true)
        {
            if (await ListedAsync(path, ct) is not { } listed) return new AppliedChange(change, null); // gone already
            if (!again && change.Actual is { } actual && !(listed.Size == actual.Size && Text(listed.Modified) == actual.Version))
            {
                if (listed.Size != actual.Size || await DigestAsync(path, listed.Size, ct) != actual.Digest)
                    throw new KestraException(KestraFailureKind.Conflict, $"{change.Key} was changed since it was read; it was not deleted");
                // Comparing took a while; the proof must be of this moment.
                if (await ListedAsync(path, ct) is not { } now) return new AppliedChange(change, null);
                listed = now;
            }

            try
            {
                await server.Client.DeleteFileAsync(listed, guard, CancellationToken.None);
                return new AppliedChange(change, null);
            }
            catch (KestraException e) when (!again && e.LeavesInDoubt)
            {
                // Never sent again before a new listing shows that it is still there.
            }
        }
    }

    private FileReader Reader() => new(server, scope, sha256, options.DesiredSize);

    private async Task<ListedFile?> ListedAsync(NamespaceFilePath path, CancellationToken ct) =>
        (await server.Client.ListDirectoryAsync(scope.Namespace, path.Directory, ct)).Files.FirstOrDefault(f => f.Path == path);

    private async Task<bool> HoldsAsync(NamespaceFilePath path, long size, string digest) =>
        await ListedAsync(path, CancellationToken.None) is { } file && file.Size == size
        && await DigestAsync(path, size, CancellationToken.None) == digest;

    private Task<string> DigestAsync(NamespaceFilePath path, long size, CancellationToken ct) =>
        server.Client.ReadFileAsync(scope.Namespace, path, size, content => BlobHash.OfAsync(content, size, sha256, ct), ct);

    /// <summary>True where one of the two paths is a folder of the other.</summary>
    public static bool Block(string a, string b) =>
        a.StartsWith(b + '/', StringComparison.Ordinal) || b.StartsWith(a + '/', StringComparison.Ordinal);

    private NamespaceFilePath Path(ResourceKey key) =>
        NamespaceFilePath.TryParse(key.Id, out var path, out var fault) && (fault = FileChecks.Name(key.Id, server.Version) ?? "").Length == 0
        ? path
        : throw new KestraException(KestraFailureKind.Invalid, $"{key}: {fault}; nothing was sent");
}
