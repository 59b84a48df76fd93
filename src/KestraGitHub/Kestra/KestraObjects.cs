using System.Collections.ObjectModel;
using System.Text;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Kestra;

/// <summary>
/// The dashboards, apps or unit tests of one scope: few, small, without revisions. Each is looked at once more right before it is overwritten or
/// deleted, so that nobody's edit is lost and nothing absent is ever PUT.
/// </summary>
internal sealed class KestraObjects(KestraServer server, Scope scope, bool sha256) : IResourceStore
{
    private readonly ObjectRoutes _routes = ObjectRoutes.Of(scope.Kind);
    private readonly ObjectReader _reader = new(server, ObjectRoutes.Of(scope.Kind), scope, sha256);
    private ObjectReading _read = new(ResourceSet.Empty, ReadOnlyDictionary<ResourceKey, string>.Empty);

    /// <summary>The list itself is the question; a kind that the server still lacks is not asked for.</summary>
    public async Task<bool> HasMovedAsync(string cursor, CancellationToken ct) => (_routes.Lacking(server) ?? await _reader.CursorAsync(ct)) != cursor;

    public async Task<ResourceSet> ReadAsync(KnownState known, CancellationToken ct)
    {
        if (_routes.Lacking(server) is { } reason) return (_read = _read with { Set = Without(reason) with { Revision = reason } }).Set;
        try
        {
            return (_read = await _reader.ReadAsync(known.Inventory, ct)).Set;
        }
        catch (KestraException e) when (e.Status == 405)
        {
            return Without(NotHere(e));
        }
    }

    public async Task<Stream> OpenAsync(Resource resource, CancellationToken ct)
    {
        var source = resource.Content
            ?? (await _reader.FindAsync(resource.Key, AddressOf(resource.Key), ct)
                ?? throw new KestraException(KestraFailureKind.NotFound, $"{resource.Key} was deleted since it was listed")).Source;
        return Content.IsUnread(resource) || BlobHash.Of(source.Span, sha256) == resource.Digest ? new MemoryStream(source.ToArray(), writable: false) : throw Content.Changed(resource);
    }

    public async Task<IReadOnlyList<Objection>> CheckAsync(SyncPlan plan, IResourceStore source, CancellationToken ct)
    {
        var objections = new List<Objection>();
        foreach (var change in plan.Writes)
        {
            if (!scope.Contains(change.Key)) objections.Add(new Objection(change.Key, $"it lies outside of {scope.Place}"));
            else if (change.Action != ChangeAction.Deleted && await ObjectionAsync(change, source, ct) is { } objection) objections.Add(objection);
        }

        return objections;
    }

    public async Task<ApplyResult> ApplyAsync(SyncPlan plan, IResourceStore source, IApplyGuard guard, CancellationToken ct)
    {
        var done = new List<AppliedChange>();
        foreach (var change in plan.Writes.OrderBy(c => c.Action == ChangeAction.Deleted))
        {
            try
            {
                var content = change.Desired is { } desired ? await Content.OfAsync(desired, source, ct) : default;
                using var turn = await server.Load.Writes.EnterAsync(ct);
                // Once it is sent, cancelling would only hide what became of it: each write has a short time of its own.
                var now = await turn.WriteAsync(() => WriteAsync(change, content, guard, CancellationToken.None), ct);
                var applied = new AppliedChange(change, now is null ? null : _reader.Resource(now));
                done.Add(applied);
                guard.Written(applied);
            }
            catch (Exception e)
            {
                return new ApplyResult(done, null, new ApplyFailure(change, e)); // what was done is reported, whatever ended it
            }
        }

        return new ApplyResult(done, done.Count == 0 ? _read.Set.Revision : null, null);
    }

    private async Task<Objection?> ObjectionAsync(Change change, IResourceStore source, CancellationToken ct)
    {
        var content = await Content.OfAsync(change.Desired!, source, ct);
        if (ObjectReader.Fault(change.Key, content) is { } fault) return new Objection(change.Key, fault);
        if (!_routes.Validates) return null;
        try
        {
            return await server.Client.ValidateObjectAsync(_routes, content, ct) is { } reason ? new Objection(change.Key, reason) : null;
        }
        catch (KestraException e) when (e.Status == 405)
        {
            return new Objection(change.Key, NotHere(e), Skips: true);
        }
    }

    /// <returns>What the server holds afterwards; null after a delete.</returns>
    private async Task<StoredObject?> WriteAsync(Change change, ReadOnlyMemory<byte> content, IApplyGuard guard, CancellationToken ct)
    {
        var key = change.Key;
        var seen = change.Action == ChangeAction.Added ? null : await _reader.FindAsync(key, AddressOf(key), ct);
        if (change.Action == ChangeAction.Deleted && seen is null) return null; // gone already
        if (change.Action == ChangeAction.Updated && seen is null)
            throw new KestraException(KestraFailureKind.Conflict, $"{key} was deleted since the plan was made; nothing was sent");
        if (seen is not null && change.Actual is { } actual && _reader.Resource(seen).Digest != actual.Digest)
            throw new KestraException(KestraFailureKind.Conflict, $"{key} was changed in Kestra since it was read; nothing was sent");
        for (var again = false; ; again = true)
        {
            try
            {
                return await SendAsync(change, seen?.Address, content, guard, ct);
            }
            catch (KestraException e) when (e.LeavesInDoubt)
            {
                // Nobody knows whether it was done: the server itself has to say it, before anything is sent a second time.
                var now = await _reader.FindAsync(key, seen?.Address, ct);
                if (change.Action == ChangeAction.Deleted ? now is null : now is not null && now.Source.Span.SequenceEqual(content.Span)) return now;
                if (again || change.Action == ChangeAction.Added || now is null || !now.Source.Span.SequenceEqual(seen!.Source.Span)) throw;
            }
        }
    }

    private async Task<StoredObject?> SendAsync(Change change, string? address, ReadOnlyMemory<byte> content, IApplyGuard guard, CancellationToken ct)
    {
        if (change.Action == ChangeAction.Deleted)
        {
            await server.Client.DeleteObjectAsync(_routes, address!, guard, ct);
            return null;
        }

        var row = change.Action == ChangeAction.Added
            ? await server.Client.CreateObjectAsync(_routes, content, guard, ct)
            : await server.Client.UpdateObjectAsync(_routes, address!, content, guard, ct);
        return _reader.Stored(change.Key, row, row.Text ?? Encoding.UTF8.GetString(content.Span));
    }

    private string? AddressOf(ResourceKey key) => _read.Addresses.GetValueOrDefault(key);

    private ResourceSet Without(string reason) =>
        ResourceSet.Empty with { Unsupported = new Dictionary<ResourceKind, string> { [scope.Kind] = reason } };

    private string NotHere(KestraException e) => $"This server takes no {scope.Kind.Word()}s (it answered {e.Status})";
}
