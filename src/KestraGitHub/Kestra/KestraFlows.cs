using System.Collections.Concurrent;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Kestra;

/// <summary>The flows of one scope: read in bulk or not at all, checked by the server, written one by one.</summary>
internal sealed class KestraFlows(KestraServer server, Scope scope, bool sha256, KestraStoreOptions options) : IResourceStore
{
    private readonly FlowReader _reader = new(server, scope, sha256, options.Only);

    // Proof of those that were asked for one by one since: a write needs no second question.
    private readonly ConcurrentDictionary<ResourceKey, ExistingFlow> _opened = new();
    private readonly List<AppliedChange> _written = [];
    private FlowCursor? _cursor;

    // What the last reading left: nothing before it.
    private FlowReading _read = new(ResourceSet.Empty, new Dictionary<ResourceKey, ExistingFlow>(), null);

    public Task<bool> HasMovedAsync(string cursor, CancellationToken ct) => _reader.HasMovedAsync(cursor, ct);

    public async Task<ResourceSet> ReadAsync(KnownState known, CancellationToken ct)
    {
        _written.Clear();
        _opened.Clear();
        _read = await _reader.ReadAsync(known, ct);
        _cursor = _read.Cursor;
        return _read.Set;
    }

    public async Task<Stream> OpenAsync(Resource resource, CancellationToken ct)
    {
        if (resource.Content is { } held) return ReadOnly(held);
        var flow = await server.Client.FindFlowAsync(resource.Key, ct)
            ?? throw new KestraException(KestraFailureKind.NotFound, $"{resource.Key} was deleted since it was listed");
        if (!Content.IsUnread(resource) && BlobHash.Of(flow.Source.Span, sha256) != resource.Digest) throw Content.Changed(resource);
        _opened[flow.Key] = flow.Existing;
        return ReadOnly(flow.Source);
    }

    public async Task<IReadOnlyList<Objection>> CheckAsync(SyncPlan plan, IResourceStore source, CancellationToken ct) =>
        await new FlowChecks(server, scope, options).CheckAsync(plan, source, ct);

    public async Task<ApplyResult> ApplyAsync(SyncPlan plan, IResourceStore source, IApplyGuard guard, CancellationToken ct)
    {
        var writes = plan.Writes.Where(c => c.Action != ChangeAction.Deleted).ToList();
        var deletes = plan.Writes.Where(c => c.Action == ChangeAction.Deleted).ToList();
        if (writes.Count + deletes.Count == 0) return new ApplyResult([], _cursor?.ToString(), null);

        var done = new List<AppliedChange>(writes.Count + deletes.Count);
        var started = server.Client.Time.GetTimestamp();
        var failure = await WriteAsync(writes, done, source, guard, ct);
        for (var i = 0; failure is null && i < deletes.Count; i++) failure = await DeleteAsync(deletes[i], done, guard, ct);
        var (created, deleted) = (done.Count(d => d.Change.Action == ChangeAction.Added), done.Count(d => d.Now is null));
        server.Load.Leave(Digestion.After(
            server.Version, done.Count, created, _read.Set.Resources.Count + created - deleted, server.Client.Time.GetElapsedTime(started)));
        // Beside other kinds the deletes are a plan of their own, after the writes of all: the cursor is that of both.
        _written.AddRange(done);
        _cursor = failure is null && _read.Cursor is { } before ? await FlowVouching.CursorAsync(server, scope, before, _written, ct) : null;
        return new ApplyResult(done, _cursor?.ToString(), failure);
    }

    private async Task<ApplyFailure?> WriteAsync(
        List<Change> writes, List<AppliedChange> done, IResourceStore source, IApplyGuard guard, CancellationToken ct)
    {
        var throttle = server.Load.Writes;
        var running = new List<Task>();
        ApplyFailure? failure = null;
        foreach (var change in writes)
        {
            try
            {
                var content = await Content.OfAsync(change.Desired!, source, ct);
                var turn = await throttle.EnterAsync(ct);
                running.RemoveAll(r => r.IsCompleted);
                running.Add(SendAsync(change, content, turn));
            }
            catch (Exception e)
            {
                // Whatever ended it, those under way are waited for and what was done is reported.
                Interlocked.CompareExchange(ref failure, new ApplyFailure(change, e), null);
            }

            if (Volatile.Read(ref failure) is not null) break;
        }

        await Task.WhenAll(running);
        return failure;

        async Task SendAsync(Change change, ReadOnlyMemory<byte> content, WriteThrottle.Turn turn)
        {
            using var held = turn;
            if (Volatile.Read(ref failure) is not null) return; // another one failed while this one waited for its turn
            try
            {
                var flow = await turn.WriteAsync(() => WriteAsync(change, content, guard), ct);
                var applied = new AppliedChange(change, _reader.Resource(flow));
                lock (done)
                {
                    done.Add(applied);
                    guard.Written(applied);
                }
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref failure, new ApplyFailure(change, e), null);
            }
        }
    }

    private async Task<StoredFlow> WriteAsync(Change change, ReadOnlyMemory<byte> content, IApplyGuard guard)
    {
        // Once it is sent, cancelling would only hide what became of it: each write has a short time of its own.
        var started = server.Client.Time.GetTimestamp();
        var flow = change.Action == ChangeAction.Added
            ? await server.Client.CreateFlowAsync(change.Key, content, guard, CancellationToken.None)
            : await server.Client.UpdateFlowAsync(await ProofAsync(change.Key), content, guard, CancellationToken.None);
        server.Load.Writes.Answered(server.Client.Time.GetElapsedTime(started));
        return flow;
    }

    private async Task<ApplyFailure?> DeleteAsync(Change change, List<AppliedChange> done, IApplyGuard guard, CancellationToken ct)
    {
        try
        {
            using var turn = await server.Load.Writes.EnterAsync(ct);
            var proof = KnownProof(change.Key) ?? (await server.Client.FindFlowAsync(change.Key, ct))?.Existing;
            if (proof is not null)
            {
                await turn.WriteAsync(async () =>
                {
                    await server.Client.DeleteFlowAsync(proof, guard, CancellationToken.None);
                    return true;
                }, ct);
            }

            var applied = new AppliedChange(change, null);
            done.Add(applied);
            guard.Written(applied);
            return null;
        }
        catch (Exception e)
        {
            return new ApplyFailure(change, e);
        }
    }

    private ExistingFlow? KnownProof(ResourceKey key) => _opened.GetValueOrDefault(key) ?? _read.Existing.GetValueOrDefault(key);

    private async Task<ExistingFlow> ProofAsync(ResourceKey key) =>
        KnownProof(key)
        ?? (await server.Client.FindFlowAsync(key, CancellationToken.None))?.Existing
        ?? throw new KestraException(KestraFailureKind.Conflict, $"{key} was deleted since the plan was made; nothing was sent");

    private static MemoryStream ReadOnly(ReadOnlyMemory<byte> bytes) => new(bytes.ToArray(), writable: false);
}
