using KestraGitHub.Definitions;
using KestraGitHub.Kestra;
using KestraGitHub.Reconciliation;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

public enum DriftCheckOutcome
{
    Checked,

    /// <summary>No such definition.</summary>
    Unknown,

    /// <summary>The definition does not load, or is disabled.</summary>
    Off,

    /// <summary>A run is going on, which looks itself.</summary>
    Running,
}

/// <summary>Looks whether a sync's targets still hold what was applied, without a run: one small question while nothing moved.</summary>
internal sealed class DriftCheck(
    DefinitionFolder definitions, KnownTasks known, RunStore runs, InventoryStore inventories, DriftStore drifts, KestraServers servers,
    KestraOptions kestra, ProposalStore proposals, IJobScheduler scheduler)
{
    private static readonly IReadOnlyDictionary<ResourceKey, (DateTimeOffset At, string Version)> NoTimes = new Dictionary<ResourceKey, (DateTimeOffset, string)>();

    /// <summary>What it finds is in the <see cref="DriftStore"/> afterwards, and so is why it could not look.</summary>
    public async Task<DriftCheckOutcome> RunAsync(SyncKey sync, CancellationToken ct)
    {
        if (definitions.Catalog.Find(sync) is not { } entry) return DriftCheckOutcome.Unknown;
        if (entry.Definition is not { Disabled: false } definition) return DriftCheckOutcome.Off;
        var (last, current) = await runs.LatestAsync(sync, ct);
        if (current?.State == RunState.Running) return DriftCheckOutcome.Running;
        IReadOnlyList<SyncTask> tasks;
        try
        {
            tasks = await TasksAsync(definition, last, ct);
        }
        catch (Exception e) when (e is RenderException or KestraException)
        {
            await FailAsync(sync, "", null, e, ct);
            return DriftCheckOutcome.Checked;
        }

        foreach (var task in tasks) await CheckAsync(sync, task, last, ct);
        return DriftCheckOutcome.Checked;
    }

    /// <summary>Those that bring Git to Kestra, as the last run had them. What waits for another task's outputs is left to runs.</summary>
    private async Task<IReadOnlyList<SyncTask>> TasksAsync(Definition definition, RunRow? last, CancellationToken ct)
    {
        var steps = await known.OfAsync(definition, last, ct);
        var tasks = steps.OfType<FlowStep.Run>().Select(s => s.Task).ToList();
        if (!steps.Any(s => s is FlowStep.Wait)) await drifts.KeepAsync(definition.Key, [.. tasks.Select(t => t.Name)], ct);
        return [.. tasks.Where(t => t is { DryRun: false, Policy.Direction: Direction.GitToKestra })];
    }

    private async Task CheckAsync(SyncKey sync, SyncTask task, RunRow? last, CancellationToken ct)
    {
        if (await drifts.StampAsync(sync, task.Name, ct) is not { } stamp) return; // nothing was applied yet, or a run has just begun
        try
        {
            var state = await inventories.StateAsync(sync, task.Name, ct);
            var look = (await drifts.OfAsync(sync, ct)).Looks.FirstOrDefault(l => l.Task == task.Name);
            var ran = state?.Fingerprint == task.Fingerprint ? state.Cursor : null;
            var server = await servers.ConnectAsync(task.Kestra, ct);
            var inventory = await inventories.LoadAsync(sync, task.Name, ct);
            var store = StoreOf(server, task, inventory);
            if ((look?.Cursor ?? ran) is { } cursor && !await store.HasMovedAsync(cursor, ct))
            {
                await drifts.SaveAsync(sync, task.Name, stamp, null, NoTimes, look?.Cursor, null, ct);
                return;
            }

            // Read from where the last run was: the inventory tells what the target held then.
            var held = await store.ReadAsync(new KnownState(inventory, ran), ct);
            var found = DriftFinder.Find(inventory, held, task.Scope, task.Policy);
            var since = found.Count == 0 ? NoTimes : await ChangeTimes.OfAsync(server, task.Scope, found, ct);
            await drifts.SaveAsync(sync, task.Name, stamp, found, since, held.Revision.Length > 0 ? held.Revision : null, null, ct);
            if (task.Proposal is not null) await AskForProposalAsync(sync, task, last, found, ct);
        }
        catch (KestraException e)
        {
            await FailAsync(sync, task.Name, stamp, e, ct);
        }
    }

    /// <summary>What was edited is to be in a pull request, and what was taken back no longer: a run sees to it, once for each finding.</summary>
    private async Task AskForProposalAsync(SyncKey sync, SyncTask task, RunRow? last, IReadOnlyList<DriftFound> found, CancellationToken ct)
    {
        var text = string.Join('\n', found.Select(f => $"{f.Key} {f.What} {f.Version}"));
        if (!await proposals.AskAsync(sync, task.Name, text.Length == 0 ? "" : TextDigest.Of(text), ct)) return;
        var request = new RunRequest(sync, new RunTrigger("drift", null, null, null, null, null), DryRun: false, Revision: null, TimeSpan.Zero, last?.Payload ?? new Dictionary<string, string>());
        await runs.EnqueueAsync(request, merge: true, ct);
        await scheduler.WakeAsync(sync, TimeSpan.Zero, ct);
    }

    private KestraResourceStore StoreOf(KestraServer server, SyncTask task, Inventory inventory)
    {
        var options = kestra.ToStoreOptions() with { Namespaces = () => inventory.Entries.Keys.Select(k => k.Namespace).Distinct() };
        if (task.Layout == Layout.OneFlow) options = options with { Only = () => inventory.Entries.Values.Where(e => e.Owned).Select(e => e.Key) };
        return new KestraResourceStore(server, task.Scope, sha256: inventory.Entries.Values.Any(e => e.AppliedDigest.Length == 64), options);
    }

    private Task<bool> FailAsync(SyncKey sync, string task, long? stamp, Exception error, CancellationToken ct) =>
        drifts.SaveAsync(sync, task, stamp, null, NoTimes, null, error.Message, ct);
}
