using System.Buffers;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace KestraGitHub.Webhooks;

internal enum BodyOutcome
{
    Whole,
    TooLarge,
    TooSlow,
    Broken,
}

/// <summary>A request's body in a pooled buffer: whoever holds it gives it back by disposing it, and keeps nothing of <see cref="Bytes"/>.</summary>
internal sealed class Body(BodyOutcome outcome, byte[]? buffer = null, int length = 0) : IDisposable
{
    private byte[]? _buffer = buffer;

    public BodyOutcome Outcome => outcome;

    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, _buffer is null ? 0 : length);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _buffer, null) is { } rented) ArrayPool<byte>.Shared.Return(rented);
    }
}

/// <summary>The one place that reads bodies: within the cap and the time, whatever the caller announced.</summary>
internal sealed class BodyReader(IOptions<WebhookOptions> options, TimeProvider time)
{
    private const int FirstBuffer = 32 * 1024;

    // What is refused is still read from the wire, up to this many caps, so that the caller gets to see the answer.
    private const int DrainedCaps = 4;

    private readonly int _cap = options.Value.MaxBodyBytes;

    /// <summary>Whether the caller itself says that its body is over the cap. To be asked first: it costs nothing.</summary>
    public bool IsAnnouncedTooLarge(HttpRequest request)
    {
        // Ours is the cap; the server's own would cut the connection before the answer is read.
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = (long)_cap * DrainedCaps;
        return request.ContentLength > _cap;
    }

    public async Task<Body> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        if (IsAnnouncedTooLarge(request)) return new(BodyOutcome.TooLarge);

        using var timer = new CancellationTokenSource(options.Value.BodyTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, ct);
        try
        {
            return await ReadAsync(request.Body, either.Token);
        }
        catch (OperationCanceledException)
        {
            return new(timer.IsCancellationRequested ? BodyOutcome.TooSlow : BodyOutcome.Broken);
        }
        catch (BadHttpRequestException e)
        {
            return new(e.StatusCode switch
            {
                StatusCodes.Status408RequestTimeout => BodyOutcome.TooSlow,
                StatusCodes.Status413PayloadTooLarge => BodyOutcome.TooLarge,
                _ => BodyOutcome.Broken,
            });
        }
        catch (IOException)
        {
            return new(BodyOutcome.Broken);
        }
    }

    private async Task<Body> ReadAsync(Stream stream, CancellationToken ct)
    {
        // Grows with what has come, never with what was announced: an announcement costs the caller nothing.
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Min(FirstBuffer, _cap + 1));
        var length = 0;
        try
        {
            for (int read; (read = await stream.ReadAsync(buffer.AsMemory(length), ct)) > 0;)
            {
                length += read;
                if (length > _cap) return new(BodyOutcome.TooLarge);
                if (length == buffer.Length) buffer = Grow(buffer, length);
            }

            var body = new Body(BodyOutcome.Whole, buffer, length);
            buffer = null;
            return body;
        }
        finally
        {
            if (buffer is not null) ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static byte[] Grow(byte[] full, int length)
    {
        var larger = ArrayPool<byte>.Shared.Rent(length * 2);
        full.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(full);
        return larger;
    }
}
