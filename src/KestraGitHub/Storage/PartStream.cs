namespace KestraGitHub.Storage;

/// <summary>Bytes that lie in pieces, read one piece at a time. It ends only after as many bytes as were announced.</summary>
/// <param name="read">A piece by its number from 0; null when there is none.</param>
internal sealed class PartStream(long length, Func<long, CancellationToken, Task<byte[]?>> read) : Stream
{
    private byte[] _piece = [];
    private int _at;
    private long _next;
    private long _given;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _given;
        set => throw new NotSupportedException();
    }

    /// <exception cref="EndOfStreamException">A piece is missing.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.Length == 0 || _given == length) return 0;
        while (_at == _piece.Length)
        {
            _piece = await read(_next++, cancellationToken) ?? throw new EndOfStreamException($"of {length} bytes that were kept only {_given} are there");
            _at = 0;
        }

        var count = Math.Min(buffer.Length, _piece.Length - _at);
        _piece.AsMemory(_at, count).CopyTo(buffer);
        (_at, _given) = (_at + count, _given + count);
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
