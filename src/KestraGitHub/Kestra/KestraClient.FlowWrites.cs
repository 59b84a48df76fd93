using System.Text;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Kestra;

internal sealed partial class KestraClient
{
    /// <summary>How often a write without an answer is looked for: a slow server finishes it after we stopped waiting.</summary>
    private const int ReadBacks = 3;

    /// <summary>Creates a flow. A try whose answer was lost is read back, never sent again: the second one would be refused.</summary>
    /// <exception cref="KestraException">Of kind Conflict when it is already there.</exception>
    public async Task<StoredFlow> CreateFlowAsync(ResourceKey key, ReadOnlyMemory<byte> source, IApplyGuard guard, CancellationToken ct)
    {
        RequireIdentity(key, source);
        var request = Write(HttpMethod.Post, $"{_tenant}/flows", source);
        try
        {
            return Stored(key, source, await http.WriteAsync(request, guard, a => a.ReadJsonAsync<FlowBody>(), ct));
        }
        catch (KestraException e) when (e.LeavesInDoubt)
        {
            if (await ReadBackAsync(key, source, ct) is { } now) return now;
            throw;
        }
    }

    /// <summary>Replaces the source of a flow that is known to exist.</summary>
    public async Task<StoredFlow> UpdateFlowAsync(ExistingFlow existing, ReadOnlyMemory<byte> source, IApplyGuard guard, CancellationToken ct)
    {
        RequireIdentity(existing.Key, source);
        var request = Write(HttpMethod.Put, Flow(existing.Key), source);
        if (await RenewedAsync(existing, ct) is null)
            throw Fault(KestraFailureKind.Conflict, request, "it was deleted since it was read; nothing was sent");
        try
        {
            return Stored(existing.Key, source, await http.WriteAsync(request, guard, a => a.ReadJsonAsync<FlowBody>(), ct));
        }
        catch (KestraException e) when (e.Kind == KestraFailureKind.NotFound)
        {
            throw Fault(KestraFailureKind.Conflict, request, "it was deleted since it was read; nothing was written");
        }
        catch (KestraException e) when (e.LeavesInDoubt)
        {
            if (await FindFlowAsync(existing.Key, ct) is not { } now) throw;
            if (now.Source.Span.SequenceEqual(source.Span)) return now;
            if (!existing.IsStill(now)) throw;
            // Known to exist just now, and the same bytes again do no harm.
            return Stored(existing.Key, source, await http.WriteAsync(request, guard, a => a.ReadJsonAsync<FlowBody>(), ct));
        }
    }

    /// <summary>Deletes a flow. That it is gone already is no failure.</summary>
    public async Task DeleteFlowAsync(ExistingFlow existing, IApplyGuard guard, CancellationToken ct)
    {
        var request = Delete(Flow(existing.Key), "");
        if (await RenewedAsync(existing, ct) is null) return;
        try
        {
            await SendAsync();
        }
        catch (KestraException e) when (e.LeavesInDoubt)
        {
            if (await FindFlowAsync(existing.Key, ct) is not null) await SendAsync();
        }

        async Task SendAsync()
        {
            try
            {
                await http.WriteAsync(request, guard, ct);
            }
            catch (KestraException e) when (e.Kind == KestraFailureKind.NotFound)
            {
            }
        }
    }

    /// <summary>Null when it is gone; a failure when someone changed it since it was read.</summary>
    private async Task<ExistingFlow?> RenewedAsync(ExistingFlow existing, CancellationToken ct)
    {
        if (http.Time.GetUtcNow() - existing.Seen <= Fresh) return existing;
        if (await FindFlowAsync(existing.Key, ct) is not { } now) return null;
        return existing.IsStill(now)
            ? now.Existing
            : throw new KestraException(
                KestraFailureKind.Conflict, $"{existing.Key} was changed in Kestra since it was read; nothing was sent");
    }

    private async Task<StoredFlow?> ReadBackAsync(ResourceKey key, ReadOnlyMemory<byte> source, CancellationToken ct)
    {
        for (var i = 0; i < ReadBacks; i++)
        {
            if (i > 0) await Task.Delay(http.Timings.RetryDelay * (4 << i), http.Time, ct);
            if (await FindFlowAsync(key, ct) is not { } now) continue;
            return now.Source.Span.SequenceEqual(source.Span)
                ? now
                : throw new KestraException(
                    KestraFailureKind.Conflict, "POST", http.PathOf(Get($"{_tenant}/flows", "")), null,
                    $"{key} exists now with another content: someone else wrote it");
        }

        return null;
    }

    private KestraRequest Write(HttpMethod method, string path, ReadOnlyMemory<byte> source) =>
        new(method, path, "", KestraRequest.Json, KestraTimings.WithBody(http.Timings.Write, source.Length), () => Yaml(source));

    private StoredFlow Stored(ResourceKey key, ReadOnlyMemory<byte> sent, FlowBody answer)
    {
        var bytes = answer.Source is { } source ? Encoding.UTF8.GetBytes(source) : sent;
        return new StoredFlow(key, answer.Revision, bytes, new Seen(key, answer.Revision, BlobHash.Of(bytes.Span), http.Time.GetUtcNow()));
    }

    // The server takes id and namespace from the text, never from the address: a wrong text would be written to some other flow.
    private static void RequireIdentity(ResourceKey key, ReadOnlyMemory<byte> source)
    {
        var identity = FlowIdentity.Of(Encoding.UTF8.GetString(source.Span));
        if (identity.Problem is not null || identity.Id != key.Id || identity.Namespace != key.Namespace)
            throw new KestraException(
                KestraFailureKind.Invalid,
                $"the source of {key} says that it is {identity.Namespace}/{identity.Id} ({identity.Problem ?? "another"}); nothing was sent");
    }
}
