using KestraGitHub.Reconciliation;

namespace KestraGitHub.Kestra;

/// <summary>
/// The last question before a write: asked at the connection, right before each piece of the request is handed to the system. Between the question
/// before the request and this moment lie the body's making, a connection's and TLS's, and a process may stand still in any of them for hours. A body of
/// many pieces whose rest is refused stays shorter than it was announced, and no server acts on it.
/// </summary>
/// <remarks>
/// A connection serves many requests one after the other, so the fence is not the connection's: it goes with the call, as an AsyncLocal, because HTTP/1.1
/// writes a request within the call that sends it. What the library sends again by itself comes this way again. (HTTP/2 writes from a loop of its own;
/// <see cref="KestraHttp"/> does not speak it.) What is left are the instructions between this question and the system call, and what the system
/// then holds: no client can take that back, and Kestra has no fence of its own.
/// </remarks>
internal sealed class WireFence
{
    private static readonly AsyncLocal<WireFence?> Current = new();
    private readonly IApplyGuard _guard;

    private WireFence(IApplyGuard guard) => _guard = guard;

    /// <summary>What the guard said when it refused.</summary>
    public Exception? Refusal { get; private set; }

    /// <summary>Holds for everything that the calling async method sends from now on.</summary>
    public static WireFence Raise(IApplyGuard guard) => Current.Value = new WireFence(guard);

    /// <summary>For <see cref="SocketsHttpHandler.PlaintextStreamFilter"/>.</summary>
    public static ValueTask<Stream> AroundAsync(SocketsHttpPlaintextStreamFilterContext context, CancellationToken ct) =>
        ValueTask.FromResult<Stream>(new FencedStream(context.PlaintextStream));

    private static void Pass()
    {
        if (Current.Value is not { } fence) return;
        try
        {
            fence._guard.CheckAtWire();
        }
        catch (Exception e)
        {
            fence.Refusal = e; // The HTTP library may wrap it; this is what the caller gets.
            throw;
        }
    }

    private sealed class FencedStream(Stream wire) : Stream
    {
        public override bool CanRead => wire.CanRead;

        public override bool CanSeek => false;

        public override bool CanWrite => wire.CanWrite;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Pass();
            wire.Write(buffer);
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Pass();
            return wire.WriteAsync(buffer, cancellationToken);
        }

        public override int Read(byte[] buffer, int offset, int count) => wire.Read(buffer, offset, count);

        public override int Read(Span<byte> buffer) => wire.Read(buffer);

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            wire.ReadAsync(buffer, offset, count, cancellationToken);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => wire.ReadAsync(buffer, cancellationToken);

        public override void Flush() => wire.Flush();

        public override Task FlushAsync(CancellationToken cancellationToken) => wire.FlushAsync(cancellationToken);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) wire.Dispose();
            base.Dispose(disposing);
        }
    }
}
