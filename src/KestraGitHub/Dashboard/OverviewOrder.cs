using KestraGitHub.Runs;
using KestraGitHub.Storage;

namespace KestraGitHub.Dashboard;

/// <summary>Which syncs a search finds, and in which order they stand.</summary>
internal static class OverviewOrder
{
    /// <summary>Each word must be somewhere in the name, the file or the description.</summary>
    public static bool Matches(SyncHead sync, string? search) =>
        string.IsNullOrWhiteSpace(search) || search.Split(' ', StringSplitOptions.RemoveEmptyEntries).All(word =>
            Has(sync.Key.ToString(), word) || Has(sync.Entry.File, word) || Has(sync.Entry.Definition?.Description, word));

    public static IEnumerable<SyncHead> Of(IEnumerable<SyncHead> syncs, SortBy sort) => sort switch
    {
        SortBy.Name => ByName(syncs),
        SortBy.Last => ByName(syncs).OrderByDescending(s => s.Last?.FinishedAt ?? DateTimeOffset.MinValue),
        SortBy.Objects => ByName(syncs).OrderByDescending(s => s.Last?.Objects ?? 0),
        _ => ByName(syncs).OrderBy(Urgency),
    };

    // What needs somebody comes first.
    private static int Urgency(SyncHead sync) => sync switch
    {
        { Entry.Broken: true } => 0,
        { Last.State: Storage.RunState.Failed, Standing: not SyncStanding.Disabled } => 1,
        { Open.WaitingFor: Waits.Approval } => 2,
        { Standing: SyncStanding.OutOfDate or SyncStanding.Drifted } => 3,
        { Open: not null } => 4,
        { Standing: SyncStanding.Disabled } => 6,
        _ => 5,
    };

    private static IOrderedEnumerable<SyncHead> ByName(IEnumerable<SyncHead> syncs) => syncs
        .OrderBy(s => s.Key.Tenant, StringComparer.Ordinal).ThenBy(s => s.Key.Namespace, StringComparer.Ordinal).ThenBy(s => s.Key.Flow, StringComparer.Ordinal);

    private static bool Has(string? text, string word) => text?.Contains(word, StringComparison.OrdinalIgnoreCase) == true;
}
