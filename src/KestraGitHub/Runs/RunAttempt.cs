using KestraGitHub.Definitions;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>One attempt at a run: what is done, by which definition, under which lease, and where it is told.</summary>
internal sealed record RunAttempt(RunRow Run, Definition Definition, LeaseKeeper Keeper, RunLog Log, RunReport Report)
{
    public SyncKey Sync => Run.Sync;

    public SafetyRules Safety => Definition.Options.Safety;

    /// <summary>Ends when the lease is lost, the run is cancelled, or the service stops.</summary>
    public CancellationToken Token => Keeper.Token;
}
