using KestraGitHub.Reconciliation;

namespace KestraGitHub.Tests.Reconciliation;

public sealed class UndoPlannerTests
{
    private static readonly TargetAddress Kestra = new("http://kestra", "main");
    private static readonly Standing Old = new("old", "like-old", "1", 3);
    private static readonly Standing New = new("new", "like-new", "2", 4);

    private static ResourceKey Key(string id) => new(ResourceKind.Flow, "prod", id);

    private static JournalEntry Entry(string id, Standing? before, Standing? after, long position = 1) =>
        new(position, "sync", Kestra, Key(id), $"{id}.yaml", before, after, null, JournalState.Planned, default);

    private static Resource At(string id, Standing as_) => new(Key(id), "", as_.Digest, as_.Likeness, as_.Version, as_.Size);

    private static ResourceSet Now(params Resource[] resources) => new("", resources.ToDictionary(r => r.Key), []);

    private static Change One(JournalEntry entry, ResourceSet now, UndoScope scope = UndoScope.Everything) => Assert.Single(UndoPlanner.Plan([entry], now, scope).Changes);

    [Fact]
    public void What_was_added_and_stands_so_is_deleted() => Assert.Equal(ChangeAction.Deleted, One(Entry("a", null, New), Now(At("a", New))).Action);

    [Fact]
    public void What_was_updated_and_stands_so_gets_its_old_bytes_back()
    {
        var change = One(Entry("a", Old, New), Now(At("a", New)));
        Assert.Equal((ChangeAction.Updated, "old", 3L, "new"), (change.Action, change.Desired!.Digest, change.Desired.Size, change.Actual!.Digest));
    }

    [Fact]
    public void What_was_deleted_and_is_gone_comes_back()
    {
        var change = One(Entry("a", Old, null), Now());
        Assert.Equal((ChangeAction.Added, "old"), (change.Action, change.Desired!.Digest));
    }

    [Fact]
    public void What_stands_as_before_is_nobodys_work()
    {
        Assert.Equal(ChangeAction.Unchanged, One(Entry("a", null, New), Now()).Action);
        Assert.Equal(ChangeAction.Unchanged, One(Entry("a", Old, New), Now(At("a", Old))).Action);
        Assert.Equal(ChangeAction.Unchanged, One(Entry("a", Old, null), Now(At("a", Old))).Action);
        Assert.Equal(ChangeAction.Unchanged, One(Entry("a", null, null), Now()).Action);
    }

    [Fact]
    public void What_somebody_else_changed_since_is_left()
    {
        var theirs = At("a", new Standing("theirs", "like-theirs", "3", 9));
        foreach (var (before, after) in new[] { (null, New), (Old, New), (Old, null), (null, (Standing?)null) })
        {
            var change = One(Entry("a", before, after), Now(theirs));
            Assert.Equal((ChangeAction.Conflict, UndoPlanner.SomebodyElse), (change.Action, change.Reason));
        }
    }

    [Fact]
    public void What_somebody_else_deleted_since_is_left_deleted() => Assert.Equal(ChangeAction.Conflict, One(Entry("a", Old, New), Now()).Action);

    [Fact]
    public void What_the_server_stores_a_little_differently_is_still_what_was_written()
    {
        Assert.Equal(ChangeAction.Updated, One(Entry("a", Old, New), Now(At("a", New with { Digest = "new, trimmed" }))).Action);
        Assert.Equal(ChangeAction.Unchanged, One(Entry("a", Old, New), Now(At("a", Old with { Digest = "old, trimmed" }))).Action);
    }

    [Fact]
    public void Where_only_line_ends_were_changed_the_exact_bytes_come_back()
    {
        var (crlf, lf) = (new Standing("crlf", "same", "1", 5), new Standing("lf", "same", "2", 4));
        Assert.Equal(ChangeAction.Updated, One(Entry("a", crlf, lf), Now(At("a", lf))).Action);
        Assert.Equal(ChangeAction.Unchanged, One(Entry("a", crlf, lf), Now(At("a", crlf))).Action);
    }

    [Fact]
    public void What_nobody_could_read_before_cannot_be_put_back_and_is_not_deleted()
    {
        var change = One(Entry("a", new Standing("", "", "", 0), New), Now(At("a", New)));
        Assert.Equal(ChangeAction.Failed, change.Action);
        Assert.False(change.Writes);
    }

    [Fact]
    public void What_cannot_be_read_now_is_never_taken_for_gone()
    {
        var now = Now() with { Problems = [new ReadProblem(ProblemKind.Invalid, ResourceKind.Flow, "", "prod", "it is broken", [Key("a")])] };
        Assert.Equal(ChangeAction.Conflict, One(Entry("a", Old, null), now).Action);
        Assert.Equal(ChangeAction.Conflict, One(Entry("a", null, New), now).Action);
    }

    [Fact]
    public void The_newest_entry_of_an_object_counts_and_the_newest_object_comes_first()
    {
        var theirs = new Standing("theirs", "like-theirs", "3", 9);
        var plan = UndoPlanner.Plan(
            [Entry("a", Old, New, 1), Entry("b", null, New, 2), Entry("a", theirs, New, 3)], Now(At("a", New), At("b", New)));
        Assert.Equal([("a", ChangeAction.Updated), ("b", ChangeAction.Deleted)], plan.Changes.Select(c => (c.Key.Id, c.Action)));
        Assert.Equal("theirs", plan.Changes[0].Desired!.Digest);
    }

    [Fact]
    public void A_restore_brings_back_what_was_deleted_and_nothing_else()
    {
        JournalEntry[] entries = [Entry("added", null, New, 1), Entry("updated", Old, New, 2), Entry("deleted", Old, null, 3)];
        var plan = UndoPlanner.Plan(entries, Now(At("added", New), At("updated", New)), UndoScope.Deletions);
        Assert.Equal(["deleted"], plan.Changes.Select(c => c.Key.Id));
        Assert.Equal(ChangeAction.Added, plan.Changes[0].Action);
    }

    [Fact]
    public void A_restore_overwrites_nothing_that_exists_again()
    {
        Assert.Equal(ChangeAction.Conflict, One(Entry("a", Old, null), Now(At("a", New)), UndoScope.Deletions).Action);
        Assert.Equal(ChangeAction.Unchanged, One(Entry("a", Old, null), Now(At("a", Old)), UndoScope.Deletions).Action);
    }

    [Fact]
    public void A_second_attempt_keeps_the_original_unless_somebody_edited_meanwhile()
    {
        var entry = Entry("a", Old, New);
        Assert.True(UndoPlanner.Keeps(entry, At("a", Old)));
        Assert.True(UndoPlanner.Keeps(entry, At("a", New)));
        Assert.False(UndoPlanner.Keeps(entry, At("a", new Standing("theirs", "like-theirs", "3", 9))));
        Assert.False(UndoPlanner.Keeps(entry, null));
        Assert.False(UndoPlanner.Keeps(null, At("a", Old)));
        Assert.True(UndoPlanner.Keeps(Entry("a", Old, null), null));
    }
}
