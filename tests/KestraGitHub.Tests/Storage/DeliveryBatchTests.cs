using KestraGitHub.Definitions;
using KestraGitHub.Storage;

namespace KestraGitHub.Tests.Storage;

/// <summary>Deliveries that come while a commit is under way are taken in together. Nobody can tell by the answers.</summary>
public class DeliveryBatchTests : StorageTest
{
    [Fact]
    public async Task Each_of_a_batch_gets_its_own_answer_and_each_sync_one_run()
    {
        var syncs = Enumerable.Range(0, 5).Select(i => Sync with { Flow = $"sync{i}" }).ToList();
        var answers = await TogetherAsync(syncs.SelectMany(s => Enumerable.Range(0, 10).Select(i => (s, $"d{i}"))).Select(p => Wish(p.s, p.Item2)));

        foreach (var (sync, place) in syncs.Select((s, i) => (s, i)))
        {
            var own = answers.Skip(place * 10).Take(10).ToList();
            var run = Assert.Single(own.Select(a => a.RunId).Distinct());
            Assert.Equal(["queued", .. Enumerable.Repeat("merged", 9)], own.Select(a => a.Outcome));
            var row = (await Runs.GetAsync(run!, None))!;
            Assert.Equal((10, "d9", "\"c-d9\""), (row.Deliveries, row.Trigger.DeliveryId, row.Payload["body.after"]));
            Assert.Equal(sync, row.Sync);
        }

        Assert.Equal(50, (await Deliveries.QueryAsync(null, 100, null, None)).Items.Count);
    }

    [Fact]
    public async Task A_guid_that_stands_twice_in_a_batch_counts_once()
    {
        var other = Sync with { Flow = "other" };
        var answers = await TogetherAsync([Wish(Sync, "d1"), Wish(Sync, "d1"), Wish(other, "d1"), Wish(Sync, "d2")]);

        Assert.Equal(["queued", "duplicate", "queued", "merged"], answers.Select(a => a.Outcome));
        Assert.Equal(answers[0].RunId, answers[1].RunId);
        Assert.Equal(2, (await Runs.GetAsync(answers[0].RunId!, None))!.Deliveries);
    }

    [Fact]
    public async Task What_was_ignored_and_is_wanted_in_the_same_batch_counts()
    {
        var answers = await TogetherAsync([(Delivery("d1", "ignored", "disabled"), null), Wish(Sync, "d1"), Wish(Sync, "d1")]);
        Assert.Equal(["ignored", "queued", "duplicate"], answers.Select(a => a.Outcome));
        Assert.Equal(answers[1].RunId, answers[2].RunId);
        Assert.Equal(("queued", answers[1].RunId), (await Deliveries.GetAsync(Sync, "d1", None)) is { } row ? (row.Outcome, row.RunId) : default);
    }

    [Fact]
    public async Task One_that_cannot_be_stored_spoils_no_other()
    {
        var bad = (Delivery("bad") with { Event = null! }, (RunRequest?)Push("bad"));
        var (first, refused, last) = (Wish(Sync, "d1"), bad, Wish(Sync, "d2"));
        var tasks = await StartTogetherAsync([first, refused, last]);

        Assert.Equal("queued", (await tasks[0]).Outcome);
        await Assert.ThrowsAnyAsync<Exception>(() => tasks[1]);
        Assert.Equal(("merged", (await tasks[0]).RunId), ((await tasks[2]).Outcome, (await tasks[2]).RunId));
        Assert.Equal(2, (await Runs.GetAsync((await tasks[0]).RunId!, None))!.Deliveries);
        Assert.Null(await Deliveries.GetAsync(Sync, "bad", None));
    }

    [Fact]
    public async Task Two_servers_take_in_one_sync_as_one_would()
    {
        await using var second = await OpenAsync();
        var there = new DeliveryStore(second);
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(() =>
            (i % 2 == 0 ? Deliveries : there).AcceptAsync(Delivery($"d{i / 4}"), Push($"d{i / 4}"), None))));

        // Each guid came four times, twice by each server.
        Assert.Equal(50, answers.Count(a => a.Outcome is "queued" or "merged"));
        Assert.Equal(150, answers.Count(a => a.Outcome == "duplicate"));
        Assert.Single(answers, a => a.Outcome == "queued");
        var run = Assert.Single(answers.Select(a => a.RunId).Distinct());
        Assert.Equal(50, (await Runs.GetAsync(run!, None))!.Deliveries);
    }

    private (DeliveryRow, RunRequest?) Wish(SyncKey sync, string guid) => (Delivery(guid, sync: sync), Push(guid, $"c-{guid}") with { Sync = sync });

    private async Task<Accepted[]> TogetherAsync(IEnumerable<(DeliveryRow, RunRequest?)> wishes) => await Task.WhenAll(await StartTogetherAsync(wishes));

    /// <summary>Keeps every writer busy until all of them wait.</summary>
    private async Task<List<Task<Accepted>>> StartTogetherAsync(IEnumerable<(DeliveryRow, RunRequest?)> wishes)
    {
        using var open = new ManualResetEventSlim();
        var holders = new List<Task<bool>>();
        for (var i = 0; i < Database.Writers; i++)
        {
            using var entered = new ManualResetEventSlim();
            holders.Add(Database.WriteAsync(
                (_, _) =>
                {
                    entered.Set();
                    return Task.FromResult(open.Wait(TimeSpan.FromSeconds(20)));
                },
                None));
            entered.Wait();
        }

        var waiting = wishes.Select(w => Deliveries.AcceptAsync(w.Item1, w.Item2, None)).ToList();
        open.Set();
        await Task.WhenAll(holders);
        return waiting;
    }
}
