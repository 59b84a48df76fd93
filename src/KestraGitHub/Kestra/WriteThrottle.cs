namespace KestraGitHub.Kestra;

/// <summary>
/// How many writes may be under way to one server, over all runs of this process; first come, first served. Whoever else uses the server waits about
/// as long as our writes do, so there are fewer when answers take long, and more again when they are quick (kestra-api.md 11.6).
/// </summary>
internal sealed class WriteThrottle
{
    private const int Window = 8;

    /// <summary>How often one write may be refused for being too much before its run has to wait instead.</summary>
    private const int Refusals = 5;

    /// <summary>Two at once keep a server's workers busy; a third one only stands in the queue when answers take longer than this.</summary>
    private static readonly TimeSpan Long = TimeSpan.FromMilliseconds(30);

    private static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RestUnasked = TimeSpan.FromSeconds(1);

    private readonly int _most;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly Queue<TaskCompletionSource> _waiting = new();
    private readonly List<TimeSpan> _recent = [];
    private int _underWay;
    private TimeSpan? _usual;
    private DateTimeOffset _restUntil;

    public WriteThrottle(int most, TimeProvider time) => (_most, _time, Limit) = (most, time, most);

    public int Limit { get; private set; }

    /// <summary>Waits for a turn. Dispose it when the write is answered or given up.</summary>
    public async Task<Turn> EnterAsync(CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        TaskCompletionSource? mine = null;
        lock (_gate)
        {
            if (_underWay < Limit && _waiting.Count == 0) _underWay++;
            else _waiting.Enqueue(mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        if (mine is not null)
        {
            await using var cancelled = ct.Register(() => mine.TrySetCanceled(ct));
            await mine.Task;
        }

        var turn = new Turn(this);
        try
        {
            await RestAsync(ct);
            return turn;
        }
        catch
        {
            turn.Dispose();
            throw;
        }
    }

    /// <summary>Tells how long a write took. Only writes of a like kind can be compared: those of flows.</summary>
    public void Answered(TimeSpan took)
    {
        lock (_gate)
        {
            _recent.Add(took);
            if (_recent.Count < Window) return;
            _recent.Sort();
            var median = _recent[Window / 2];
            _recent.Clear();

            // What is usual moves slowly: a server takes longer for each write the more flows it holds, and is not overloaded by that.
            _usual = _usual is { } usual ? TimeSpan.FromTicks(Math.Clamp(median.Ticks, usual.Ticks * 4 / 5, usual.Ticks * 21 / 20)) : median;
            if (median > 2 * _usual && median > Quick) Limit = Math.Max(1, Limit / 2);
            else if (median > Long) Limit = Math.Max(Math.Min(2, _most), Limit - 1);
            else if (median < Quick || Limit < 2) Limit = Math.Min(_most, Limit + 1);
        }
    }

    private async Task RestAsync(CancellationToken ct)
    {
        while (Left() is var left && left > TimeSpan.Zero) await Task.Delay(left, _time, ct);

        TimeSpan Left()
        {
            lock (_gate) return _restUntil - _time.GetUtcNow();
        }
    }

    /// <summary>The server says, or shows, that it is too much: one at a time from now on, and none before the time it asks for.</summary>
    private void Refused(KestraException e)
    {
        lock (_gate)
        {
            Limit = 1;
            var asked = e.RetryAfter ?? RestUnasked;
            var until = _time.GetUtcNow() + (asked < LongestRest ? asked : LongestRest);
            if (until > _restUntil) _restUntil = until;
        }
    }

    private void Leave()
    {
        lock (_gate)
        {
            _underWay--;
            while (_underWay < Limit && _waiting.TryDequeue(out var next))
            {
                if (next.TrySetResult()) _underWay++;
            }
        }
    }

    /// <summary>The right to have one write under way.</summary>
    internal sealed class Turn(WriteThrottle throttle) : IDisposable
    {
        private bool _left;

        /// <summary>Carries out <paramref name="write"/>, after a rest again when the server refused it for being too much: then nothing was done.</summary>
        public async Task<T> WriteAsync<T>(Func<Task<T>> write, CancellationToken ct)
        {
            for (var refusals = 0; ; refusals++)
            {
                try
                {
                    return await write();
                }
                catch (KestraException e) when (e.Status is 429 or 503 || e.Kind == KestraFailureKind.Timeout)
                {
                    throttle.Refused(e);

                    // The others leave open what became of it: the next attempt of the run looks.
                    if (e.Status != 429 || refusals == Refusals || e.RetryAfter > LongestRest) throw;
                }

                await throttle.RestAsync(ct);
            }
        }

        public void Dispose()
        {
            if (_left) return;
            _left = true;
            throttle.Leave();
        }
    }
}
