namespace KestraGitHub.Kestra;

/// <summary>
/// How many writes may be under way: fewer when the server's answers slow down to twice what they were at first, more again when they recover.
/// A server that digests a burst answers everyone else slowly (kestra-api.md 11.6).
/// </summary>
internal sealed class WriteThrottle
{
    private const int Window = 8;

    private readonly int _most;
    private readonly List<TimeSpan> _recent = [];
    private TimeSpan? _usual;

    public WriteThrottle(int most) => Limit = _most = most;

    public int Limit { get; private set; }

    public void Answered(TimeSpan took)
    {
        _recent.Add(took);
        if (_recent.Count < Window) return;
        _recent.Sort();
        var median = _recent[Window / 2];
        _recent.Clear();
        _usual ??= median;
        // Below 20 ms a doubling is noise.
        Limit = median > 2 * _usual && median > TimeSpan.FromMilliseconds(20) ? Math.Max(1, Limit / 2) : Math.Min(_most, Limit + 1);
    }
}
