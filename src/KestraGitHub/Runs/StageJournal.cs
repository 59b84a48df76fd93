using KestraGitHub.Definitions;
using KestraGitHub.Git;
using KestraGitHub.Kestra;
using KestraGitHub.Reconciliation;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>
/// Writes down what the target holds of everything that a plan is about to write: all of it is in the database before the first request that writes. What
/// cannot be written down is not written.
/// </summary>
internal sealed class StageJournal(JournalStore journal)
{
    /// <summary>Small objects go to the database together, up to so many bytes.</summary>
    private const int Together = 4 << 20;

    /// <returns>One entry for each write of the plan, for <see cref="WrittenAsync"/>.</returns>
    /// <exception cref="Exception">Nothing may be written: an object moved since it was read, or the database does not take it.</exception>
    public async Task<IReadOnlyList<JournalEntry>> KeepAsync(RunAttempt attempt, TaskRun task, CancellationToken ct)
    {
        List<Change> writes = [.. task.Plan!.Writes];
        if (writes.Count == 0) return [];
        var target = AddressOf(task.Task);
        var earlier = UndoPlanner.Newest((await journal.LoadAsync(attempt.Run.Id, ct)).Where(e => e.Target == target)).ToDictionary(e => e.Key);
        var next = await journal.NextPositionAsync(attempt.Run.Id, ct);
        var pieces = new Pieces(journal, attempt.Run.Id);
        var entries = new List<JournalEntry>(writes.Count);
        foreach (var change in writes)
        {
            var known = earlier.GetValueOrDefault(change.Key);
            var after = change.Action == ChangeAction.Deleted ? null : Standing.Of(change.Desired);
            if (UndoPlanner.Keeps(known, change.Actual))
            {
                entries.Add(known! with { After = after, State = JournalState.Planned });
                continue;
            }

            var before = await KeepBytesAsync(pieces, next, task, change, ct);
            entries.Add(new JournalEntry(
                next++, task.Task.Name, target, change.Key, change.Path, before, after, task.Inventory.Entries.GetValueOrDefault(change.Key), JournalState.Planned, default));
        }

        await pieces.FlushAsync(ct);
        await journal.PutAsync(attempt.Run.Id, entries, ct);
        return entries;
    }

    /// <summary>What was carried out of a plan, as the target itself says it holds it.</summary>
    /// <param name="kept">What was written down before, by <see cref="KeepAsync"/>.</param>
    public async Task WrittenAsync(RunAttempt attempt, IReadOnlyList<JournalEntry> kept, IReadOnlyList<AppliedChange> done)
    {
        if (done.Count == 0) return;
        var entries = UndoPlanner.Newest(kept).ToDictionary(e => e.Key);
        // Not with the run's token: what was written is written, also when the run is cancelled right now.
        await journal.PutAsync(
            attempt.Run.Id, [.. done.Where(d => entries.ContainsKey(d.Change.Key)).Select(d => entries[d.Change.Key] with { After = Standing.Of(d.Now), State = JournalState.Written })],
            CancellationToken.None);
    }

    public static TargetAddress AddressOf(SyncTask task) =>
        task.Policy.Direction == Direction.KestraToGit ? new(task.Git.Url, "", task.Git.Branch ?? "") : AddressOf(task.Kestra);

    public static TargetAddress AddressOf(KestraTarget target) => new(target.Url.AbsoluteUri.TrimEnd('/'), target.Tenant);

    private static async Task<Standing?> KeepBytesAsync(Pieces pieces, long position, TaskRun task, Change change, CancellationToken ct)
    {
        if (change.Action == ChangeAction.Added) return null;
        try
        {
            // What is there and is no usable object is asked for as it stands; where that fails too it is replaced, as the plan says, and cannot come back.
            var actual = change.Actual ?? (task.Pushes ? await task.Git!.FindFileAsync(change.Key, change.Path!, ct) : null) ?? new Resource(change.Key, "", "", "", "", 0);
            await using var content = await OpenAsync(task, actual, ct);
            if (!Content.IsUnread(actual))
            {
                await pieces.AddAsync(position, content, ct);
                return Standing.Of(actual);
            }

            var (digest, likeness, size) = await MeasureAsync(content, actual, task.Head.Commit.Length == 64, ct);
            await pieces.AddAsync(position, content, ct);
            return new Standing(digest, likeness, actual.Version, size);
        }
        catch (Exception e) when (change.Actual is null && e is (KestraException or GitException))
        {
            return new Standing("", "", "", 0);
        }
    }

    private static async Task<Stream> OpenAsync(TaskRun task, Resource actual, CancellationToken ct)
    {
        if (!task.Pushes && actual.Content is null && task.Inventory.Owned(actual.Key) is { } known && await task.Git!.OpenProvenAsync(known, actual.Digest, ct) is { } proven) return proven;
        return await task.Target.OpenAsync(actual, ct);
    }

    private static async Task<(string Digest, string Likeness, long Size)> MeasureAsync(Stream content, Resource actual, bool sha256, CancellationToken ct)
    {
        var digest = await BlobHash.OfAsync(content, content.Length, sha256, ct);
        content.Position = 0;
        if (actual.Key.Kind == ResourceKind.NamespaceFile) return (digest, digest, content.Length);
        var bytes = new byte[content.Length];
        await content.ReadExactlyAsync(bytes, ct);
        content.Position = 0;
        return (digest, SourceLikeness.Of(actual.Key.Kind, bytes), bytes.Length);
    }

    /// <summary>Gathers small pieces and passes large ones on, so that little is held.</summary>
    private sealed class Pieces(JournalStore journal, string runId)
    {
        private readonly List<JournalPart> _waiting = [];
        private long _bytes;

        public async Task AddAsync(long position, Stream content, CancellationToken ct)
        {
            var buffer = new byte[JournalStore.PartSize];
            for (long part = 0; ; part++)
            {
                var read = await content.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct);
                if (read == 0) return;
                _waiting.Add(new JournalPart(position, part, buffer[..read]));
                if ((_bytes += read) >= Together) await FlushAsync(ct);
                if (read < buffer.Length) return;
            }
        }

        public async Task FlushAsync(CancellationToken ct)
        {
            if (_waiting.Count > 0) await journal.AddPartsAsync(runId, _waiting, ct);
            _waiting.Clear();
            _bytes = 0;
        }
    }
}
