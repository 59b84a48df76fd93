using KestraGitHub.Dashboard;
using KestraGitHub.Reconciliation;
using KestraGitHub.Storage;

namespace KestraGitHub.Tests.Dashboard;

public sealed class ObjectTreeTests
{
    private static readonly (string, InventoryEntry)[] Owned = [Entry("a", "flows/a.yml"), Entry("b", "flows/sub/b.yml"), Entry("seen", "")];

    [Fact]
    public void What_is_worst_of_an_object_is_its_state_and_of_a_folder_that_of_what_is_in_it()
    {
        var known = ObjectTree.Known(
            Owned, [new("git", "flow", "n", "b", "edited", default, null, null)],
            [Row("a", "flows/a.yml", "conflict"), Row("b", "flows/sub/b.yml", "updated"), Row("c", "flows/c.yml", "invalid"), Row("d", "flows/d.yml", "ignored")], planned: false);
        Assert.Equal(
            [("a", ObjectState.Conflict), ("b", ObjectState.ChangedInKestra), ("c", ObjectState.Invalid), ("d", ObjectState.Ignored), ("seen", ObjectState.Unmanaged)],
            known.OrderBy(o => o.Id, StringComparer.Ordinal).Select(o => (o.Id, o.State)));
        Assert.Equal("flows/sub/b.yml", known.Single(o => o.Id == "b").Path);

        var tree = ObjectTree.Of(known);
        Assert.Equal(["flows", "only in Kestra"], tree.Select(n => n.Name));
        Assert.Equal((ObjectState.Invalid, 4), (tree[0].State, tree[0].Objects));
        Assert.Equal(["sub", "a.yml", "c.yml", "d.yml"], tree[0].Children.Select(n => n.Name));
        Assert.Equal(ObjectState.ChangedInKestra, tree[0].Children[0].State);
    }

    [Fact]
    public void What_is_only_planned_has_changed_in_Git_and_what_was_written_is_in_sync()
    {
        ChangeRow[] rows = [Row("a", "flows/a.yml", "updated"), Row("new", "flows/new.yml", "added")];
        Assert.Equal(ObjectState.ChangedInGit, ObjectTree.Known(Owned, [], rows, planned: true).Single(o => o.Id == "new").State);
        var written = ObjectTree.Known(Owned, [], rows, planned: false);
        Assert.Equal(ObjectState.InSync, written.Single(o => o.Id == "a").State);
        Assert.DoesNotContain(written, o => o.Id == "new");
    }

    [Fact]
    public void A_path_that_is_nothing_but_slashes_breaks_nothing() =>
        Assert.Empty(ObjectTree.Of([new("file", "", "", "///", ObjectState.InSync, null)]));

    private static (string, InventoryEntry) Entry(string id, string path) =>
        ("git", new(new(ResourceKind.Flow, "n", id), path, path.Length > 0 ? "blob" : "", "d", "l", "1", 1));

    private static ChangeRow Row(string id, string path, string action) => new("git", "flow", "n", id, path, action, "why");
}
