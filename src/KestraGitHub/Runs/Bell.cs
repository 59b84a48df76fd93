namespace KestraGitHub.Runs;

/// <summary>Wakes a loop that sleeps: it is rung by many, and heard once.</summary>
internal sealed class Bell : IDisposable
{
    private readonly SemaphoreSlim _rung = new(0, 1);

    public void Ring()
    {
        try
        {
            _rung.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is known already.
        }
    }

    /// <returns>False: so long nobody rang.</returns>
    public Task<bool> WaitAsync(TimeSpan most, CancellationToken ct) => _rung.WaitAsync(most, ct);

    public void Dispose() => _rung.Dispose();
}
