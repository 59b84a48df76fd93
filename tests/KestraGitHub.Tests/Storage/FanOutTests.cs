using KestraGitHub.Definitions;
using KestraGitHub.Storage;

namespace KestraGitHub.Tests.Storage;

public class FanOutStorageTests : StorageTest
{
    private static readonly RepositoryNumber Number = new("github.com", 42);
    private static readonly RepositoryName Old = new("github.com", "acme/old");

    [Fact]
    public async Task A_thousand_syncs_take_one_delivery_in_one_transaction_and_each_counts_it_once()
    {
        var syncs = Enumerable.Range(0, 1000).Select(i => Sync with { Flow = $"sync{i}" }).ToList();
        var wish = new FanOutWish([.. syncs.Select(s => new DeliveryWish(Delivery("d1", sync: s), Push("d1") with { Sync = s }))], [Old], Number, []);

        var first = await Deliveries.AcceptAsync(wish, None);
        Assert.All(first, a => Assert.Equal("queued", a.Outcome));
        Assert.Equal(1000, first.Select(a => a.RunId).Distinct().Count());
        Assert.Equal(1, Database.LastGroupSize);

        var again = await Deliveries.AcceptAsync(wish, None);
        Assert.All(again, a => Assert.Equal("duplicate", a.Outcome));
        Assert.Equal(first.Select(a => a.RunId), again.Select(a => a.RunId));
    }

    [Fact]
    public async Task What_a_sync_has_from_its_own_hook_is_a_duplicate_here_and_the_others_still_run()
    {
        var other = Sync with { Flow = "other" };
        var before = await Deliveries.AcceptAsync(Delivery("d1"), Push("d1"), None);
        var both = await Deliveries.AcceptAsync(
            new FanOutWish([new(Delivery("d1"), Push("d1")), new(Delivery("d1", sync: other), Push("d1") with { Sync = other })], [], null, []), None);
        Assert.Equal(["duplicate", "queued"], both.Select(a => a.Outcome));
        Assert.Equal(before.RunId, both[0].RunId);
    }

    [Fact]
    public async Task Deliveries_that_come_together_get_their_own_answers()
    {
        var other = Sync with { Flow = "other" };
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Deliveries.AcceptAsync(
            new FanOutWish([new(Delivery($"d{i}"), Push($"d{i}")), new(Delivery($"d{i}", sync: other), Push($"d{i}") with { Sync = other })], [], null, []), None)));
        Assert.All(answers, a => Assert.Equal(2, a.Count));
        Assert.Single(answers.Select(a => a[0].RunId).Distinct());
        Assert.Single(answers.Select(a => a[1].RunId).Distinct());
        Assert.NotEqual(answers[0][0].RunId, answers[0][1].RunId);
    }

    [Fact]
    public async Task A_name_is_the_newest_numbers_that_said_it()
    {
        var repositories = new RepositoryStore(Database);
        Task SayAsync(string guid, long id) => Deliveries.AcceptAsync(
            new FanOutWish([new(Delivery(guid, "ignored", "none", SyncKey.None), null)], [Old], Number with { Id = id }, []), None);
        await SayAsync("d1", 42);
        Assert.Equal([Old], await repositories.NamesAsync(Number, None));
        Assert.Empty(await repositories.NamesAsync(Number with { Host = "ghe.example" }, None));

        // Another repository has taken the name.
        await SayAsync("d2", 43);
        Assert.Empty(await repositories.NamesAsync(Number, None));
        Assert.Equal([Old], await repositories.NamesAsync(Number with { Id = 43 }, None));
    }

    [Fact]
    public async Task What_a_sync_read_last_is_known_by_its_newest_run_that_got_so_far()
    {
        var repositories = new RepositoryStore(Database);
        Assert.Empty(await repositories.LastUrlsAsync([Sync], None));
        await RunAsync("https://github.com/acme/old");
        await RunAsync("https://github.com/acme/new");
        await RunAsync(null);
        Assert.Equal([(Sync, "https://github.com/acme/new")], await repositories.LastUrlsAsync([Sync, Sync with { Flow = "never" }], None));
    }

    [Fact]
    public async Task The_makers_of_a_commit_are_all_syncs_that_pushed_it()
    {
        var commits = new OwnCommitStore(Database, Time);
        await commits.AddAsync(Sync, "c1", "c0", None);
        await commits.AddAsync(Sync with { Flow = "other" }, "c1", "another way", None);
        Assert.Equal([Sync], await commits.MakersAsync("c1", "c0", None));
    }

    private async Task RunAsync(string? url)
    {
        await Runs.EnqueueAsync(Request(), merge: false, None);
        var claimed = await ClaimAsync();
        if (url is not null) await Runs.SetSourcesAsync(claimed.Lease, 0, [new SourceRow("git", url, "refs/heads/main", "c1", false)], None);
        await Runs.FinishAsync(claimed.Lease, Ending(), None);
        Clock.Advance(TimeSpan.FromSeconds(1));
    }
}

[Collection(PostgresGroup.Name)]
public sealed class FanOutOnPostgresTests(PostgresFixture postgres) : FanOutStorageTests
{
    private protected override Dialect MakeDialect() => postgres.DialectOf(this);
}
