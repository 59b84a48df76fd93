namespace KestraGitHub.Runs;

/// <summary>
/// What the database says, for instruments: they are read one by one and cannot wait, so one look serves all of them while it is fresh, and a database that is
/// away holds up a reader once.
/// </summary>
/// <param name="fresh">How long a look serves.</param>
internal sealed class FreshLook<T>(TimeSpan fresh, Func<CancellationToken, Task<T>> look, TimeProvider time)
    where T : class
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private T? _last;
    private long? _lookedAt;

    /// <summary>Null while the database does not answer.</summary>
    public T? Now()
    {
        lock (_gate)
        {
            if (_lookedAt is { } at && time.GetElapsedTime(at) < fresh) return _last;
            _last = Look();
            _lookedAt = time.GetTimestamp();
            return _last;
        }
    }

    private T? Look()
    {
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            return Task.Run(() => look(limit.Token), limit.Token).WaitAsync(limit.Token).GetAwaiter().GetResult();
        }
#pragma warning disable CA1031 // Whatever keeps the database from answering, the reader of metrics gets the others.
        catch (Exception)
#pragma warning restore CA1031
        {
            return null;
        }
    }
}
