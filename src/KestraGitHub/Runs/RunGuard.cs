using System.Text.Json;
using KestraGitHub.Git;
using KestraGitHub.Reconciliation;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>Keeps a run from what failed for good before, and from what a sync was rolled back from.</summary>
internal sealed class RunGuard(PlanStore plans, QuarantineStore quarantines, HoldStore holds, RunStore runs, GitMirrors git, TimeProvider time)
{
    /// <summary>In the error of a run that did nothing because of a rollback; commands tell by it why.</summary>
    public const string Held = "is held since the rollback";

    /// <summary>The attempt with all that earlier runs, and people, have said of it.</summary>
    public async Task<RunAttempt> PrepareAsync(RunAttempt attempt)
    {
        var (run, ct) = (attempt.Run, attempt.Token);
        var known = attempt with { Plan = await plans.GetAsync(run.Id, ct), Hold = await holds.GetAsync(run.Sync, ct), Quarantine = await quarantines.GetAsync(run.Sync, ct) };
        if (known.Approved is { } approved) return known with { Pinned = approved.Heads };
        if (known.Hold is not { ToRun: { } goal } hold || hold.RunId != run.Id) return known;
        return known with { Pinned = (await runs.SourcesAsync(goal, ct)).Where(s => s.Commit is not null).ToDictionary(s => s.Task, s => s.Commit!) };
    }

    /// <summary>True when the run has nothing to do, because its commits are held.</summary>
    /// <exception cref="PermanentFailureException">The same failed before, or is held and somebody asked for it.</exception>
    public async Task<bool> StopsAsync(RunAttempt attempt, IReadOnlyList<TaskRun> tasks)
    {
        if (attempt.Run.DryRun) return false;
        if (attempt.Hold is { } hold && await IsHeldAsync(attempt, hold, tasks))
        {
            var held = $"Commit {LogWords.Short(hold.Commit ?? tasks[0].Head.Commit)} {Held} by {hold.By ?? "somebody"} at {hold.Since:u} ({hold.Reason})";
            if (attempt.Run.Trigger.Kind is "api" or "dashboard" or "cli" or "rerun")
                throw new PermanentFailureException($"{held}; nothing was written. Push a newer commit, release the hold (`kestra-github release`, the page of the sync), or force the run.");
            attempt.Log.Step("planned", $"{held}: nothing is done until a newer commit comes, or somebody releases it.");
            return true;
        }

        // The button of a red check is pressed because what failed may go now; a rollback's hold is more than that.
        if (attempt.Run.Forced || attempt.Run.OnConflict is not null || attempt.Run.Trigger.Kind == "rerun" || attempt.Quarantine is not { } failed || failed.RunId == attempt.Run.Id || failed.Inputs != InputsOf(tasks)) return false;
        attempt.Report.Clear();
        throw new PermanentFailureException(
            $"Commit {LogWords.Short(failed.Commit)} failed at {failed.At:u} (run {failed.RunId}), and neither it nor the definition changed since, so it is not tried again. Then: {failed.Reason} Mend it in Git, or force the run (`force: true`, `run --force`, the page of the sync).");
    }

    /// <summary>Remembers what failed for good because an object is invalid. What comes from Kestra may change without a commit, and is asked for anew.</summary>
    public async Task KeepAsync(RunAttempt attempt, IReadOnlyList<TaskRun> tasks, string reason)
    {
        if (attempt.Run.DryRun || tasks.Any(t => t.Pushes)) return;
        var entry = new Quarantine(InputsOf(tasks), tasks[0].Head.Commit, reason, FailureKind.Permanent.ToString().ToLowerInvariant(), attempt.Run.Id, time.GetUtcNow());
        await quarantines.PutAsync(attempt.Sync, entry, CancellationToken.None);
    }

    /// <summary>The run got through.</summary>
    public async Task SucceededAsync(RunAttempt attempt)
    {
        if (attempt.Run.DryRun) return;
        if (attempt.Quarantine is not null) await quarantines.ClearAsync(attempt.Sync, attempt.Token);
        if (attempt is { Hold: not null, Run: { Forced: true, RequestedRevision: null } } && await holds.ReleaseAsync(attempt.Sync, attempt.Token))
            attempt.Log.Info("The hold of the rollback is over: the run was forced.");
    }

    private async Task<bool> IsHeldAsync(RunAttempt attempt, Hold hold, IReadOnlyList<TaskRun> tasks)
    {
        var run = attempt.Run;
        if (hold.RunId == run.Id)
        {
            await HoldHeadsAsync(attempt, hold, tasks);
            return false;
        }

        if (run.Forced) return false;
        // The run that rolls back has not asked Git yet.
        if (hold.Heads.Count == 0) return true;
        if (run.RequestedRevision is not null) return tasks.All(t => hold.Heads.Values.Contains(t.Head.Commit));
        if (!tasks.Any(t => hold.Heads.TryGetValue(BranchOf(t), out var commit) && commit != t.Head.Commit)) return tasks.All(t => hold.Heads.ContainsKey(BranchOf(t)));
        await ReleaseAsync(attempt, "a newer commit is there");
        return false;
    }

    private async Task ReleaseAsync(RunAttempt attempt, string why)
    {
        await holds.ReleaseAsync(attempt.Sync, attempt.Token);
        attempt.Log.Info($"The hold of the rollback is over: {why}.");
    }

    /// <summary>What the branches are at now is what is rolled back from.</summary>
    private async Task HoldHeadsAsync(RunAttempt attempt, Hold hold, IReadOnlyList<TaskRun> tasks)
    {
        var heads = new Dictionary<string, string>(hold.Heads);
        foreach (var task in tasks.DistinctBy(BranchOf)) heads.TryAdd(BranchOf(task), (await git.ResolveAsync(task.Task.Git, null, attempt.Token)).Commit);
        if (tasks.All(t => heads[BranchOf(t)] == t.Head.Commit))
        {
            await ReleaseAsync(attempt, "the branch is at the commit that is wanted");
            return;
        }

        var commit = heads[BranchOf(tasks[0])];
        await holds.SetHeadsAsync(attempt.Sync, attempt.Run.Id, commit, heads, attempt.Token);
        attempt.Log.Info($"Rolls back to {LogWords.Short(tasks[0].Head.Commit)}. Commit {LogWords.Short(commit)} is held until a newer one comes, or somebody releases it.");
    }

    private static string BranchOf(TaskRun task) => Hold.BranchOf(task.Task.Git.Url, task.Task.Git.Branch);

    private static string InputsOf(IReadOnlyList<TaskRun> tasks) => TextDigest.Of(JsonSerializer.Serialize(
        tasks.Select(t => new[] { t.Task.Name, t.Task.Fingerprint, t.Head.Commit }).OrderBy(t => t[0], StringComparer.Ordinal)));
}
