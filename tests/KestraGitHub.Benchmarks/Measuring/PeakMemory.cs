namespace KestraGitHub.Benchmarks.Measuring;

/// <summary>Watches a process and everything it starts: the most that all of them hold at one time, looked at every few milliseconds.</summary>
internal sealed class PeakMemory : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly CancellationTokenSource _stop = new();
    private readonly int _id;
    private readonly Task _watching;

    public PeakMemory(int id)
    {
        _id = id;
        Proc.ForgetPeak(id);
        _watching = Task.Run(WatchAsync);
    }

    /// <summary>Bytes of the process itself: exact, the kernel keeps it.</summary>
    public long Own { get; private set; }

    /// <summary>Bytes of its children together. Pages that they share count once for each, so it is rather too much.</summary>
    public long Children { get; private set; }

    /// <summary>Bytes of all together.</summary>
    public long Together { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        Own = Proc.Peak(_id);
        Together = Math.Max(Together, Own);
        _stop.Dispose();
    }

    private async Task WatchAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var children = Proc.Descendants(_id).Sum(Proc.Resident);
            Children = Math.Max(Children, children);
            Together = Math.Max(Together, children + Proc.Resident(_id));
            await Task.Delay(Pause);
        }
    }
}
