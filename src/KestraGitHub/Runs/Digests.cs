using System.Collections.Concurrent;
using KestraGitHub.Definitions;

namespace KestraGitHub.Runs;

/// <summary>Which syncs have left their Kestra with work to do, told until it is done. Kept in memory: it is about the next minutes, and the run's log has it for good.</summary>
internal sealed class Digests(TimeProvider time)
{
    private readonly ConcurrentDictionary<SyncKey, (string RunId, string Words, DateTimeOffset Until)> _told = new();

    public void Tell(SyncKey sync, string runId, string words, TimeSpan left) => _told[sync] = (runId, words, time.GetUtcNow() + left);

    /// <param name="runId">Only what this run has left; null for any.</param>
    /// <returns>Null when there is nothing to tell.</returns>
    public DigestNote? Of(SyncKey sync, string? runId = null)
    {
        if (!_told.TryGetValue(sync, out var told) || (runId is not null && told.RunId != runId)) return null;
        if (told.Until > time.GetUtcNow()) return new DigestNote(told.Words, told.Until);
        _told.TryRemove(KeyValuePair.Create(sync, told));
        return null;
    }
}

/// <summary>The server of a sync is slow for a while, and why.</summary>
/// <param name="Until">As far as can be told beforehand.</param>
public sealed record DigestNote(string Message, DateTimeOffset Until);
