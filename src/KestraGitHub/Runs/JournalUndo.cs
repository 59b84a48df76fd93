using KestraGitHub.Kestra;
using KestraGitHub.Reconciliation;
using KestraGitHub.Storage;
using Microsoft.Extensions.Options;

namespace KestraGitHub.Runs;

/// <summary>What became of one journaled object.</summary>
internal enum UndoFate
{
    /// <summary>It stands as before, and nobody had to do anything for it.</summary>
    AsBefore,

    /// <summary>It was put back, and read back.</summary>
    Back,

    /// <summary>Somebody else changed it since; it stands as they left it.</summary>
    Left,

    /// <summary>It stands as the run wrote it: it could not be put back.</summary>
    Stands,
}

/// <param name="Reason">Of what was left or stands: why.</param>
/// <param name="Change">What was planned for it.</param>
/// <param name="Now">As it stands; null when it is not there, or nobody knows.</param>
internal sealed record UndoneObject(JournalEntry Entry, UndoFate Fate, string Reason, Change Change, Resource? Now);

/// <summary>Puts back what a run wrote: compares before it writes, and reads again afterwards, until everything stands as before or nothing more can be done.</summary>
internal sealed class JournalUndo(
    JournalStore journal, InventoryStore inventories, KestraServers servers, KestraOptions kestra, UndoTargets targets, BranchUndo branches, IOptions<RunOptions> options, TimeProvider time)
{
    /// <summary>Readings of one part. The last one only looks: what it finds is what is told.</summary>
    private const int Rounds = 4;

    /// <param name="run">Whose journal it is.</param>
    /// <param name="ct">Ends it between two writes; what was not reached stands, and an <see cref="OperationCanceledException"/> is thrown.</param>
    public async Task<IReadOnlyList<UndoneObject>> UndoAsync(
        RunRow run, IReadOnlyList<JournalEntry> entries, UndoScope scope, LeaseKeeper guard, RunLog log, CancellationToken ct)
    {
        var fates = new List<UndoneObject>();
        var tasks = entries.Select(e => e.Task).ToHashSet(StringComparer.Ordinal);
        try
        {
            // Newest first, as far as one request for each namespace and kind allows.
            foreach (var part in UndoPlanner.Newest(entries).GroupBy(e => e.Target.IsGit ? (e.Target, null, "") : (e.Target, (ResourceKind?)e.Key.Kind, e.Key.Namespace)))
            {
                List<JournalEntry> of = [.. part];
                fates.AddRange(await (part.Key.Target.IsGit ? branches.UndoAsync(run, of, scope, guard, log, ct) : UndoPartAsync(run, of, scope, guard, log, ct)));
            }
        }
        finally
        {
            // Also where it was broken off: what was put back until then is so. Whoever has the run by now remembers by himself.
            if (!guard.Lost) await SettleAsync(run, tasks, fates);
        }

        return fates;
    }

    private async Task<IReadOnlyList<UndoneObject>> UndoPartAsync(RunRow run, List<JournalEntry> entries, UndoScope scope, IApplyGuard guard, RunLog log, CancellationToken ct)
    {
        var (touched, first, trouble) = (new HashSet<ResourceKey>(), (SyncPlan?)null, new Dictionary<ResourceKey, string>());
        for (var round = 1; ; round++)
        {
            string failure;
            try
            {
                var store = await OpenAsync(run, entries, log, ct);
                var plan = UndoPlanner.Plan(entries, await store.ReadAsync(KnownState.Nothing, ct), scope);
                first ??= plan;
                if (round == Rounds || !plan.Writes.Any()) return [.. plan.Changes.Select(c => FateOf(entries, first, c, touched, trouble))];
                var source = new JournalSource(journal, run.Id, entries);
                for (var left = plan; left.Writes.Any();)
                {
                    var result = await store.ApplyAsync(left, source, guard, ct);
                    foreach (var done in result.Done) touched.Add(done.Change.Key);
                    if (result.Failure is not { } failed) break;
                    if (failed.Error is OperationCanceledException) throw failed.Error;
                    if (failed.Change is null) throw failed.Error;
                    // One that cannot be put back keeps none of the others.
                    trouble[failed.Change.Key] = FailureKinds.Of(failed.Error).Message;
                    var over = result.Done.Select(d => d.Change.Key).Append(failed.Change.Key).ToHashSet();
                    left = left with { Changes = [.. left.Changes.Where(c => !over.Contains(c.Key))] };
                }

                continue;
            }
            catch (Exception e) when (e is not (OperationCanceledException or StorageUnavailableException))
            {
                failure = FailureKinds.Of(e).Message;
                log.Warn($"What was written in {entries[0].Target.Server} could not be put back yet: {failure}");
                if (round < Rounds && FailureKinds.Of(e).Kind == FailureKind.Transient) await Task.Delay(options.Value.RetryDelay * round, time, ct);
            }

            if (round == Rounds)
                return [.. entries.Select(e => new UndoneObject(e, UndoFate.Stands, failure, new Change(ChangeAction.Failed, e.Key, e.Path, failure), null))];
        }
    }

    public static UndoneObject FateOf(List<JournalEntry> entries, SyncPlan first, Change change, HashSet<ResourceKey> touched, Dictionary<ResourceKey, string> trouble)
    {
        var entry = entries.Find(e => e.Key == change.Key)!;
        var planned = first.Changes.First(c => c.Key == change.Key);
        return change.Action switch
        {
            ChangeAction.Unchanged => new(entry, touched.Contains(change.Key) || planned.Writes ? UndoFate.Back : UndoFate.AsBefore, "", planned, change.Actual),
            ChangeAction.Conflict => new(entry, UndoFate.Left, change.Reason, change, change.Actual),
            ChangeAction.Failed => new(entry, UndoFate.Stands, change.Reason, change, change.Actual),
            _ => new(entry, UndoFate.Stands, trouble.GetValueOrDefault(change.Key, "it was taken and is not held"), change, change.Actual),
        };
    }

    /// <summary>Only what the entries name, in their one namespace.</summary>
    private async Task<KestraResourceStore> OpenAsync(RunRow run, List<JournalEntry> entries, RunLog log, CancellationToken ct)
    {
        var server = await servers.ConnectAsync(await targets.FindAsync(run, entries[0].Target, log, ct), ct);
        var keys = entries.Select(e => e.Key).ToHashSet();
        var sha256 = entries.Any(e => (e.Before ?? e.After)?.Digest.Length == 64);
        // A size that no file has: what is none of ours need not be read.
        var store = kestra.ToStoreOptions() with { Only = () => keys, DesiredSize = key => keys.Contains(key) ? null : -1 };
        return new KestraResourceStore(server, new Scope(entries[0].Key.Kind, entries[0].Key.Namespace, includeChildren: false), sha256, store);
    }

    /// <summary>The inventory as it was before, and no cursor: the next run looks at everything again.</summary>
    private async Task SettleAsync(RunRow run, IEnumerable<string> tasks, List<UndoneObject> fates)
    {
        foreach (var task in tasks)
        {
            List<UndoneObject> restored = [.. fates.Where(f => f.Entry.Task == task && f.Fate is (UndoFate.Back or UndoFate.AsBefore))];
            await inventories.SaveAsync(
                run.Sync, task, [.. restored.Select(f => Known(f)).OfType<InventoryEntry>()], [.. restored.Where(f => Known(f) is null).Select(f => f.Entry.Key)], state: null,
                CancellationToken.None);
        }

        List<JournalEntry> settled =
        [
            .. fates.Where(f => f.Fate != UndoFate.Stands).Select(f => f.Entry with { State = f.Fate == UndoFate.Left ? JournalState.Left : JournalState.Undone }),
        ];
        if (settled.Count > 0) await journal.PutAsync(run.Id, settled, CancellationToken.None);
    }

    /// <summary>Its entry from before the run, by what the target counts it by now.</summary>
    private static InventoryEntry? Known(UndoneObject undone) =>
        undone is { Entry.Known: { } known, Now: { } now } && known.Digest == now.Digest ? known with { TargetVersion = now.Version } : undone.Entry.Known;
}
