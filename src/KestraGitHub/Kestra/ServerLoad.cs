namespace KestraGitHub.Kestra;

/// <summary>What this process gives one server to do, whichever tenant, credential or run it is for.</summary>
internal sealed class ServerLoad(int writesAtOnce, TimeProvider time)
{
    private readonly Lock _gate = new();
    private DateTimeOffset _digestingUntil;

    public WriteThrottle Writes { get; } = new(writesAtOnce, time);

    /// <summary>How much longer the server is likely to be busy with what we wrote; zero when it is not.</summary>
    public TimeSpan Digesting
    {
        get
        {
            lock (_gate) return _digestingUntil - time.GetUtcNow() is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Adds work that the server still has to do after its answers.</summary>
    public void Leave(TimeSpan work)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            _digestingUntil = (_digestingUntil > now ? _digestingUntil : now) + work;
        }
    }
}
