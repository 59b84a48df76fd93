using System.Net;
using System.Net.Http.Headers;

namespace KestraGitHub.Kestra;

/// <summary>A body of known length out of a stream that cannot seek: without it the upload would be sent in chunks of unknown sum.</summary>
internal sealed class BlobContent : HttpContent
{
    private readonly Stream _content;
    private readonly long _size;

    public BlobContent(Stream content, long size)
    {
        (_content, _size) = (content, size);
        Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _size;
        return true;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var buffer = new byte[81920];
        long sent = 0;
        for (int read; (read = await _content.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            if ((sent += read) > _size) break;
            await stream.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        if (sent != _size) throw new IOException($"the content has not the {_size} bytes that were announced; the upload was broken off");
    }
}
