using KestraGitHub.Definitions;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>One attempt at a run: what is done, by which definition, under which lease, and where it is told.</summary>
/// <param name="Definition">As it counts for this run: what was asked for with it wins over what the file says.</param>
internal sealed record RunAttempt(RunRow Run, Definition Definition, LeaseKeeper Keeper, RunLog Log, RunReport Report)
{
    public SyncKey Sync => Run.Sync;

    public SafetyRules Safety => Definition.Options.Safety;

    /// <summary>Ends when the lease is lost, the run is cancelled, its time is up, or the service stops.</summary>
    public CancellationToken Token { get; init; } = Keeper.Token;

    /// <summary>The plan that the run waited, or waits, with.</summary>
    public StoredPlan? Plan { get; init; }

    /// <summary>The same where it was approved, and no newer push came to the run since: nothing else may be applied.</summary>
    public StoredPlan? Approved => Plan is { ApprovedAt: not null, Joined: false } plan ? plan : null;

    public Hold? Hold { get; init; }

    public Quarantine? Quarantine { get; init; }

    /// <summary>Commits to read instead of the branches, by the task's name.</summary>
    public IReadOnlyDictionary<string, string> Pinned { get; init; } = new Dictionary<string, string>();
}
