using System.Buffers;
using System.Collections.Concurrent;

namespace KestraGitHub.Webhooks;

/// <summary>
/// Lays bodies out in one piece to be looked at. To read one takes its size again, for the piece, and once more, for the parser's index; so of those
/// that do not lie in one piece anyway, one is looked at at a time. On one thread, because the shared pool keeps such arrays for each thread that had them.
/// </summary>
internal sealed class LargeBodies : IDisposable
{
    private readonly BlockingCollection<Action> _waiting = [];
    private readonly Lazy<Thread> _reader;

    public LargeBodies() => _reader = new(() =>
    {
        var thread = new Thread(Work) { IsBackground = true, Name = "large-bodies" };
        thread.Start();
        return thread;
    });

    /// <summary><paramref name="look"/> must keep nothing of the bytes.</summary>
    public Task<T> ReadAsync<T>(Body body, Func<ReadOnlyMemory<byte>, T> look)
    {
        if (body.IsOnePiece(out var bytes)) return Task.FromResult(look(bytes));
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = _reader.Value;
        _waiting.Add(() => LayOut(body, look, done));
        return done.Task;
    }

    public void Dispose() => _waiting.CompleteAdding();

    private void Work()
    {
        foreach (var read in _waiting.GetConsumingEnumerable()) read();
        _waiting.Dispose();
    }

    private static void LayOut<T>(Body body, Func<ReadOnlyMemory<byte>, T> look, TaskCompletionSource<T> done)
    {
        var piece = ArrayPool<byte>.Shared.Rent(body.Length);
        try
        {
            body.CopyTo(piece);
            done.SetResult(look(piece.AsMemory(0, body.Length)));
        }
#pragma warning disable CA1031 // The boundary of a thread: whoever waits for the answer gets the error.
        catch (Exception e)
#pragma warning restore CA1031
        {
            done.SetException(e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }
}
