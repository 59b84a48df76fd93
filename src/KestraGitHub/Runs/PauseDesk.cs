using KestraGitHub.Definitions;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>Suspends syncs, and lets them go on. The API, the pages and the command line all ask here.</summary>
internal sealed class PauseDesk(PauseStore pauses, RunStore runs, IJobScheduler scheduler)
{
    /// <summary>What is asked for still waits for its worker, and ends as it began: a pause keeps runs from beginning, it ends none.</summary>
    /// <param name="sync">Null: every sync.</param>
    public Task SuspendAsync(SyncKey? sync, string? reason, string? by, DateTimeOffset? until, CancellationToken ct) =>
        pauses.SetAsync(sync, reason?.Trim() ?? "", by, until, ct);

    /// <returns>False when it was not suspended.</returns>
    public async Task<bool> ResumeAsync(SyncKey? sync, CancellationToken ct)
    {
        var was = await pauses.ClearAsync(sync, ct);
        // Those that another pause still holds back wait again when they are looked at.
        foreach (var waiting in await runs.UnparkAsync(Waits.Pause, null, sync, ct)) await scheduler.WakeAsync(waiting, TimeSpan.Zero, ct);
        return was;
    }

    public Task<Pause?> OfAsync(SyncKey sync, CancellationToken ct) => pauses.OfAsync(sync, ct);

    public Task<IReadOnlyDictionary<SyncKey, Pause>> AllAsync(CancellationToken ct) => pauses.AllAsync(ct);
}
