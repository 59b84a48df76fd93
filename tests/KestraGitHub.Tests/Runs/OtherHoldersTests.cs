using KestraGitHub.Definitions;
using KestraGitHub.Reconciliation;
using KestraGitHub.Runs;
using KestraGitHub.Storage;

namespace KestraGitHub.Tests.Runs;

public sealed class OtherHoldersTests
{
    private static readonly ResourceKey Key = new(ResourceKind.Flow, "prod", "x");

    private static readonly Holder Other = new(new SyncKey("main", "system", "other"), "t", Key, "_other/x.yaml", "there", "old");

    private static Change Write(ChangeAction action, string? likeness, string path = "_flows/x.yaml") =>
        new(action, Key, path, "", likeness is null ? null : new Resource(Key, path, likeness, likeness, "new blob", 1), null);

    private static InventoryEntry Own(string likeness, string sourceVersion) => new(Key, "_flows/x.yaml", sourceVersion, likeness, likeness, "1", 1);

    [Theory]
    [InlineData(ChangeAction.Added, "old", false)]
    [InlineData(ChangeAction.Added, "new", true)]
    [InlineData(ChangeAction.Deleted, null, true)]
    public void Another_wish_is_other_content_or_a_delete(ChangeAction action, string? likeness, bool differs) =>
        Assert.Equal(differs, OtherHolders.Differs(Write(action, likeness), Other, false, false, null));

    [Fact]
    public void One_path_of_one_source_is_one_wish()
    {
        var same = Other with { Path = "_flows/x.yaml" };
        Assert.False(OtherHolders.Differs(Write(ChangeAction.Updated, "new"), same, sameSource: true, pushes: false, null));
        Assert.True(OtherHolders.Differs(Write(ChangeAction.Updated, "new"), same, sameSource: false, pushes: false, null));
        Assert.True(OtherHolders.Differs(Write(ChangeAction.Updated, "new"), Other, sameSource: true, pushes: false, null));
        Assert.False(OtherHolders.Differs(Write(ChangeAction.Deleted, null), Other, sameSource: true, pushes: true, null));
    }

    [Fact]
    public void Who_agreed_before_may_move_on_and_may_not_undo_the_other()
    {
        Assert.False(OtherHolders.Differs(Write(ChangeAction.Updated, "new"), Other, false, false, Own("old", "old blob")));
        Assert.True(OtherHolders.Differs(Write(ChangeAction.Updated, "new"), Other, false, false, Own("old", "new blob")));
        Assert.True(OtherHolders.Differs(Write(ChangeAction.Updated, "new"), Other, false, false, Own("older", "old blob")));
    }
}
