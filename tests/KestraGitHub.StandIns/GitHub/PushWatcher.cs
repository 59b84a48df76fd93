using System.Collections.Concurrent;

namespace KestraGitHub.StandIns.GitHub;

/// <summary>A ref that moved; null is "not there".</summary>
internal sealed record RefChange(string Ref, string? Before, string? After);

/// <summary>Sees that refs moved, however they were moved, and tells each move once.</summary>
/// <param name="moved">Told the changes, all refs as they are now, and who pushed when that is known.</param>
internal sealed class PushWatcher(
    Func<IEnumerable<Repository>> repositories, Action<Repository, RefChange, IReadOnlyDictionary<string, string>, string?> moved)
{
    private const int MostTags = 3;
    private const int MostBranches = 5000;
    private readonly ConcurrentDictionary<string, Seen> _seen = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _pushers = new(StringComparer.Ordinal);

    /// <summary>Lets a push happen, and looks at once.</summary>
    public async Task DuringAsync(Repository repository, string? pusher, Func<Task> push)
    {
        // A look on the clock may see the ref first; it is to know the pusher as well.
        if (pusher is not null) _pushers[repository.Path] = pusher;
        try
        {
            await push();
            Look(repository);
        }
        finally
        {
            _pushers.TryRemove(repository.Path, out _);
        }
    }

    /// <summary>The first look at a repository only remembers: nobody pushed what was there before.</summary>
    public void Look(Repository repository)
    {
        var pusher = _pushers.GetValueOrDefault(repository.Path);
        var seen = _seen.GetOrAdd(repository.Path, _ => new Seen());
        lock (seen)
        {
            IReadOnlyDictionary<string, string> now;
            try
            {
                now = RefReader.Read(repository.Path);
            }
            catch (IOException)
            {
                return; // Something is being written or removed; the next look sees it.
            }

            var before = seen.Refs;
            seen.Refs = now;
            if (before is null) return;
            var changes = before.Keys.Union(now.Keys)
                .Select(name => new RefChange(name, before.GetValueOrDefault(name), now.GetValueOrDefault(name)))
                .Where(c => c.Before != c.After).OrderBy(c => c.Ref, StringComparer.Ordinal)
                .ToLookup(c => c.Ref.StartsWith("refs/tags/", StringComparison.Ordinal));

            // Past these numbers GitHub sends nothing at all.
            foreach (var kind in changes.Where(kind => kind.Count() <= (kind.Key ? MostTags : MostBranches)))
                foreach (var change in kind) moved(repository, change, now, pusher);
        }
    }

    public async Task PollAsync(TimeSpan interval, CancellationToken ct)
    {
        using var timer = new PeriodicTimer(interval);
        try
        {
            do
            {
                try
                {
                    foreach (var repository in repositories()) Look(repository);
                }
                catch (IOException)
                {
                    // The folder itself is changing.
                }
            }
            while (await timer.WaitForNextTickAsync(ct));
        }
        catch (OperationCanceledException)
        {
        }
    }

    private sealed class Seen
    {
        public IReadOnlyDictionary<string, string>? Refs { get; set; }
    }
}
