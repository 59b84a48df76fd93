using KestraGitHub.Dashboard;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Tests.Dashboard;

public sealed partial class PageTests
{
    [Fact]
    public async Task Drift_is_shown_beside_the_last_result_and_not_in_its_place()
    {
        using var client = await SignedInAsync();
        Assert.DoesNotContain("Edited in Kestra", await client.GetStringAsync("/"), StringComparison.Ordinal);
        await DriftAsync();
        var overview = await client.GetStringAsync("/?show=drifted");
        Assert.Contains("Edited in Kestra", overview, StringComparison.Ordinal);
        Assert.Contains("1 file, 1 flow, since ", overview, StringComparison.Ordinal);
        var page = await client.GetStringAsync(Links.Sync(DashboardSeed.InSync));
        Assert.Contains("Edited in Kestra", page, StringComparison.Ordinal);
        Assert.Contains("2 objects not as applied", page, StringComparison.Ordinal);
        Assert.Contains("Changed 4", page, StringComparison.Ordinal);
        Assert.Contains("id=\"check-drift\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_viewer_sees_drift_and_no_button_to_look()
    {
        await DriftAsync();
        using var viewer = await SignedInAsync(DashboardHost.Viewer);
        var page = await viewer.GetStringAsync(Links.Sync(DashboardSeed.InSync));
        Assert.Contains("2 objects not as applied", page, StringComparison.Ordinal);
        Assert.DoesNotContain("id=\"check-drift\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_look_that_failed_says_nothing_of_now()
    {
        var none = new Dictionary<ResourceKey, (DateTimeOffset, string)>();
        await _host.Drifts.SaveAsync(DashboardSeed.InSync, "git", null, null, none, null, "no answer", default);
        using var client = await SignedInAsync();
        Assert.Contains("nobody knows yet", await client.GetStringAsync(Links.Sync(DashboardSeed.InSync)), StringComparison.Ordinal);
        Assert.Contains("never looked at", await client.GetStringAsync("/drift"), StringComparison.Ordinal);
        await _host.Drifts.SaveAsync(DashboardSeed.InSync, "git", null, [], none, null, null, default);
        await _host.Drifts.SaveAsync(DashboardSeed.InSync, "git", null, null, none, null, "no answer", default);
        var page = await client.GetStringAsync(Links.Sync(DashboardSeed.InSync));
        Assert.Contains("Kestra held what was applied, looked at", page, StringComparison.Ordinal);
        Assert.Contains("It cannot be looked at now: no answer", page, StringComparison.Ordinal);
    }

    private Task<bool> DriftAsync() => _host.Drifts.SaveAsync(
        DashboardSeed.InSync, "sync", null,
        [new(new(ResourceKind.Flow, "company.team", "<img src=x>"), DriftKind.Edited, "7"), new(new(ResourceKind.NamespaceFile, "company.team", "run.sh"), DriftKind.Deleted, "")],
        new Dictionary<ResourceKey, (DateTimeOffset, string)>(), null, null, default);
}
