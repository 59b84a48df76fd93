using System.Net;
using KestraGitHub.Dashboard;
using KestraGitHub.Storage;

namespace KestraGitHub.Tests.Dashboard;

/// <summary>What waits for a person, and what is held, on the pages.</summary>
public sealed class TrustPageTests : IAsyncLifetime
{
    private DashboardHost _host = null!;

    public async Task InitializeAsync() => _host = await DashboardHost.StartAsync(DashboardSeed.FillAsync, new ManualClock());

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_run_that_waits_says_why_and_is_approved_or_rejected_by_its_plan()
    {
        using var client = await PageTests.SignedInAsync(_host, DashboardHost.Admin);
        var id = await WaitingAsync();
        var page = await client.GetStringAsync(Links.Run(id));
        Assert.Contains("It waits for approval", page, StringComparison.Ordinal);
        Assert.Contains("30 objects would be deleted", page, StringComparison.Ordinal);
        Assert.Contains("1 deletion, if it were applied", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Conflict, (await PageTests.PostAsync(client, Links.Run(id), Links.Approve(id), ("plan", "another"))).StatusCode);
        Assert.Equal(RunState.Waiting, (await _host.Runs.GetAsync(id, default))!.State);
        Assert.Equal(HttpStatusCode.SeeOther, (await PageTests.PostAsync(client, Links.Run(id), Links.Approve(id), ("plan", "of-now"))).StatusCode);
        Assert.Equal(RunState.Queued, (await _host.Runs.GetAsync(id, default))!.State);
        Assert.Equal("ann", (await _host.Plans.GetAsync(id, default))!.ApprovedBy);
        Assert.Contains("approved by ann", await client.GetStringAsync(Links.Run(id)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plan_that_deletes_is_approved_by_typing_how_much()
    {
        using var client = await PageTests.SignedInAsync(_host, DashboardHost.Admin);
        var id = await WaitingAsync(new PlannedWrite("git", "flow", "prod", "gone", null, "deleted", null, "d", null));
        Assert.Contains("delete 1", await client.GetStringAsync(Links.Run(id)), StringComparison.Ordinal);
        foreach (var typed in (string[])["", "delete", "delete 2"])
            Assert.Equal(HttpStatusCode.BadRequest, (await PageTests.PostAsync(client, Links.Run(id), Links.Approve(id), ("plan", "of-now"), ("confirm", typed))).StatusCode);
        Assert.Equal(RunState.Waiting, (await _host.Runs.GetAsync(id, default))!.State);
        Assert.Equal(HttpStatusCode.SeeOther, (await PageTests.PostAsync(client, Links.Run(id), Links.Approve(id), ("plan", "of-now"), ("confirm", " delete 1 "))).StatusCode);
        Assert.Equal(RunState.Queued, (await _host.Runs.GetAsync(id, default))!.State);
    }

    [Fact]
    public async Task While_a_plan_waits_both_sides_are_not_equal()
    {
        using var client = await PageTests.SignedInAsync(_host, DashboardHost.Admin);
        Assert.DoesNotContain("a plan waits for approval", await client.GetStringAsync("/?show=outOfDate"), StringComparison.Ordinal);
        await WaitingAsync();
        Assert.Contains("a plan waits for approval", await client.GetStringAsync("/?show=outOfDate"), StringComparison.Ordinal);
        Assert.Contains("A plan waits for approval.", await client.GetStringAsync(Links.Sync(DashboardSeed.InSync)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("4", true)]
    [InlineData("0", false)]
    [InlineData("", false)]
    [InlineData("999999", false)]
    public async Task A_sync_is_suspended_until_a_time_or_until_it_is_resumed(string hours, bool ends)
    {
        using var client = await PageTests.SignedInAsync(_host, DashboardHost.Admin);
        var page = Links.Sync(DashboardSeed.InSync);
        Assert.Equal(HttpStatusCode.SeeOther, (await PageTests.PostAsync(client, page, Links.Suspend(DashboardSeed.InSync), ("reason", "a freeze"), ("hours", hours))).StatusCode);
        var shown = await client.GetStringAsync(page);
        Assert.Contains("a freeze", shown, StringComparison.Ordinal);
        Assert.Equal(ends, shown.Contains("or by themselves", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_rejected_run_says_by_whom_and_a_viewer_has_no_buttons()
    {
        using var viewer = await PageTests.SignedInAsync(_host, DashboardHost.Viewer);
        using var client = await PageTests.SignedInAsync(_host, DashboardHost.Admin);
        var id = await WaitingAsync();
        Assert.DoesNotContain(Links.Approve(id), await viewer.GetStringAsync(Links.Run(id)), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.SeeOther, (await PageTests.PostAsync(client, Links.Run(id), Links.Reject(id))).StatusCode);
        var page = await client.GetStringAsync(Links.Run(id));
        Assert.Contains("Why it was cancelled", page, StringComparison.Ordinal);
        Assert.Contains("rejected by ann", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sync_is_rolled_back_and_released_from_its_page()
    {
        using var client = await PageTests.SignedInAsync(_host, DashboardHost.Admin);
        var page = Links.Sync(DashboardSeed.InSync);
        var good = (await _host.Runs.LatestAsync(DashboardSeed.InSync, default)).Last!;
        Assert.DoesNotContain("Roll back to this", await client.GetStringAsync(page), StringComparison.Ordinal); // it is in force
        var answer = await PageTests.PostAsync(client, page, Links.Rollback(DashboardSeed.InSync), ("run", good.Id));
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.Equal(good.Revision, (await _host.Runs.GetAsync(answer.Headers.Location!.OriginalString.Split('/')[^1], default))!.RequestedRevision);
        var shown = await client.GetStringAsync(page);
        Assert.Contains("Rolled back", shown, StringComparison.Ordinal);
        Assert.Contains($"rolled back to run {good.Id}", shown, StringComparison.Ordinal);
        Assert.Contains("Apply it after all", shown, StringComparison.Ordinal);
        Assert.Contains($"It rolls the sync back: rolled back to run {good.Id}.", await client.GetStringAsync(answer.Headers.Location), StringComparison.Ordinal);
        Assert.Contains("rolled back by ann", await client.GetStringAsync("/?show=outOfDate"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.SeeOther, (await PageTests.PostAsync(client, page, Links.Release(DashboardSeed.InSync))).StatusCode);
        Assert.DoesNotContain("Rolled back", await client.GetStringAsync(page), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_commit_that_failed_for_good_is_shown_and_can_be_forced()
    {
        using var client = await PageTests.SignedInAsync(_host, DashboardHost.Admin);
        var page = Links.Sync(DashboardSeed.Failing);
        await _host.Quarantines.PutAsync(DashboardSeed.Failing, new("i", "0123456789abcdef", DashboardSeed.Hostile, "permanent", _host.RunningId, DateTimeOffset.UtcNow), default);
        Assert.Contains("is not tried again", await client.GetStringAsync(page), StringComparison.Ordinal);
        var answer = await PageTests.PostAsync(client, page, Links.StartRun(DashboardSeed.Failing), ("force", "true"));
        Assert.True((await _host.Runs.GetAsync(answer.Headers.Location!.OriginalString.Split('/')[^1], default))!.Forced);
    }

    private async Task<string> WaitingAsync(params PlannedWrite[] writes)
    {
        var run = await _host.Runs.EnqueueAsync(new RunRequest(DashboardSeed.InSync, new("api"), false, null, TimeSpan.Zero, new Dictionary<string, string>()), false, default);
        var claimed = (await _host.Runs.ClaimAsync(DashboardSeed.InSync, "me", TimeSpan.FromMinutes(1), default))!;
        await _host.Plans.SaveAsync(claimed.Lease, new("of-now", DateTimeOffset.UtcNow, "30 objects would be deleted.", "p", new Dictionary<string, string>(), writes), default);
        await _host.Runs.ParkAsync(
            claimed.Lease, "approval", null, "Waits for approval: 30 objects would be deleted.", new RunCounts(Deleted: 1), [new("git", "flow", "prod", "gone", null, "deleted", "no longer in Git")], default);
        return run.Id;
    }
}
