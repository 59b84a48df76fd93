namespace KestraGitHub.Storage;

/// <summary>As much of the newest ended run of a sync as its state hangs on; a dry run is none.</summary>
/// <param name="Clean">It succeeded and left nothing out.</param>
/// <param name="TakesBack">It undid or restored: Kestra does not hold what Git wants.</param>
/// <param name="Objects">How many it found or left in the target.</param>
public sealed record LastHead(string Id, RunState State, bool Clean, bool TakesBack, DateTimeOffset FinishedAt, int Objects)
{
    public static LastHead? Of(RunRow? run) => run is { FinishedAt: { } at } ? Of(run.Id, run.State, run.Counts, run.UndoOf is not null, at) : null;

    internal static LastHead Of(string id, RunState state, RunCounts counts, bool takesBack, DateTimeOffset at) => new(
        id, state, state == RunState.Succeeded && counts is { Invalid: 0, Failed: 0, Conflict: 0 }, takesBack, at, counts.Added + counts.Updated + counts.Unchanged);
}

/// <summary>The newest run of a sync that has not ended.</summary>
public sealed record OpenHead(string Id, RunState State, string? WaitingFor);

/// <summary>Where the runs of one sync stand.</summary>
public sealed record RunHeads(LastHead? Last, OpenHead? Open);
