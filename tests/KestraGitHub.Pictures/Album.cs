using KestraGitHub.Dashboard;
using KestraGitHub.Definitions;
using KestraGitHub.Storage;

namespace KestraGitHub.Pictures;

/// <summary>One address of every kind of page.</summary>
internal static class Album
{
    public static async Task<IReadOnlyList<(string Name, string Path)>> PagesAsync(House house) =>
    [
        ("overview", Links.Overview),
        ("sync", Links.Sync(Files.Flows)),
        ("sync-drifted", Links.Sync(Files.Drifted)),
        ("sync-failing", Links.Sync(Files.Failing)),
        ("sync-suspended", Links.Sync(Files.Suspended)),
        ("sync-rolled-back", Links.Sync(Files.RolledBack)),
        ("sync-broken", Links.Sync(Files.Broken)),
        ("runs", Links.Runs),
        ("run", Links.Run(await NewestAsync(house, Files.Flows, RunState.Succeeded, dryRun: false))),
        ("change", Links.Change(await NewestAsync(house, Files.Flows, RunState.Succeeded, dryRun: false), 1)),
        ("change-conflict", Links.Change(await NewestAsync(house, Files.Conflicting, null), 0)),
        ("change-planned", Links.Change(await NewestAsync(house, Files.Marketing, RunState.Waiting), 0)),
        ("run-waiting", Links.Run(await NewestAsync(house, Files.Marketing, RunState.Waiting))),
        ("run-conflict", Links.Run(await NewestAsync(house, Files.Conflicting, null))),
        ("run-failed", Links.Run(await NewestAsync(house, Files.Failing, RunState.Failed))),
        ("run-running", Links.Run(await NewestAsync(house, Files.Pushing, RunState.Running))),
        ("deliveries", Links.Deliveries),
        ("delivery", Links.Delivery((await house.Service<DeliveryStore>().QueryAsync(Files.Flows, 50, null, default)).Items.First(d => d.RunId is not null).DeliveryId)),
        ("delivery-hostile", Links.Delivery((await house.Service<DeliveryStore>().QueryAsync(Files.Marketing, 1, null, default)).Items[0].DeliveryId)),
        ("drift", Links.Drift),
        ("repositories", Links.Repositories),
        ("definitions", Links.Definitions),
        ("github", Links.GitHub),
        ("runs-failed", Links.Runs + "?state=failed"),
        ("servers", Links.Servers),
        ("jobs", Links.Jobs),
        ("audit", Links.Audit),
        ("about", Links.About),
        ("setup", Links.Setup),
        ("missing", "/runs/none"),
        ("sign-out", Links.SignOut),
    ];

    private static async Task<string> NewestAsync(House house, SyncKey sync, RunState? state, bool? dryRun = null) =>
        (await house.Service<RunStore>().QueryAsync(new(sync.Tenant, sync.Namespace, sync.Flow, state, 10, null), default)).Items.First(r => dryRun is null || r.DryRun == dryRun).Id;
}
