using KestraGitHub.Storage;

namespace KestraGitHub.Dashboard;

/// <summary>Runs that somebody follows. The database is asked once for each of them, however many follow it.</summary>
internal sealed class RunWatch(RunStore runs, TimeProvider time)
{
    // Readers look once a second, each at a moment of its own.
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Watched> _watched = [];

    /// <summary>To be disposed of when the reader goes.</summary>
    public Reader Follow(string id)
    {
        lock (_gate)
        {
            if (!_watched.TryGetValue(id, out var watched)) _watched[id] = watched = new Watched(id);
            watched.Readers++;
            return new Reader(this, watched);
        }
    }

    private void Leave(Watched watched)
    {
        lock (_gate)
        {
            if (--watched.Readers == 0) _watched.Remove(watched.Id);
        }
    }

    private async Task<RunLook?> LookAsync(Watched watched, CancellationToken ct)
    {
        await watched.Turn.WaitAsync(ct);
        try
        {
            if (watched.LookedAt is { } at && time.GetElapsedTime(at) < Fresh) return watched.Look;

            // The row first: a line that is written between the two looks is then not lost behind "ended".
            var run = await runs.GetAsync(watched.Id, ct);
            IReadOnlyList<RunEvent> known = watched.Look?.Lines ?? [];
            var lines = await runs.EventsAsync(watched.Id, known.Count > 0 ? known[^1].Seq : 0, ct);
            watched.Look = run is null ? null : new(run, lines.Count == 0 ? known : [.. known, .. lines]);
            watched.LookedAt = time.GetTimestamp();
            return watched.Look;
        }
        finally
        {
            watched.Turn.Release();
        }
    }

    /// <param name="Lines">All of its log.</param>
    internal sealed record RunLook(RunRow Run, IReadOnlyList<RunEvent> Lines);

    internal sealed class Reader(RunWatch watch, Watched watched) : IDisposable
    {
        private bool _left;

        /// <summary>What the run is now, or was half a second ago; null when it is no longer kept.</summary>
        public Task<RunLook?> LookAsync(CancellationToken ct) => watch.LookAsync(watched, ct);

        public void Dispose()
        {
            if (_left) return;
            _left = true;
            watch.Leave(watched);
        }
    }

    // Its semaphore is never asked for the handle that would have to be let go.
#pragma warning disable CA1001
    internal sealed class Watched(string id)
#pragma warning restore CA1001
    {
        public string Id => id;

        public SemaphoreSlim Turn { get; } = new(1);

        public int Readers { get; set; }

        public RunLook? Look { get; set; }

        public long? LookedAt { get; set; }
    }
}
