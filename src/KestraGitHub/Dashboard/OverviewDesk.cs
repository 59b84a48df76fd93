using KestraGitHub.Access;
using KestraGitHub.Definitions;
using KestraGitHub.Runs;
using KestraGitHub.Storage;

namespace KestraGitHub.Dashboard;

/// <summary>Gathers what the first page answers.</summary>
internal sealed class OverviewDesk(SyncDesk desk, RunStore runs, DefinitionFolder definitions)
{
    // Beyond these, the answer to "since when" is "since longer than that".
    private const int LookBack = 50;
    private const int MostFailing = 20;

    public async Task<OverviewView> ViewAsync(AccessScope scope, Listing listing, CancellationToken ct)
    {
        var all = (await desk.ListAsync(null, ct)).Where(s => scope.Allows(s.Key))
            .OrderBy(s => s.Key.Tenant, StringComparer.Ordinal)
            .ThenBy(s => s.Key.Namespace, StringComparer.Ordinal)
            .ThenBy(s => s.Key.Flow, StringComparer.Ordinal)
            .ToList();
        var broken = definitions.Catalog.Entries.Where(e => e.Broken && (e.Key is { } key ? scope.Allows(key) : !scope.Limited)).ToList();
        return new(
            listing, [.. all.Where(s => Belongs(s, listing)).OrderBy(Urgency).Select(SyncRowView.From)],
            Enum.GetValues<Listing>().ToDictionary(l => l, l => all.Count(s => Belongs(s, l))),
            await FailingAsync([.. all.Where(s => Belongs(s, Listing.Failing))], ct), broken,
            all.Max(s => s.Last?.FinishedAt), all.Select(s => s.Key.Tenant).Distinct().Skip(1).Any(), definitions.Root, scope.ToString());
    }

    private static bool Belongs(SyncView sync, Listing listing) => listing switch
    {
        Listing.InSync => sync.Standing == SyncStanding.InSync,
        Listing.OutOfDate => sync.Standing == SyncStanding.OutOfDate,
        Listing.Drifted => sync.Standing == SyncStanding.Drifted,
        Listing.Failing => sync.Last?.State == RunState.Failed && sync.Standing != SyncStanding.Disabled,
        Listing.Running => sync.Current is not null,
        Listing.Broken => sync.Entry.Broken,
        _ => true,
    };

    // What needs somebody comes first; within that, names.
    private static int Urgency(SyncView sync) => sync switch
    {
        { Entry.Broken: true } => 0,
        { Standing: SyncStanding.OutOfDate or SyncStanding.Drifted } => 1,
        { Current: not null } => 2,
        { Standing: SyncStanding.Disabled } => 4,
        _ => 3,
    };

    private async Task<FailingView> FailingAsync(List<SyncView> failing, CancellationToken ct)
    {
        RunRow? oldest = null;
        foreach (var sync in failing.Take(MostFailing))
        {
            var began = await FirstFailureAsync(sync, ct);
            if (oldest is null || began.FinishedAt < oldest.FinishedAt) oldest = began;
        }

        return new(failing.Count, oldest?.FinishedAt, oldest?.Revision ?? oldest?.Trigger.Commit);
    }

    private async Task<RunRow> FirstFailureAsync(SyncView sync, CancellationToken ct)
    {
        var began = sync.Last!;
        var history = await runs.QueryAsync(new(sync.Key.Tenant, sync.Key.Namespace, sync.Key.Flow, null, LookBack, null), ct);
        foreach (var run in history.Items.Where(r => r is { DryRun: false, Ended: true }))
        {
            if (run.State == RunState.Succeeded) break;
            if (run.State == RunState.Failed) began = run;
        }

        return began;
    }
}
