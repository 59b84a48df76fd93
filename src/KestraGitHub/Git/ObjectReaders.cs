using System.Collections.Concurrent;

namespace KestraGitHub.Git;

/// <summary>Reads objects of one mirror through a few git processes that are kept for a while.</summary>
internal sealed class ObjectReaders(GitRunner runner, string mirror, string place) : IAsyncDisposable
{
    private const int KeptIdle = 4;

    private readonly ConcurrentStack<ObjectReader> _idle = new();
    private int _generation;

    /// <summary>The whole object, or null when it is not there or of another type.</summary>
    public async Task<byte[]?> FindAsync(string id, string type, int limit, CancellationToken ct)
    {
        var (reader, size) = await StartAsync(id, type, ct);
        if (reader is null) return null;
        await using var content = new ObjectStream(this, reader, size, _generation);
        if (size > limit) throw new GitException(GitErrorKind.TooBig, $"The {type} {id} of {place} has {size} bytes; at most {limit} are read.");
        var bytes = new byte[size];
        await content.ReadExactlyAsync(bytes, ct);
        return bytes;
    }

    /// <param name="held">Disposed of with the stream.</param>
    public async Task<Stream> OpenBlobAsync(string id, IDisposable held, CancellationToken ct)
    {
        var (reader, size) = await StartAsync(id, "blob", ct);
        return reader is not null ? new ObjectStream(this, reader, size, _generation, held) : throw Missing(id);
    }

    /// <summary>Many small blobs at once, in the order asked for; each is handed over and forgotten.</summary>
    public async Task ReadAllAsync(IReadOnlyList<string> ids, Action<int, byte[]> take, CancellationToken ct)
    {
        if (ids.Count == 0) return;
        await using var reader = OpenReader("--buffer");
        // Writing and reading at once: git stops taking questions while nobody takes its answers.
        var asking = Task.Run(
            async () =>
            {
                foreach (var part in ids.Chunk(512)) await reader.AskAsync(part, ct);
                reader.EndAsking();
            },
            ct);
        for (var i = 0; i < ids.Count; i++)
        {
            var (type, size) = await reader.AnswerAsync(ct);
            if (type != "blob") throw Missing(ids[i]);
            var bytes = new byte[size];
            for (var at = 0; at < size;) at += await reader.ReadAsync(bytes.AsMemory(at), ct);
            if (size == 0) await reader.EndAsync(ct);
            take(i, bytes);
        }

        await asking;
    }

    public async Task CloseIdleAsync(DateTimeOffset before)
    {
        List<ObjectReader> kept = [];
        while (_idle.TryPop(out var reader))
        {
            if (reader.IdleSince < before) await reader.DisposeAsync();
            else kept.Add(reader);
        }

        foreach (var reader in kept) _idle.Push(reader);
    }

    /// <summary>Ends all that stand idle and keeps none of those that are busy: what they read from is being replaced.</summary>
    public async ValueTask DisposeAsync()
    {
        Interlocked.Increment(ref _generation);
        while (_idle.TryPop(out var reader)) await reader.DisposeAsync();
    }

    public async ValueTask GiveBackAsync(ObjectReader reader, int generation)
    {
        if (!reader.Usable || generation != _generation || _idle.Count >= KeptIdle)
        {
            await reader.DisposeAsync();
            return;
        }

        reader.IdleSince = DateTimeOffset.UtcNow;
        _idle.Push(reader);
    }

    private async Task<(ObjectReader? Reader, long Size)> StartAsync(string id, string type, CancellationToken ct)
    {
        if (!_idle.TryPop(out var reader)) reader = OpenReader();
        try
        {
            await reader.AskAsync([id], ct);
            var (found, size) = await reader.AnswerAsync(ct);
            if (found == type)
            {
                if (size == 0) await reader.EndAsync(ct);
                return (reader, size);
            }

            await (found is null ? GiveBackAsync(reader, _generation) : reader.DisposeAsync());
            return (null, 0);
        }
        catch
        {
            await reader.DisposeAsync();
            throw;
        }
    }

    private ObjectReader OpenReader(params string[] options)
    {
        var call = new GitCall($"Reading the mirror of {place}", ["cat-file", "--batch", .. options]) { GitDirectory = mirror };
        return new ObjectReader(call, runner.Open(call));
    }

    private GitException Missing(string id) =>
        new(GitErrorKind.Corrupt, $"The mirror of {place} lacks the object {id}. It is made anew at the next run.");
}
