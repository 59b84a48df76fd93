using KestraGitHub.Definitions;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>One of all syncs, as far as lists of them need it.</summary>
/// <param name="Drifted">How many objects its targets hold otherwise than they were applied.</param>
/// <param name="Suspended">By itself or with every other one.</param>
public sealed record SyncHead(SyncKey Key, CatalogEntry Entry, SyncStanding Standing, LastHead? Last, OpenHead? Open, long Drifted, bool Suspended);

/// <summary>How it is told whether a sync's sides are equal.</summary>
internal static class Standings
{
    /// <param name="waitingFor">What the newest run that has not ended waits for.</param>
    /// <param name="held">Whether a commit is held back since a rollback.</param>
    public static SyncStanding Of(CatalogEntry entry, LastHead? last, string? waitingFor, bool held, bool drifted) => (entry.Definition, last) switch
    {
        (null, _) => SyncStanding.Broken,
        ({ Disabled: true }, _) => SyncStanding.Disabled,
        _ when last is not null && drifted => SyncStanding.Drifted,
        // A plan that waits has changes in it, or there would be nothing to approve.
        _ when waitingFor == Waits.Approval => SyncStanding.OutOfDate,
        (_, null) => SyncStanding.Unknown,
        // What was taken back, or gone back to, is not what Git wants.
        (_, { TakesBack: true }) => SyncStanding.OutOfDate,
        _ when held => SyncStanding.OutOfDate,
        (_, { Clean: true }) => SyncStanding.InSync,
        _ => SyncStanding.OutOfDate,
    };
}
