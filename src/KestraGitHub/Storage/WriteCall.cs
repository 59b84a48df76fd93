namespace KestraGitHub.Storage;

/// <summary>A caller who waits for a write, and what it will hear once the commit is on the disk.</summary>
internal sealed class WriteCall<T>
{
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _taken;
    private T? _result;
    private Exception? _error;

    public Task<T> Done => _done.Task;

    public bool TryTake() => Interlocked.Exchange(ref _taken, 1) == 0;

    public void GiveUp(CancellationToken ct)
    {
        if (TryTake()) _done.TrySetCanceled(ct);
    }

    // A write may be tried again: what counts is what it came to last.
    public void Result(T result) => (_result, _error) = (result, null);

    public void Error(Exception error) => _error = error;

    public void Complete(Dialect dialect)
    {
        if (_error is null) _done.TrySetResult(_result!);
        else _done.TrySetException(dialect.Translate(_error));
    }

    public void Fail(Exception error) => _done.TrySetException(error);
}
