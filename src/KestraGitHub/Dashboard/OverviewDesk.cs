using KestraGitHub.Access;
using KestraGitHub.Definitions;
using KestraGitHub.Kestra;
using KestraGitHub.Runs;
using KestraGitHub.Storage;

namespace KestraGitHub.Dashboard;

/// <summary>Gathers what the first page answers. Of all syncs it asks little; of those that one page shows, everything.</summary>
internal sealed class OverviewDesk(SyncDesk desk, RunStore runs, DefinitionFolder definitions, Timeline timeline, PauseDesk pauses, KestraServers servers)
{
    public const int PageSize = 25;
    private const int Now = 3;

    public async Task<OverviewView> ViewAsync(AccessScope scope, OverviewWish wish, CancellationToken ct)
    {
        var all = (await desk.HeadsAsync(ct)).Where(s => scope.Allows(s.Key)).ToList();
        var found = OverviewOrder.Of(all.Where(s => Belongs(s, wish.Listing) && OverviewOrder.Matches(s, wish.Search)), wish.Sort).ToList();
        var page = Math.Clamp(wish.Page, 1, Math.Max(1, (found.Count + PageSize - 1) / PageSize));
        var shown = found.Skip((page - 1) * PageSize).Take(PageSize).Select(s => s.Key).ToList();
        var broken = definitions.Catalog.Entries.Where(e => e.Broken && (e.Key is { } key ? scope.Allows(key) : !scope.Limited)).ToList();
        var going = await runs.LatestAsync(all.Where(s => s.Open?.State == RunState.Running).Take(Now).Select(s => s.Key), ct);
        return new(
            wish with { Page = page }, [.. (await desk.ViewsAsync(shown, ct)).Select(SyncRowView.From)], found.Count,
            Enum.GetValues<Listing>().ToDictionary(l => l, l => all.Count(s => Belongs(s, l))), await FailingAsync([.. all.Where(s => Belongs(s, Listing.Failing))], ct),
            all.Count(s => s.Open?.State == RunState.Running), [.. going.Values.Select(r => r.Current).OfType<RunRow>()],
            (await runs.LastChangesAsync(ct)).FirstOrDefault(r => r.Counts.Changed > 0 && scope.Allows(r.Sync)), broken,
            await timeline.ViewAsync(scope, wish.Span, ct), all.Max(s => s.Last?.FinishedAt), all.Select(s => s.Key.Tenant).Distinct().Skip(1).Any(), definitions.Root,
            (await pauses.AllAsync(ct)).GetValueOrDefault(default),
            scope.Limited ? [] : [.. servers.Status.Where(s => s.Reachable == false).Select(s => s.Name)], scope.ToString());
    }

    private static bool Belongs(SyncHead sync, Listing listing) => listing switch
    {
        Listing.InSync => sync.Standing == SyncStanding.InSync,
        Listing.OutOfDate => sync.Standing == SyncStanding.OutOfDate,
        Listing.Drifted => sync.Standing == SyncStanding.Drifted,
        Listing.Failing => sync.Last?.State == RunState.Failed && sync.Standing != SyncStanding.Disabled,
        Listing.Approval => sync.Open?.WaitingFor == Waits.Approval,
        Listing.Waiting => sync.Open?.WaitingFor is { } reason && reason != Waits.Approval,
        Listing.Running => sync.Open is { WaitingFor: null },
        Listing.Suspended => sync.Suspended && sync.Entry.Definition is { Disabled: false },
        Listing.Broken => sync.Entry.Broken,
        _ => true,
    };

    private async Task<FailingView> FailingAsync(List<SyncHead> failing, CancellationToken ct)
    {
        if (failing.Count == 0) return new(0, null);
        var began = await runs.FirstFailuresAsync(failing.Select(s => s.Key), ct);
        return new(failing.Count, began.Values.MinBy(r => r.FinishedAt));
    }
}
