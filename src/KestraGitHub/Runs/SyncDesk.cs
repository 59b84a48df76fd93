using KestraGitHub.Definitions;
using KestraGitHub.Reconciliation;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>What people and scripts ask of syncs: see them, start a run, stop one. The API, the pages and the command line all ask here.</summary>
internal sealed class SyncDesk(DefinitionFolder definitions, RunStore runs, IJobScheduler scheduler, Digests digests)
{
    public IEnumerable<SyncKey> Keys => definitions.Catalog.Entries.Select(e => e.Key).OfType<SyncKey>().Distinct();

    public async Task<IReadOnlyList<SyncView>> ListAsync(string? tenant, CancellationToken ct)
    {
        var latest = await runs.LatestAsync(ct);
        var views = new List<SyncView>();
        foreach (var entry in definitions.Catalog.Entries)
            if (entry.Key is { } key && (tenant is null || key.Tenant == tenant))
                views.Add(await ViewAsync(key, entry, latest.GetValueOrDefault(key), ct));
        return views;
    }

    public async Task<SyncView?> GetAsync(SyncKey key, CancellationToken ct) =>
        definitions.Catalog.Find(key) is { } entry ? await ViewAsync(key, entry, await runs.LatestAsync(key, ct), ct) : null;

    /// <summary>Asks for a run of its own; it does not wait for more pushes.</summary>
    public async Task<RunRequested> RequestRunAsync(SyncKey key, bool dryRun, string? revision, RunTrigger trigger, CancellationToken ct)
    {
        if (definitions.Catalog.Find(key) is not { } entry) return new(RunRequestOutcome.Unknown, null, []);
        if (entry.Definition is null) return new(RunRequestOutcome.Broken, null, entry.Faults);
        if (entry.Definition.Disabled && !dryRun) return new(RunRequestOutcome.Disabled, null, []);
        if (revision is not null && !RevisionName.IsValid(revision)) return new(RunRequestOutcome.BadRevision, null, []);
        var request = new RunRequest(key, trigger, dryRun, revision, TimeSpan.Zero, new Dictionary<string, string>());
        var run = await runs.EnqueueAsync(request, merge: false, ct);
        await scheduler.WakeAsync(key, TimeSpan.Zero, ct);
        return new(RunRequestOutcome.Accepted, run, []);
    }

    /// <summary>Cancels what waits, asks what runs to stop. Null when there is no such run.</summary>
    public async Task<RunRow?> CancelAsync(string runId, CancellationToken ct)
    {
        var run = await runs.CancelAsync(runId, ct);
        if (run is not null) await scheduler.WakeAsync(run.Sync, TimeSpan.Zero, ct);
        return run;
    }

    private async Task<SyncView> ViewAsync(SyncKey key, CatalogEntry entry, (RunRow? Last, RunRow? Current) runsOf, CancellationToken ct) =>
        new(key, entry, StandingOf(entry, runsOf.Last), runsOf.Last, runsOf.Current,
            entry.Definition is { Disabled: false } ? await scheduler.NextFireAsync(key, ct) : null, digests.Of(key));

    private static SyncStanding StandingOf(CatalogEntry entry, RunRow? last) => (entry.Definition, last) switch
    {
        (null, _) => SyncStanding.Broken,
        ({ Disabled: true }, _) => SyncStanding.Disabled,
        (_, null) => SyncStanding.Unknown,
        // What was taken back is not what Git wants.
        (_, { UndoOf: not null }) => SyncStanding.OutOfDate,
        (_, { State: RunState.Succeeded, Counts: { Invalid: 0, Failed: 0, Conflict: 0 } }) => SyncStanding.InSync,
        _ => SyncStanding.OutOfDate,
    };
}
