using KestraGitHub.Reconciliation;
using KestraGitHub.Storage;

namespace KestraGitHub.Tests.Storage;

public class DriftStoreTests : StorageTest
{
    private static readonly Dictionary<ResourceKey, (DateTimeOffset, string)> NoTimes = [];
    private static readonly TaskState State = new("print", "commit", "tree", "cursor", new RunCounts());
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    private DriftStore Drifts => new(Database);

    private InventoryStore Inventory => new(Database, Clock);

    [Fact]
    public async Task Of_many_that_ask_one_looks_and_again_only_after_the_interval()
    {
        var asked = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Drifts.ClaimAsync(Sync, Interval, None)));
        Assert.Single(asked, a => a.Mine);
        Assert.All(asked.Where(a => !a.Mine), a => Assert.InRange(a.Left, Interval - TimeSpan.FromMinutes(1), Interval));
    }

    [Fact]
    public async Task A_shorter_interval_counts_at_once()
    {
        await Drifts.ClaimAsync(Sync, TimeSpan.FromDays(1), None);
        Assert.False((await Drifts.ClaimAsync(Sync, TimeSpan.FromDays(1), None)).Mine);
        Assert.True((await Drifts.ClaimAsync(Sync, Interval, None)).Mine);
    }

    [Fact]
    public async Task What_was_found_is_kept_with_its_first_time_until_it_is_gone()
    {
        await Inventory.SaveAsync(Sync, "t", [Entry("a"), Entry("b")], [], State, None);
        var first = Clock.GetUtcNow() - TimeSpan.FromHours(1);
        await FindAsync([new(Key("a"), DriftKind.Edited, "7")], new() { [Key("a")] = (first, "7") });
        await FindAsync([new(Key("a"), DriftKind.Edited, ""), new(Key("b"), DriftKind.Deleted, "")], new() { [Key("a")] = (first.AddMinutes(30), "8") });
        var known = await Drifts.OfAsync(Sync, None);
        Assert.Equal([("a", "edited", "8"), ("b", "deleted", null)], known.Objects.Select(o => (o.Id, o.What, o.Revision)));
        Assert.Equal(first.ToUnixTimeMilliseconds(), known.Objects[0].Since.ToUnixTimeMilliseconds());
        Assert.Equal("now", Assert.Single(known.Looks).Cursor);
        await FindAsync([]);
        Assert.Empty((await Drifts.OfAsync(Sync, None)).Objects);
    }

    [Fact]
    public async Task A_look_that_found_nothing_new_or_failed_forgets_nothing()
    {
        await Inventory.SaveAsync(Sync, "t", [Entry("a")], [], State, None);
        await FindAsync([new(Key("a"), DriftKind.Edited, "7")]);
        var good = (await Drifts.OfAsync(Sync, None)).Looks[0].At;
        Clock.Advance(TimeSpan.FromHours(1));
        Assert.True(await Drifts.SaveAsync(Sync, "t", await StampAsync(), null, NoTimes, null, "no answer", None));
        Assert.True(await Drifts.SaveAsync(Sync, "never", null, null, NoTimes, null, "no answer", None));
        var known = await Drifts.OfAsync(Sync, None);
        Assert.Equal([(null, "no answer"), (good, "no answer")], known.Looks.Select(l => (l.At, l.Error)));
        Assert.Single(known.Objects);
    }

    [Fact]
    public async Task A_run_ends_the_drift_that_it_overwrote_and_keeps_what_it_left()
    {
        await Inventory.SaveAsync(Sync, "t", [Entry("a"), Entry("b")], [], State, None);
        await FindAsync([new(Key("a"), DriftKind.Edited, "7"), new(Key("b"), DriftKind.Edited, "7")]);
        var since = (await Drifts.OfAsync(Sync, None)).Objects[0].Since;
        await Inventory.SaveAsync(Sync, "t", [Entry("a").LeftAs(Held("a")), Entry("c").LeftAs(null), Entry("d").LeftAs(Held("d")) with { Orphan = true }], [], State, None);
        var known = await Drifts.OfAsync(Sync, None);
        Assert.Equal([("a", "edited"), ("c", "deleted")], known.Objects.Select(o => (o.Id, o.What)));
        Assert.Equal(since, known.Objects[0].Since);
        Assert.Null(Assert.Single(known.Looks).Cursor);
        Assert.Equal(Entry("a").LeftAs(Held("a")), (await Inventory.LoadAsync(Sync, "t", None)).Entries[Key("a")]);
    }

    [Fact]
    public async Task What_was_read_before_a_run_is_not_stored_after_it()
    {
        await Inventory.SaveAsync(Sync, "t", [Entry("a")], [], State, None);
        var stamp = await StampAsync();
        Assert.False(await Drifts.SaveAsync(Sync, "t", stamp - 1, [new(Key("a"), DriftKind.Edited, "7")], NoTimes, "now", null, None));
        Assert.Empty((await Drifts.OfAsync(Sync, None)).Objects);
    }

    [Fact]
    public async Task Nothing_is_kept_of_a_task_that_is_gone()
    {
        await Inventory.SaveAsync(Sync, "t", [Entry("a")], [], State, None);
        await FindAsync([new(Key("a"), DriftKind.Edited, "7")]);
        await Drifts.KeepAsync(Sync, ["other"], None);
        Assert.Empty(await Drifts.AllAsync(null, None));
    }

    private async Task FindAsync(DriftFound[] found, Dictionary<ResourceKey, (DateTimeOffset, string)>? told = null) =>
        Assert.True(await Drifts.SaveAsync(Sync, "t", await StampAsync(), found, told ?? NoTimes, "now", null, None));

    private Task<long?> StampAsync() => Drifts.StampAsync(Sync, "t", None);

    private static ResourceKey Key(string id) => new(ResourceKind.Flow, "prod", id);

    private static InventoryEntry Entry(string id) => new(Key(id), $"_flows/{id}.yml", "blob", "x", "x", "1", 1);

    private static Resource Held(string id) => new(Key(id), "", "edited", "edited", "7", 6);
}
