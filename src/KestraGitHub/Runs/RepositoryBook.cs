using KestraGitHub.Definitions;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>What the syncs read, kept up to date by the runs that came since the last look: to look every one up takes long where there are thousands.</summary>
internal sealed class RepositoryBook(RepositoryStore repositories) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private readonly Dictionary<SyncKey, IReadOnlyList<string>> _urls = [];

    // Before the first look nothing is known that could have moved: a mark that no id reaches.
    private string _seen = RunIds.Cursor(null);

    /// <summary>What the newest run of each sync read that got so far; syncs without one are left out.</summary>
    public async Task<IReadOnlyList<(SyncKey Sync, string Url)>> UrlsAsync(IReadOnlyCollection<SyncKey> syncs, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            var (moved, oldestOpen, now) = await repositories.MovedAsync(_seen, ct);
            foreach (var sync in moved) _urls.Remove(sync);

            // A run that goes on may still say what it reads.
            var mark = RunIds.Floor(now - HeadBook.Overlap);
            _seen = oldestOpen is not null && string.CompareOrdinal(oldestOpen, mark) < 0 ? oldestOpen : mark;
            var unknown = syncs.Where(s => !_urls.ContainsKey(s)).ToList();
            var read = (await repositories.LastUrlsAsync(unknown, ct)).ToLookup(r => r.Sync, r => r.Url);
            foreach (var sync in unknown) _urls[sync] = [.. read[sync]];
            return [.. syncs.SelectMany(s => _urls[s].Select(url => (s, url)))];
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();
}
