using KestraGitHub.Definitions;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>
/// Where the runs of every sync stand, kept up to date by what ended since the last look: the newest run of a sync is never deleted, so what was seen once
/// holds until a newer one ends. Each node keeps its own.
/// </summary>
internal sealed class HeadBook(RunStore runs) : IDisposable
{
    /// <summary>What happened just now may be seen a little later: other nodes' transactions, and clocks that are set.</summary>
    internal static readonly TimeSpan Overlap = TimeSpan.FromMinutes(2);

    private readonly SemaphoreSlim _gate = new(1);
    private readonly Dictionary<SyncKey, LastHead> _last = [];
    private DateTimeOffset? _seen;

    /// <summary>Of every sync that ever had a run.</summary>
    public async Task<IReadOnlyDictionary<SyncKey, RunHeads>> HeadsAsync(CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            var (ended, open, now) = await runs.HeadsAsync(_seen is { } since ? since - Overlap : null, ct);
            foreach (var (sync, head) in ended)
                if (!_last.TryGetValue(sync, out var known) || IsNewer(head, known)) _last[sync] = head;
            _seen = now;
            var heads = _last.ToDictionary(l => l.Key, l => new RunHeads(l.Value, open.GetValueOrDefault(l.Key)));
            foreach (var (sync, run) in open) heads.TryAdd(sync, new(null, run));
            return heads;
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    private static bool IsNewer(LastHead head, LastHead known) =>
        head.FinishedAt > known.FinishedAt || (head.FinishedAt == known.FinishedAt && string.CompareOrdinal(head.Id, known.Id) > 0);
}
