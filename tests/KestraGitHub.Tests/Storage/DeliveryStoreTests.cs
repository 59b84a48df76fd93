using KestraGitHub.Storage;

namespace KestraGitHub.Tests.Storage;

public class DeliveryStoreTests : StorageTest
{
    [Fact]
    public async Task A_delivery_and_its_run_are_stored_together()
    {
        var delivery = Delivery("d1") with { Body = [1, 2, 0, 255] };
        var accepted = await Deliveries.AcceptAsync(delivery, Push("d1"), None);

        Assert.Equal("queued", accepted.Outcome);
        Assert.Equal(RunState.Queued, (await Runs.GetAsync(accepted.RunId!, None))!.State);
        var stored = Assert.Single((await Deliveries.QueryAsync(Sync, 10, null, None)).Items);
        Assert.Equal(delivery.Body, stored.Body);
        Assert.Equal("push", stored.Headers["x-github-event"]);
        Assert.Equal(
            delivery with { RunId = accepted.RunId, Headers = stored.Headers, Body = stored.Body }, stored);
    }

    [Fact]
    public async Task A_guid_counts_once_for_each_sync()
    {
        var other = Sync with { Flow = "other" };
        var first = await Deliveries.AcceptAsync(Delivery("d1"), Push("d1"), None);
        var again = await Deliveries.AcceptAsync(Delivery("d1"), Push("d1"), None);
        var elsewhere = await Deliveries.AcceptAsync(Delivery("d1", sync: other), Push("d1") with { Sync = other }, None);

        Assert.Equal(("duplicate", first.RunId), (again.Outcome, again.RunId));
        Assert.NotNull(again.Reason);
        Assert.Equal("queued", elsewhere.Outcome);
        Assert.NotEqual(first.RunId, elsewhere.RunId);
        Assert.Equal(1, (await Runs.GetAsync(first.RunId!, None))!.Deliveries);
    }

    [Fact]
    public async Task A_second_push_is_merged_into_the_run_that_waits()
    {
        var first = await Deliveries.AcceptAsync(Delivery("d1"), Push("d1"), None);
        var second = await Deliveries.AcceptAsync(Delivery("d2"), Push("d2"), None);
        Assert.Equal(("merged", first.RunId), (second.Outcome, second.RunId));
        Assert.Equal(("duplicate", first.RunId), await OutcomeAsync("d2"));
    }

    [Fact]
    public async Task What_was_ignored_counts_when_it_is_wanted_later()
    {
        Assert.Equal("ignored", (await Deliveries.AcceptAsync(Delivery("d1", "ignored", "another branch"), null, None)).Outcome);
        Assert.Equal("duplicate", (await Deliveries.AcceptAsync(Delivery("d1", "ignored", "another branch"), null, None)).Outcome);
        var wanted = await Deliveries.AcceptAsync(Delivery("d1"), Push("d1"), None);

        Assert.Equal("queued", wanted.Outcome);
        Assert.NotNull(wanted.RunId);
        var stored = Assert.Single((await Deliveries.QueryAsync(null, 10, null, None)).Items);
        Assert.Equal(("queued", null, wanted.RunId), (stored.Outcome, stored.Reason, stored.RunId));
        Assert.Equal(("duplicate", wanted.RunId), await OutcomeAsync("d1"));
    }

    [Fact]
    public async Task A_ping_is_answered_however_often_it_comes()
    {
        for (var i = 0; i < 3; i++)
            Assert.Equal(new Accepted("pong", null, null), await Deliveries.AcceptAsync(Delivery("p1", "pong", @event: "ping"), null, None));
        Assert.Single((await Deliveries.QueryAsync(Sync, 10, null, None)).Items);
    }

    [Fact]
    public async Task Thirty_two_senders_of_one_guid_make_one_run()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Task.Run(() => Deliveries.AcceptAsync(Delivery("d1"), Push("d1"), None))));
        Assert.Single(answers, a => a.Outcome == "queued");
        Assert.Single(answers.Select(a => a.RunId).Distinct());
    }

    [Fact]
    public async Task Thirty_two_senders_share_one_waiting_run_and_none_is_lost()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(
            w => Task.Run(async () =>
            {
                var last = "";
                for (var i = 0; i < 10; i++) last = (await Deliveries.AcceptAsync(Delivery($"d{w}-{i}"), Push($"d{w}-{i}"), None)).RunId!;
                return last;
            })));
        var run = await Runs.GetAsync(Assert.Single(answers.Distinct()), None);
        Assert.Equal(320, run!.Deliveries);
        Assert.Equal(320, (await Deliveries.QueryAsync(Sync, 500, null, None)).Items.Count);
    }

    [Fact]
    public async Task The_newest_deliveries_come_first_page_by_page()
    {
        for (var i = 0; i < 5; i++) await Deliveries.AcceptAsync(Delivery($"d{i}", "ignored"), null, None);
        var first = await Deliveries.QueryAsync(Sync, 3, null, None);
        var rest = await Deliveries.QueryAsync(Sync, 3, first.Next, None);
        Assert.Equal(["d4", "d3", "d2", "d1", "d0"], first.Items.Concat(rest.Items).Select(d => d.DeliveryId));
        Assert.Null(rest.Next);
        Assert.Equal("d2", (await Deliveries.GetAsync(Sync, "d2", None))!.DeliveryId);
    }

    private async Task<(string, string?)> OutcomeAsync(string guid)
    {
        var accepted = await Deliveries.AcceptAsync(Delivery(guid), Push(guid), None);
        return (accepted.Outcome, accepted.RunId);
    }
}
