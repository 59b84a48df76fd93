using KestraGitHub.Dashboard;
using KestraGitHub.Storage;
using KestraGitHub.Tests.Dashboard;

namespace KestraGitHub.BrowserTests;

/// <summary>One address of every kind of page.</summary>
internal static class Addresses
{
    public static async Task<IReadOnlyList<(string Name, string Path)>> AllAsync(DashboardHost host)
    {
        return
        [
            ("overview", "/"),
            ("sync", Links.Sync(DashboardSeed.InSync)),
            ("sync-broken", Links.Sync(DashboardSeed.Broken)),
            ("sync-odd", Links.Sync(DashboardSeed.Odd)),
            ("runs", "/runs"),
            ("runs-none", "/runs?state=cancelled"),
            ("run", Links.Run(await LatestAsync(host, DashboardSeed.InSync, RunState.Succeeded))),
            ("run-failed", Links.Run(await LatestAsync(host, DashboardSeed.Failing, RunState.Failed))),
            ("run-odd", Links.Run(await LatestAsync(host, DashboardSeed.Odd, RunState.Failed))),
            ("run-running", Links.Run(host.RunningId)),
            ("deliveries", "/deliveries"),
            ("github", "/github"),
            ("delivery", Links.Delivery("2cc3fe90-cc77-11e3-9bd2-2b1f3a4c5d6e")),
            ("drift", "/drift"),
            ("repositories", "/repositories"),
            ("definitions", "/definitions"),
            ("servers", "/servers"),
            ("jobs", "/jobs"),
            ("audit", "/audit"),
            ("about", "/about"),
            ("change", Links.Change(await LatestAsync(host, DashboardSeed.InSync, RunState.Succeeded), 0)),
            ("setup", "/setup"),
            ("sign-out", "/sign-out"),
            ("missing", "/runs/none"),
        ];
    }

    public static async Task<string> LatestAsync(DashboardHost host, Definitions.SyncKey sync, RunState state) =>
        (await host.Runs.QueryAsync(new(sync.Tenant, sync.Namespace, sync.Flow, state, 1, null), default)).Items[0].Id;
}
