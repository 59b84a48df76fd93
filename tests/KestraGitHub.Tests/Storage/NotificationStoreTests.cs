using KestraGitHub.Storage;

namespace KestraGitHub.Tests.Storage;

public class NotificationStoreTests : StorageTest
{
    private NotificationStore Store => new(Database);

    [Fact]
    public async Task What_happened_once_is_told_once_and_what_happened_again_again()
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(1_767_000_000_000);
        var news = new NewNotification("t", "drift.found", "main/a/b", now, "{\"a\": 1}");
        Assert.Equal(2, await Store.AddAsync([news, news with { Target = "u" }], None));
        Assert.Equal(0, await Store.AddAsync([news, news with { Stamp = now.AddMinutes(-1) }], None));
        var row = (await Store.ClaimAsync("t", TimeSpan.FromMinutes(1), None))!;
        Assert.Equal(("drift.found", "{\"a\": 1}", 0), (row.Event, row.Payload, row.Attempts));
        Assert.Null(await Store.ClaimAsync("t", TimeSpan.FromMinutes(1), None));
        await Store.LaterAsync(row.Id, TimeSpan.Zero, "away", None);
        Assert.Equal(1, (await Store.ClaimAsync("t", TimeSpan.FromMinutes(1), None))!.Attempts);
        await Store.SentAsync(row.Id, None);
        Assert.Null(await Store.ClaimAsync("t", TimeSpan.FromMinutes(1), None));
        Assert.Equal(1, await Store.AddAsync([news with { Stamp = now.AddMinutes(1) }], None));
        Assert.Equal(0, (await Store.ClaimAsync("t", TimeSpan.FromMinutes(1), None))!.Attempts);
        Assert.NotNull(await Store.ClaimAsync("u", TimeSpan.FromMinutes(1), None));
    }

    [Fact]
    public async Task A_target_is_told_of_nothing_that_was_before_it()
    {
        var first = await Store.SinceAsync("t", None);
        Assert.Equal(first, await Store.SinceAsync("t", None));
    }

    [Fact]
    public async Task Ends_are_found_and_dry_runs_are_none()
    {
        await Runs.EnqueueAsync(Request(), merge: false, None);
        var claimed = (await Runs.ClaimAsync(Sync, "me", Lease, None))!;
        Assert.True(await Runs.FinishAsync(claimed.Lease, new RunEnding(RunState.Failed, new RunCounts(), [], "no", "permanent"), None));
        await Runs.EnqueueAsync(Request() with { DryRun = true }, merge: false, None);
        claimed = (await Runs.ClaimAsync(Sync, "me", Lease, None))!;
        Assert.True(await Runs.FinishAsync(claimed.Lease, new RunEnding(RunState.Failed, new RunCounts(), [], "no", "permanent"), None));
        Assert.Equal("no", Assert.Single(await Store.EndedAsync(DateTimeOffset.UnixEpoch, None)).Error);
        Assert.Empty(await Store.EndedAsync(DateTimeOffset.UtcNow.AddYears(50), None));
        Assert.Empty(await Store.WaitingAsync(None));
    }
}
