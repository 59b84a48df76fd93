using KestraGitHub.Reconciliation;

namespace KestraGitHub.Tests.Reconciliation;

public sealed class InventoryUpdateTests
{
    private static readonly ResourceKey A = new(ResourceKind.Flow, "prod", "a");

    [Fact]
    public void What_was_written_is_ours_as_the_target_holds_it()
    {
        var change = new Change(ChangeAction.Added, A, "_flows/a.yml", "", Git("blob", "new"));
        var update = InventoryUpdate.Of(Plan(change), [new(change, Kestra("new", "1"))], Inventory.Empty);
        Assert.Equal(new InventoryEntry(A, "_flows/a.yml", "blob", "new", "new", "1", 3), Assert.Single(update.Put));
        Assert.True(update.Faithful);
    }

    [Fact]
    public void What_was_not_reached_does_not_enter()
    {
        var change = new Change(ChangeAction.Added, A, "_flows/a.yml", "", Git("blob", "new"));
        Assert.Empty(InventoryUpdate.Of(Plan(change), [], Inventory.Empty).Put);
    }

    [Fact]
    public void An_update_that_failed_leaves_the_entry_and_asks_for_a_new_reading()
    {
        var change = new Change(ChangeAction.Updated, A, "_flows/a.yml", "", Git("blob2", "new"), Kestra("edited", "7"));
        var update = InventoryUpdate.Of(Plan(change), [], Known("old"));
        Assert.Empty(update.Put);
        Assert.Empty(update.Removed);
        Assert.False(update.Faithful);
    }

    [Fact]
    public void What_was_deleted_goes() =>
        Assert.Equal([A], Deleted(done: true).Removed);

    [Fact]
    public void What_could_not_be_deleted_stays_ours() => Assert.Empty(Deleted(done: false).Removed);

    [Fact]
    public void What_is_only_there_is_seen_and_not_ours()
    {
        var change = new Change(ChangeAction.Kept, A, null, "", Actual: Kestra("theirs", "3"));
        var entry = Assert.Single(InventoryUpdate.Of(Plan(change), [], Inventory.Empty).Put);
        Assert.False(entry.Owned);
        Assert.Equal("theirs", entry.Digest);
    }

    [Fact]
    public void What_vanished_from_both_sides_goes() => Assert.Equal([A], InventoryUpdate.Of(Plan(), [], Known("old")).Removed);

    [Fact]
    public void Nothing_is_put_when_nothing_changed()
    {
        var same = new Change(ChangeAction.Unchanged, A, "_flows/a.yml", "", Git("blob", "old"), Kestra("old", "1"));
        Assert.Empty(InventoryUpdate.Of(Plan(same), [], Known("old")).Put);
    }

    private static InventoryUpdate Deleted(bool done)
    {
        var change = new Change(ChangeAction.Deleted, A, "_flows/a.yml", "", Actual: Kestra("old", "1"));
        return InventoryUpdate.Of(Plan(change), done ? [new(change, null)] : [], Known("old"));
    }

    private static SyncPlan Plan(params Change[] changes) => new("c", changes, null);

    private static Resource Git(string blob, string digest) => new(A, "_flows/a.yml", digest, digest, blob, digest.Length);

    private static Resource Kestra(string digest, string revision) => new(A, "", digest, digest, revision, digest.Length);

    private static Inventory Known(string digest) =>
        new(new Dictionary<ResourceKey, InventoryEntry> { [A] = new(A, "_flows/a.yml", "blob", digest, digest, "1", digest.Length) });
}
