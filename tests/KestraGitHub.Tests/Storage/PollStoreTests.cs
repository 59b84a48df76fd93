using KestraGitHub.Definitions;
using KestraGitHub.Storage;

namespace KestraGitHub.Tests.Storage;

public class PollStoreTests : StorageTest
{
    private static readonly RepositoryName Flows = new("github.com", "acme/flows");
    private static readonly BranchOfSync Main = new(Sync, Flows, "refs/heads/main");

    private PollStore Polls => new(Database);

    [Fact]
    public async Task What_is_seen_first_is_due_after_its_interval_and_then_one_node_looks()
    {
        var (minute, other) = (TimeSpan.FromMinutes(1), new PollStore(await OpenAsync()));
        Assert.Equal((false, minute), await Polls.ClaimAsync("a", minute, now: false, None));
        Assert.False((await other.ClaimAsync("a", minute, now: false, None)).Mine);
        await PassAsync(minute);
        Assert.Equal([false, true], (await Task.WhenAll(Polls.ClaimAsync("a", minute, now: false, None), other.ClaimAsync("a", minute, now: false, None))).Select(c => c.Mine).Order());
        Assert.False((await Polls.ClaimAsync("a", minute, now: false, None)).Mine);
        Assert.True((await Polls.ClaimAsync("a", minute, now: true, None)).Mine);
        Assert.True((await Polls.ClaimAsync("new", minute, now: true, None)).Mine);

        // The interval was an hour once: nobody waits that long for the new one.
        await Polls.ClaimAsync("a", TimeSpan.FromHours(1), now: true, None);
        Assert.True((await Polls.ClaimAsync("a", minute, now: false, None)).Mine);
    }

    [Fact]
    public async Task A_sync_knows_the_newest_of_its_last_run_its_last_delivery_and_its_last_look()
    {
        Assert.Empty(await Polls.KnownAsync([Main], None));
        await DeliverAsync("d1", "delivered");
        Assert.Equal("delivered", await KnownAsync());

        await PassAsync(TimeSpan.FromSeconds(1));
        await RunAsync("read");
        Assert.Equal("read", await KnownAsync());

        // What a person, a dry run and another repository's delivery say is not what the branch is to bring.
        await PassAsync(TimeSpan.FromSeconds(1));
        await RunAsync("chosen", Request(revision: "chosen"));
        await RunAsync("dry", Request(dryRun: true));
        await DeliverAsync("d2", "elsewhere", "acme/other");
        Assert.Equal("read", await KnownAsync());

        await Polls.EnqueueAsync(Request("poll"), [new SeenHead(Sync, Flows, Main.Ref, "looked")], None);
        Assert.Equal("looked", await KnownAsync());
        Assert.Equal("poll", (await Runs.LatestAsync(Sync, None)).Current!.Trigger.Kind);

        await PassAsync(TimeSpan.FromSeconds(1));
        await DeliverAsync("d3", "newest");
        Assert.Equal("newest", await KnownAsync());
        Assert.Empty(await Polls.KnownAsync([Main with { Ref = "refs/heads/other" }, Main with { Sync = Sync with { Flow = "other" } }], None));
    }

    [Fact]
    public async Task How_far_a_hook_was_looked_through_is_kept()
    {
        Assert.Null(await Polls.SeenToAsync("/app/hook", None));
        await Polls.SeenToAsync("/app/hook", Clock.Now, None);
        await Polls.SeenToAsync("/app/hook", Clock.Now.AddHours(1), None);
        Assert.Equal(Clock.Now.AddHours(1).ToUnixTimeMilliseconds(), (await Polls.SeenToAsync("/app/hook", None))!.Value.ToUnixTimeMilliseconds());
    }

    /// <summary>Lets time go by on the clock that claims go by.</summary>
    private protected virtual Task PassAsync(TimeSpan by)
    {
        Clock.Advance(by);
        return Task.CompletedTask;
    }

    private async Task<string?> KnownAsync() => (await Polls.KnownAsync([Main], None)).GetValueOrDefault(Main);

    private Task DeliverAsync(string guid, string commit, string repository = "Acme/Flows") =>
        Deliveries.AcceptAsync(Delivery(guid, "ignored", "no path of it is watched") with { After = commit, Repository = repository }, null, None);

    private async Task RunAsync(string commit, RunRequest? request = null)
    {
        await Runs.EnqueueAsync(request ?? Request(), merge: false, None);
        var claimed = await ClaimAsync();
        await Runs.SetSourcesAsync(claimed.Lease, 0, [new SourceRow("git", "git@github.com:acme/flows.git", Main.Ref, commit, false)], None);
        await Runs.FinishAsync(claimed.Lease, Ending(), None);
    }
}

[Collection(PostgresGroup.Name)]
public sealed class PollStoreOnPostgresTests(PostgresFixture postgres) : PollStoreTests
{
    private protected override Dialect MakeDialect() => postgres.DialectOf(this);

    // Claims and runs go by the server's clock, deliveries by the node's.
    private protected override async Task PassAsync(TimeSpan by)
    {
        await Task.Delay(20);
        Clock.Advance(DateTimeOffset.UtcNow - Clock.Now);
        await Database.WriteAsync((connection, transaction) => Dapper.SqlMapper.ExecuteAsync(
            connection, "UPDATE repository_clocks SET due_at = due_at - @By", new { By = (long)by.TotalMilliseconds }, transaction), None);
    }
}
