using KestraGitHub.Reconciliation;
using KestraGitHub.Storage;

namespace KestraGitHub.Tests.Storage;

public class InventoryStoreTests : StorageTest
{
    private static readonly TaskState State = new("print", "commit", "tree", "cursor", new RunCounts(Unchanged: 4));

    private InventoryStore Inventory => new(Database, Clock);

    private static InventoryEntry Entry(ResourceKind kind, string id, string digest = "d") =>
        new(new ResourceKey(kind, "company.team", id), $"flows/{id}", "blob", digest, "like", "3", 42);

    [Fact]
    public async Task What_is_saved_is_loaded_and_what_is_removed_is_gone()
    {
        var entries = Enum.GetValues<ResourceKind>().Select(k => Entry(k, "a")).ToList();
        await Inventory.SaveAsync(Sync, "t", entries, [], State, None);
        Assert.Equal(State, await Inventory.StateAsync(Sync, "t", None));
        Assert.Equal(entries.ToHashSet(), (await Inventory.LoadAsync(Sync, "t", None)).Entries.Values.ToHashSet());

        await Inventory.SaveAsync(Sync, "t", [Entry(ResourceKind.Flow, "a", "new")], [entries[0].Key], null, None);
        var now = (await Inventory.LoadAsync(Sync, "t", None)).Entries;
        Assert.Equal(entries.Count - 1, now.Count);
        Assert.Equal("new", now[new ResourceKey(ResourceKind.Flow, "company.team", "a")].Digest);
        Assert.Null(await Inventory.StateAsync(Sync, "t", None));
    }

    [Fact]
    public async Task Tasks_do_not_see_each_others_inventory()
    {
        await Inventory.SaveAsync(Sync, "t", [Entry(ResourceKind.Flow, "a")], [], State, None);
        Assert.Empty((await Inventory.LoadAsync(Sync, "u", None)).Entries);
        Assert.Null(await Inventory.StateAsync(Sync with { Flow = "x" }, "t", None));
    }
}
