using KestraGitHub.Definitions;
using KestraGitHub.GitHub;
using KestraGitHub.Reconciliation;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>What people and scripts ask of syncs: see them, start a run, stop one. The API, the pages and the command line all ask here.</summary>
internal sealed class SyncDesk(
    DefinitionFolder definitions, RunStore runs, PauseStore pauses, HoldStore holds, QuarantineStore quarantines, DriftStore drifts, ProposalStore proposals, GitHubHosts github,
    IJobScheduler scheduler, Digests digests) : IDisposable
{
    private readonly HeadBook _heads = new(runs);

    public IReadOnlyCollection<SyncKey> Keys => definitions.Catalog.Keys;

    /// <summary>Some syncs, in their order; those that are gone are left out.</summary>
    public async Task<IReadOnlyList<SyncView>> ViewsAsync(IReadOnlyCollection<SyncKey> keys, CancellationToken ct)
    {
        var (latest, drift) = (await runs.LatestAsync(keys, ct), await drifts.OfAsync(keys, ct));
        var (paused, held) = (await pauses.AllAsync(ct), await holds.AllAsync(ct));
        var views = new List<SyncView>();
        foreach (var key in keys)
        {
            if (definitions.Catalog.Find(key) is not { } entry) continue;
            var view = await ViewAsync(key, entry, latest.GetValueOrDefault(key), held.GetValueOrDefault(key), drift.GetValueOrDefault(key, DriftKnown.Nothing), ct);
            views.Add(view with { Pause = paused.GetValueOrDefault(key) ?? paused.GetValueOrDefault(default) });
        }

        return views;
    }

    /// <summary>Little of every sync: cheap also where there are thousands.</summary>
    public async Task<IReadOnlyList<SyncHead>> HeadsAsync(CancellationToken ct)
    {
        var (heads, drifted, held) = (await _heads.HeadsAsync(ct), await drifts.CountsAsync(ct), await holds.AllAsync(ct));
        var paused = await pauses.AllAsync(ct);
        return [.. definitions.Catalog.Entries.Where(e => e.Key is not null).Select(entry =>
        {
            var (key, many) = (entry.Key!.Value, drifted.GetValueOrDefault(entry.Key!.Value));
            var (last, open) = heads.TryGetValue(key, out var known) ? known : new RunHeads(null, null);
            return new SyncHead(key, entry, Standings.Of(entry, last, open?.WaitingFor, held.ContainsKey(key), many > 0), last, open, many, paused.ContainsKey(key) || paused.ContainsKey(default));
        })];
    }

    public async Task<SyncView?> GetAsync(SyncKey key, CancellationToken ct) =>
        definitions.Catalog.Find(key) is { } entry
            ? await ViewAsync(key, entry, await runs.LatestAsync(key, ct), await holds.GetAsync(key, ct), await drifts.OfAsync(key, ct), ct) with
            {
                Pause = await pauses.OfAsync(key, ct), Quarantine = await quarantines.GetAsync(key, ct),
                Proposals = [.. (await proposals.OfAsync(key, ct)).Where(p => p.Number > 0).Select(p => new ProposalView(p.Task, p.Repository, p.Number, p.Branch, github.PageOf(p.Repository, p.Number)))],
            }
            : null;

    /// <summary>Asks for a run of its own; it does not wait for more pushes.</summary>
    /// <param name="onConflict">What wins in this run where both sides changed; null leaves it to the definition.</param>
    public async Task<RunRequested> RequestRunAsync(SyncKey key, bool dryRun, string? revision, RunTrigger trigger, CancellationToken ct, bool force = false, OnConflict? onConflict = null)
    {
        if (definitions.Catalog.Find(key) is not { } entry) return new(RunRequestOutcome.Unknown, null, []);
        if (entry.Definition is null) return new(RunRequestOutcome.Broken, null, entry.Faults);
        if (entry.Definition.Disabled && !dryRun) return new(RunRequestOutcome.Disabled, null, []);
        if (revision is not null && !RevisionName.IsValid(revision)) return new(RunRequestOutcome.BadRevision, null, []);
        var request = new RunRequest(key, trigger, dryRun, revision, TimeSpan.Zero, new Dictionary<string, string>()) { Forced = force, OnConflict = onConflict };
        var run = await runs.EnqueueAsync(request, merge: false, ct);
        await scheduler.WakeAsync(key, TimeSpan.Zero, ct);
        return new(RunRequestOutcome.Accepted, run, []);
    }

    /// <summary>Cancels what waits, asks what runs to stop. Null when there is no such run.</summary>
    public async Task<RunRow?> CancelAsync(string runId, string? by, CancellationToken ct)
    {
        var run = await runs.CancelAsync(runId, ct, by);
        if (run is not null) await scheduler.WakeAsync(run.Sync, TimeSpan.Zero, ct);
        return run;
    }

    public void Dispose() => _heads.Dispose();

    private async Task<SyncView> ViewAsync(SyncKey key, CatalogEntry entry, (RunRow? Last, RunRow? Current) runsOf, Hold? hold, DriftKnown drift, CancellationToken ct) =>
        new(key, entry, Standings.Of(entry, LastHead.Of(runsOf.Last), runsOf.Current?.WaitingFor, hold is not null, drift.Standing.Any()), runsOf.Last, runsOf.Current,
            entry.Definition is { Disabled: false } ? await scheduler.NextFireAsync(key, ct) : null, digests.Of(key)) { Hold = hold, Drift = DriftView.Of(drift) };
}
