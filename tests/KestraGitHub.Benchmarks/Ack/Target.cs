namespace KestraGitHub.Benchmarks.Ack;

/// <summary>A server that takes signed pushes.</summary>
internal abstract class Target(string name) : IAsyncDisposable
{
    public string Name => name;

    public Uri Url { get; } = new($"http://127.0.0.1:{Measuring.Child.FreePort()}");

    public abstract IReadOnlyList<string> Paths { get; }

    /// <summary>The process whose memory counts.</summary>
    public abstract int Id { get; }

    /// <summary>Load before anything is measured: a program that is compiled while it runs is not itself before it has run for a while.</summary>
    public virtual TimeSpan WarmUp => TimeSpan.FromSeconds(10);

    /// <summary>It warms up again until it has taken so many calls: on a busy machine it has not run for a while after that time.</summary>
    public virtual long WarmUpCalls => 50_000;

    /// <summary>Starts it in an empty folder, and returns when it takes calls.</summary>
    public abstract Task StartAsync(string folder);

    /// <summary>What it has done of what it accepted since its start, where that is less than accepting: returns when nothing is left to do.</summary>
    public virtual Task<long?> DrainAsync(long accepted) => Task.FromResult<long?>(null);

    /// <summary>Throws when less is stored than was acknowledged, for targets that promise to store it.</summary>
    public virtual Task CheckAsync(long accepted) => Task.CompletedTask;

    public abstract ValueTask DisposeAsync();
}
