using KestraGitHub.Storage;

namespace KestraGitHub.Tests.Storage;

public class RetentionTests : StorageTest
{
    [Fact]
    public async Task Old_history_goes_and_the_last_run_of_each_sync_stays()
    {
        var other = Sync with { Flow = "other" };
        for (var i = 0; i < 250; i++) await RunOnceAsync(Request(delivery: $"d{i}"));
        var last = await RunOnceAsync(Request());
        await RunOnceAsync(Request(dryRun: true));
        var lastDry = await RunOnceAsync(Request(dryRun: true));
        var lastOther = await RunOnceAsync(Request(sync: other));
        await Runs.AppendAsync(last, [new RunEvent(1, Clock.Now, "info", "", "kept")], None);
        await Deliveries.AcceptAsync(Delivery("old", "ignored"), null, None);
        var inventory = new InventoryStore(Database, Clock);
        await inventory.SaveAsync(Sync, "t", [], [], new TaskState("f", "c", "t", null, new RunCounts()), None);

        Clock.Advance(TimeSpan.FromDays(91));
        var open = await Runs.EnqueueAsync(Request(), merge: true, None);
        await Deliveries.AcceptAsync(Delivery("new", "ignored"), null, None);
        var deleted = await new RetentionSweep(Database).SweepAsync(Clock.Now.AddDays(-90), None);

        Assert.Equal((251, 1), deleted);
        var left = (await Runs.QueryAsync(new RunQuery(null, null, null, null, 500, null), None)).Items.Select(r => r.Id);
        Assert.Equal([open.Id, lastOther, lastDry, last], left);
        Assert.Equal("new", Assert.Single((await Deliveries.QueryAsync(null, 10, null, None)).Items).DeliveryId);
        Assert.Single(await Runs.EventsAsync(last, 0, None));
        Assert.NotNull(await inventory.StateAsync(Sync, "t", None));
    }
}
