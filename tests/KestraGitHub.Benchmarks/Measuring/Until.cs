using System.Diagnostics;

namespace KestraGitHub.Benchmarks.Measuring;

internal static class Until
{
    /// <summary>Asks until it holds, at most for <paramref name="patience"/>.</summary>
    public static async Task HoldsAsync(Func<Task<bool>> condition, TimeSpan patience, TimeSpan pause, Func<string> complaint)
    {
        var clock = Stopwatch.StartNew();
        while (!await condition())
        {
            if (clock.Elapsed > patience) throw new BenchmarkException(complaint());
            await Task.Delay(pause);
        }
    }

    /// <summary>Asks until the answer has been the same for <paramref name="quiet"/>.</summary>
    public static async Task SettledAsync(Func<long> count, TimeSpan quiet, TimeSpan patience, Func<string> complaint)
    {
        var (last, since) = (count(), Stopwatch.StartNew());
        await HoldsAsync(
            () =>
            {
                var now = count();
                if (now != last) (last, since) = (now, Stopwatch.StartNew());
                return Task.FromResult(since.Elapsed >= quiet);
            },
            patience, TimeSpan.FromMilliseconds(50), complaint);
    }
}
