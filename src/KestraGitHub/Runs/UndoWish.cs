using System.Text.Json;
using KestraGitHub.Reconciliation;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>How the wish to undo a run lies in the row of the run that is to do it.</summary>
internal static class UndoWish
{
    /// <summary>The trigger of a run that takes back all that another one wrote.</summary>
    public const string Undo = "undo";

    /// <summary>The trigger of a run that brings back what another one deleted.</summary>
    public const string Restore = "restore";

    private const string Objects = "objects";

    public static IReadOnlyDictionary<string, string> PayloadOf(IReadOnlyCollection<string> objects) =>
        objects.Count == 0 ? new Dictionary<string, string>() : new Dictionary<string, string> { [Objects] = JsonSerializer.Serialize(objects) };

    /// <summary>The names of the only objects that are meant; none means all.</summary>
    public static IReadOnlySet<string> ObjectsOf(IReadOnlyDictionary<string, string> payload) =>
        payload.TryGetValue(Objects, out var json) ? JsonSerializer.Deserialize<HashSet<string>>(json)! : new HashSet<string>();
}

/// <summary>What people and scripts ask of what runs overwrote: see it, have it back.</summary>
internal sealed class UndoDesk(RunStore runs, JournalStore journal, IJobScheduler scheduler)
{
    /// <summary>Newest entry of each object, oldest object first; empty for a run that wrote nothing, or whose bytes are not kept any more.</summary>
    public async Task<IReadOnlyList<JournalEntry>> JournalAsync(string runId, CancellationToken ct) => [.. UndoPlanner.Newest(await journal.LoadAsync(runId, ct)).Reverse()];

    public Task<JournalEntry?> EntryAsync(string runId, long position, CancellationToken ct) => journal.FindAsync(runId, position, ct);

    public Stream Open(string runId, JournalEntry entry) => journal.Open(runId, entry);

    /// <summary>Asks for a run that undoes <paramref name="of"/>, or restores from it.</summary>
    /// <param name="objects">The only ones that are meant, as <c>flow company.team/hello</c>; none means all.</param>
    public async Task<UndoRequested> RequestAsync(RunRow of, string kind, IReadOnlyCollection<string> objects, string? by, CancellationToken ct)
    {
        if (!of.Ended) return new(null, "The run goes on. Cancel it: what it wrote is put back then.");
        var entries = UndoPlanner.Newest(await journal.LoadAsync(of.Id, ct));
        if (kind == UndoWish.Restore) entries = [.. entries.Where(e => e.Action == ChangeAction.Deleted)];
        if (entries.Count == 0) return new(null, kind == UndoWish.Restore ? "The run deleted nothing that is kept." : "The run wrote nothing that is kept.");
        var known = entries.Select(e => e.Key.ToString()).ToHashSet(StringComparer.Ordinal);
        if (objects.Where(o => !known.Contains(o)).ToList() is { Count: > 0 } strange)
            return new(null, $"The run {(kind == UndoWish.Restore ? "deleted" : "wrote")} no {LogWords.Named(strange)}. Name objects as `flow company.team/hello`; its journal lists them.", Unknown: true);
        var request = new RunRequest(of.Sync, new RunTrigger(kind, of.Id, by), DryRun: false, Revision: null, TimeSpan.Zero, UndoWish.PayloadOf(objects)) { UndoOf = of.Id };
        var run = await runs.EnqueueAsync(request, merge: false, ct);
        await scheduler.WakeAsync(of.Sync, TimeSpan.Zero, ct);
        return new(run, null);
    }
}

/// <param name="Refusal">Why there is no run, as a whole sentence.</param>
/// <param name="Unknown">True: an object was named that the run has nothing to do with.</param>
internal sealed record UndoRequested(RunRow? Run, string? Refusal, bool Unknown = false);
