namespace KestraGitHub.Benchmarks.Measuring;

/// <summary>The most that was resident, in bytes.</summary>
/// <param name="Own">Of the process itself: exact, the kernel keeps it.</param>
/// <param name="Children">Of everything it started, at one time. Pages that they share count once for each, so it is rather too much.</param>
/// <param name="Together">Of all at one time.</param>
internal sealed record PeakMemory(long Own, long Children, long Together)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Watches a process and everything it starts while <paramref name="work"/> is done.</summary>
    public static async Task<(T Result, PeakMemory Peak)> DuringAsync<T>(int id, Func<Task<T>> work)
    {
        Proc.ForgetPeak(id);
        using var stop = new CancellationTokenSource();
        var watching = Task.Run(() => WatchAsync(id, stop.Token), CancellationToken.None);
        try
        {
            var result = await work();
            await stop.CancelAsync();
            return (result, await watching);
        }
        finally
        {
            await stop.CancelAsync();
        }
    }

    private static async Task<PeakMemory> WatchAsync(int id, CancellationToken ct)
    {
        var (program, children, together) = (Proc.Program(id), 0L, 0L);
        while (!ct.IsCancellationRequested)
        {
            // Between fork and exec a child is the process itself over again, all in shared pages.
            var now = Proc.Descendants(id).Where(child => Proc.Program(child) != program).Sum(Proc.Resident);
            children = Math.Max(children, now);
            together = Math.Max(together, now + Proc.Resident(id));
            await Task.Delay(Pause, CancellationToken.None);
        }

        var own = Proc.Peak(id);
        return new(own, children, Math.Max(together, own));
    }
}
