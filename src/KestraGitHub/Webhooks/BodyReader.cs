using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace KestraGitHub.Webhooks;

/// <summary>The one place that reads bodies: within the cap, the time and the memory for all of them, whatever the caller announced.</summary>
internal sealed class BodyReader(IOptions<WebhookOptions> options, BodyBlocks blocks, TimeProvider time)
{
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
        var body = new Body(blocks);
        if (IsAnnouncedTooLarge(request)) return body.Failed(BodyOutcome.TooLarge);

        using var timer = new CancellationTokenSource(options.Value.BodyTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, ct);
        try
        {
            return await FillAsync(body, request.Body, either.Token);
        }
        catch (OperationCanceledException)
        {
            return body.Failed(timer.IsCancellationRequested ? BodyOutcome.TooSlow : BodyOutcome.Broken);
        }
        catch (BadHttpRequestException e)
        {
            return body.Failed(e.StatusCode switch
            {
                StatusCodes.Status408RequestTimeout => BodyOutcome.TooSlow,
                StatusCodes.Status413PayloadTooLarge => BodyOutcome.TooLarge,
                _ => BodyOutcome.Broken,
            });
        }
        catch (IOException)
        {
            return body.Failed(BodyOutcome.Broken);
        }
    }

    private async Task<Body> FillAsync(Body body, Stream stream, CancellationToken ct)
    {
        while (body.TryMakeRoom(out var room))
        {
            var read = await stream.ReadAsync(room, ct);
            if (read == 0) return body;
            body.Add(read);
            if (body.Length > _cap) return body.Failed(BodyOutcome.TooLarge);
        }

        // Like GitHub, most callers send everything before they read: they see the answer only if what they send is taken.
        body.Failed(BodyOutcome.NoRoom);
        await stream.CopyToAsync(Stream.Null, ct);
        return body;
    }
}
