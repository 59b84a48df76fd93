using KestraGitHub.Definitions;
using KestraGitHub.Reconciliation;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

public enum RollbackOutcome
{
    Accepted,

    /// <summary>No such definition.</summary>
    Unknown,

    /// <summary>It cannot be done; <see cref="RollbackAsked.Why"/> says why.</summary>
    Refused,

    /// <summary>The wish itself is wrong.</summary>
    Bad,
}

public sealed record RollbackAsked(RollbackOutcome Outcome, RunRow? Run, string Why);

/// <summary>Rolls syncs back, and releases what is held since.</summary>
internal sealed class RollbackDesk(DefinitionFolder definitions, RunStore runs, HoldStore holds, IJobScheduler scheduler)
{
    /// <param name="toRun">A run of the sync that succeeded, or null.</param>
    /// <param name="revision">A commit, branch or tag; one of the two is given.</param>
    public async Task<RollbackAsked> RollBackAsync(SyncKey key, string? toRun, string? revision, string? reason, RunTrigger trigger, CancellationToken ct)
    {
        if (definitions.Catalog.Find(key) is not { } entry) return new(RollbackOutcome.Unknown, null, "");
        if (toRun is null == revision is null) return new(RollbackOutcome.Bad, null, "Name one of them: run, or revision.");
        if (entry.Definition is not { Disabled: false } definition)
            return new(RollbackOutcome.Refused, null, entry.Definition is null ? $"The definition of {key} does not load. Mend it first." : $"The sync {key} is disabled. Remove `disabled: true` from its file first.");
        if (definition.WritesToGit) return new(RollbackOutcome.Refused, null, $"The sync {key} writes to Git: take its commit back there (`git revert`), and sync it the other way.");
        var goal = toRun is null ? null : await runs.GetAsync(toRun, ct);
        if (toRun is not null && (goal is null || goal.Sync != key)) return new(RollbackOutcome.Bad, null, $"There is no run {toRun} of this sync.");
        if (goal is { DryRun: true } or { State: not RunState.Succeeded } or { Revision: null })
            return new(RollbackOutcome.Refused, null, $"Run {goal.Id} applied no commit that could be wanted again: choose one that succeeded.");
        var commit = goal?.Revision ?? revision!;
        if (!RevisionName.IsValid(commit)) return new(RollbackOutcome.Bad, null, "revision must be a commit id, or the name of a branch or tag.");
        var (last, _) = await runs.LatestAsync(key, ct);
        var request = new RunRequest(key, trigger, false, commit, TimeSpan.Zero, new Dictionary<string, string>());
        var why = string.IsNullOrWhiteSpace(reason) ? goal is null ? $"rolled back to {LogWords.Short(commit)}" : $"rolled back to run {goal.Id}" : reason.Trim();
        var run = await holds.RollBackAsync(request, goal?.Id, last?.Revision, trigger.By, why, ct);
        await scheduler.WakeAsync(key, TimeSpan.Zero, ct);
        return new(RollbackOutcome.Accepted, run, "");
    }

    /// <summary>False when nothing is held.</summary>
    public Task<bool> ReleaseAsync(SyncKey key, CancellationToken ct) => holds.ReleaseAsync(key, ct);
}
