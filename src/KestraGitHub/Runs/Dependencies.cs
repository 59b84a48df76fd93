using KestraGitHub.Definitions;
using KestraGitHub.Git;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>Syncs that must come first: a run waits until they have reached the same commit of what both read, or a newer one.</summary>
internal sealed class Dependencies(DefinitionFolder definitions, GitMirrors git, RunStore runs, IJobScheduler scheduler)
{
    /// <summary>The end of a run wakes those who wait for it; this is for ends that nobody saw.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(30);

    /// <exception cref="RunMustWaitException">One of them has not got there yet.</exception>
    public async Task CheckAsync(RunAttempt attempt, IReadOnlyList<TaskRun> tasks)
    {
        if (attempt.Run.DryRun) return;
        foreach (var first in attempt.Safety.DependsOn)
            if (await LackingAsync(first, tasks, attempt.Token) is { } lacking)
                throw new RunMustWaitException(Waits.Dependency, LookAgain, $"It depends on {first}, {lacking}.");
    }

    /// <summary>Lets the runs that wait for <paramref name="reached"/> look again.</summary>
    public async Task WakeAsync(SyncKey reached, CancellationToken ct)
    {
        foreach (var entry in definitions.Catalog.Entries)
        {
            if (entry.Definition is not { } definition || !definition.Options.Safety.DependsOn.Contains(reached)) continue;
            foreach (var sync in await runs.UnparkAsync(Waits.Dependency, null, definition.Key, ct)) await scheduler.WakeAsync(sync, TimeSpan.Zero, ct);
        }
    }

    /// <summary>Why it is not there yet, as the end of a sentence; null where it is.</summary>
    private async Task<string?> LackingAsync(SyncKey first, IReadOnlyList<TaskRun> tasks, CancellationToken ct)
    {
        var (last, current) = await runs.LatestAsync(first, ct);
        if (last is null) return "which has not run yet";
        if (last.State != RunState.Succeeded) return $"whose last run {last.Id} {(last.State == RunState.Failed ? "failed" : "was cancelled")}";
        var sources = await runs.SourcesAsync(last.Id, ct);
        var shared = 0;
        foreach (var task in tasks.Where(t => !t.Pushes))
        foreach (var source in sources.Where(s => s.Url == task.Task.Git.Url && s.Ref == task.Place().Ref && s.Commit is not null))
        {
            shared++;
            if (!await git.HasReachedAsync(task.Task.Git, task.Head, source.Commit!, ct))
                return $"which has reached commit {LogWords.Short(source.Commit!)} of {source.Url} and not yet {LogWords.Short(task.Head.Commit)}";
        }

        // With no branch in common there is nothing to compare: then what it was asked for must be done.
        return shared == 0 && current is not null ? $"whose run {current.Id} has not ended" : null;
    }
}
