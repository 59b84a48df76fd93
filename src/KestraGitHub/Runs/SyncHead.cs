using KestraGitHub.Definitions;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>One of all syncs, as far as lists of them need it.</summary>
/// <param name="Drifted">How many objects its targets hold otherwise than they were applied.</param>
public sealed record SyncHead(SyncKey Key, CatalogEntry Entry, SyncStanding Standing, LastHead? Last, OpenHead? Open, long Drifted);

/// <summary>How it is told whether a sync's sides are equal.</summary>
internal static class Standings
{
    public static SyncStanding Of(CatalogEntry entry, LastHead? last, bool drifted) => (entry.Definition, last) switch
    {
        (null, _) => SyncStanding.Broken,
        ({ Disabled: true }, _) => SyncStanding.Disabled,
        (_, null) => SyncStanding.Unknown,
        _ when drifted => SyncStanding.Drifted,
        // What was taken back is not what Git wants.
        (_, { TakesBack: true }) => SyncStanding.OutOfDate,
        (_, { Clean: true }) => SyncStanding.InSync,
        _ => SyncStanding.OutOfDate,
    };
}
