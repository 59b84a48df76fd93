using KestraGitHub.Reconciliation;

namespace KestraGitHub.Tests.Reconciliation;

/// <summary>Every case of the three-way decision, in both directions, told by the rows that people read.</summary>
public sealed class ThreeWayTests
{
    /// <summary>
    /// Source and target since the last run: <c>same</c>, <c>new</c> (each its own edit), <c>both</c> (the same edit on both sides), <c>ends</c> (other line ends
    /// only), <c>gone</c>. S and T stand for the names of the sides.
    /// </summary>
    public static TheoryData<string, string, string, string, string> Cases => new()
    {
        // source, target, onDrift, onConflict, row
        { "same", "same", "overwrite", "source", "Unchanged: " },
        { "same", "ends", "report", "fail", "Unchanged: differs in line ends or final newlines only" },
        { "same", "new", "overwrite", "fail", "Updated: edited in T{rev}; S wins" },
        { "same", "new", "report", "source", "Kept: edited in T{rev}; onDrift is report" },
        { "same", "gone", "overwrite", "fail", "Added: was applied before and is gone from T" },
        { "same", "gone", "report", "source", "Kept: was deleted in T; onDrift is report" },
        { "new", "same", "report", "fail", "Updated: changed in S" },
        { "new", "ends", "report", "fail", "Updated: changed in S" },
        { "new", "new", "report", "source", "Updated: changed in S; the edit in T{rev} is overwritten, {copy}" },
        { "new", "new", "overwrite", "target", "Conflict: changed in S, edited in T{rev}; onConflict is target" },
        { "new", "new", "overwrite", "fail", "Conflict!: changed in S, edited in T{rev}" },
        { "new", "new", "overwrite", "merge", "Conflict!?: changed in S, edited in T{rev}" },
        { "both", "both", "report", "fail", "Unchanged: " },
        { "ends", "new", "report", "fail", "Kept: edited in T{rev}; onDrift is report" },
        { "ends", "new", "overwrite", "fail", "Updated: edited in T{rev}; S wins" },
        { "new", "gone", "report", "source", "Added: changed in S; was deleted in T, and is put back" },
        { "new", "gone", "overwrite", "target", "Conflict: changed in S, was deleted in T; onConflict is target" },
        { "new", "gone", "overwrite", "fail", "Conflict!: changed in S, was deleted in T" },
        { "new", "gone", "overwrite", "merge", "Conflict!: changed in S, was deleted in T" },
        { "gone", "same", "report", "fail", "Deleted: no longer in S" },
        { "gone", "ends", "report", "fail", "Deleted: no longer in S" },
        { "gone", "new", "report", "source", "Deleted: no longer in S; the edit in T{rev} goes with it, {copy}" },
        { "gone", "new", "overwrite", "target", "Conflict: deleted in S, edited in T{rev}; onConflict is target" },
        { "gone", "new", "overwrite", "fail", "Conflict!: deleted in S, edited in T{rev}" },
        { "gone", "new", "overwrite", "merge", "Conflict!: deleted in S, edited in T{rev}" },
        { "gone", "gone", "report", "fail", "" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void From_git_to_kestra(string source, string target, string onDrift, string onConflict, string row) => Check(Direction.GitToKestra, source, target, onDrift, onConflict, row);

    [Theory]
    [MemberData(nameof(Cases))]
    public void From_kestra_to_git(string source, string target, string onDrift, string onConflict, string row) => Check(Direction.KestraToGit, source, target, onDrift, onConflict, row);

    /// <summary>Only line ends in Git: stored all the same. On the way to Git it would go to and fro for ever.</summary>
    [Fact]
    public void Other_line_ends_of_the_source_alone_are_applied_to_kestra_and_not_to_git()
    {
        Assert.Equal("Updated: changed in Git", Row(Plan(Direction.GitToKestra, "ends", "same", OnDrift.Report, OnConflict.Fail)));
        Assert.Equal("Unchanged: differs in line ends or final newlines only", Row(Plan(Direction.KestraToGit, "ends", "same", OnDrift.Report, OnConflict.Fail)));
    }

    [Fact]
    public void Every_pair_of_moves_has_its_outcome_under_every_policy()
    {
        foreach (var source in Enum.GetValues<Moved>())
        foreach (var target in Enum.GetValues<Moved>())
        foreach (var onDrift in Enum.GetValues<OnDrift>())
        foreach (var onConflict in Enum.GetValues<OnConflict>())
        {
            var outcome = ThreeWay.Decide(source, target, onDrift, onConflict);
            var bothMoved = source != Moved.No && target != Moved.No && !(source == Moved.Gone && target == Moved.Gone);
            Assert.Equal(bothMoved, outcome is Outcome.SourceWins or Outcome.TargetWins or Outcome.Merge or Outcome.Fail);
            Assert.Equal(source == Moved.No && target != Moved.No, outcome is Outcome.Overwrite or Outcome.Leave);
            Assert.Equal(target == Moved.No && source != Moved.No, outcome == Outcome.Apply);
            if (outcome == Outcome.Merge) Assert.Equal((Moved.Changed, Moved.Changed), (source, target));
        }
    }

    [Fact]
    public void A_conflict_that_stops_names_the_objects_and_a_way_out()
    {
        var blocker = Plan(Direction.GitToKestra, "new", "new", OnDrift.Overwrite, OnConflict.Fail).Blocker;
        Assert.Equal(
            "1 object changed in Git and in Kestra, and onConflict is fail: nothing was written: flow prod/a (changed in Git, edited in Kestra (revision 7)). "
            + "Make both sides equal, or say which one wins: in `onConflict` of the definition, or for one run on its page and with `run --on-conflict`.", blocker);
        Assert.Null(Plan(Direction.GitToKestra, "new", "new", OnDrift.Overwrite, OnConflict.Target).Blocker);
    }

    /// <summary>What was left at one run is still an edit at the next, and still knows what it was an edit of.</summary>
    [Fact]
    public void An_edit_that_stays_is_known_at_the_next_run_and_can_still_become_a_conflict()
    {
        var left = Assert.Single(InventoryUpdate.Of(Plan(Direction.GitToKestra, "same", "new", OnDrift.Report, OnConflict.Fail), [], Known).Put);
        Assert.Equal(("target", "base"), (left.Likeness, left.AppliedLikeness));
        var inventory = new Inventory(new Dictionary<ResourceKey, InventoryEntry> { [Key] = left });
        Assert.Equal("Kept: edited in Kestra (revision 7); onDrift is report", Row(Plan(Direction.GitToKestra, "same", "new", OnDrift.Report, OnConflict.Fail, inventory)));
        Assert.StartsWith("Conflict!", Row(Plan(Direction.GitToKestra, "new", "new", OnDrift.Report, OnConflict.Fail, inventory)), StringComparison.Ordinal);
        Assert.Equal("Unchanged: ", Row(Plan(Direction.GitToKestra, "same", "same", OnDrift.Report, OnConflict.Fail, inventory)));
    }

    [Fact]
    public void A_delete_that_stays_is_known_at_the_next_run_too()
    {
        var plan = Plan(Direction.GitToKestra, "same", "gone", OnDrift.Report, OnConflict.Target);
        var update = InventoryUpdate.Of(plan, [], Known);
        var left = Assert.Single(update.Put);
        Assert.True(left is { Gone: true, Owned: true, AppliedLikeness: "base" });
        Assert.True(update.Faithful);
        var inventory = new Inventory(new Dictionary<ResourceKey, InventoryEntry> { [Key] = left });
        Assert.Empty(inventory.Held.Entries);
        Assert.Equal("Kept: was deleted in Kestra; onDrift is report", Row(Plan(Direction.GitToKestra, "same", "gone", OnDrift.Report, OnConflict.Target, inventory)));
        Assert.Equal("Conflict: changed in Git, was deleted in Kestra; onConflict is target", Row(Plan(Direction.GitToKestra, "new", "gone", OnDrift.Report, OnConflict.Target, inventory)));
    }

    [Fact]
    public void A_merge_is_left_alone_until_either_side_moves_and_hides_nothing()
    {
        InventoryEntry merged = new(Key, "_flows/a.yml", "blob1", "merged", "merged", "8", 1) { Merged = true };
        Assert.Equal("Unchanged: holds a merge of both", Row(With(merged, OnConflict.Merge, "base", "blob1", "merged")));
        // The mark alone makes the difference.
        Assert.Equal("Updated: differs from Git", Row(With(merged with { Merged = false }, OnConflict.Merge, "base", "blob1", "merged")));
        Assert.Equal("Updated: edited in Kestra (revision 7); Git wins", Row(With(merged, OnConflict.Merge, "base", "blob1", "again")));
        // What was joined holds an edit: a change of Git is joined with it again, from what Git was then.
        Assert.Equal("Conflict!?: changed in Git, edited in Kestra (revision 7)", Row(With(merged, OnConflict.Merge, "next", "blob2", "merged")));
        // A person who wishes no merges any more gets what Git holds.
        Assert.Equal("Updated: edited in Kestra (revision 7); Git wins", Row(With(merged, OnConflict.Source, "base", "blob1", "merged")));
        var kept = InventoryUpdate.Of(With(merged, OnConflict.Merge, "base", "blob1", "merged"), [], new(new Dictionary<ResourceKey, InventoryEntry> { [Key] = merged with { TargetVersion = "7", Size = 6 } }));
        Assert.Empty(kept.Put);
    }

    [Fact]
    public void What_the_target_makes_unreadable_is_an_edit()
    {
        var problem = new ReadProblem(ProblemKind.Invalid, ResourceKind.Flow, "a", "prod", "no YAML", [Key]);
        var plan = SyncPlanner.Plan(
            Set(Resource("base", "blob1")), Set() with { Problems = [problem] }, Known, Policy(Direction.GitToKestra, OnDrift.Report, OnConflict.Fail));
        Assert.Equal("Kept: what Kestra holds cannot be read any more; onDrift is report", Row(plan));
    }

    private static readonly ResourceKey Key = new(ResourceKind.Flow, "prod", "a");

    private static Inventory Known { get; } = new(new Dictionary<ResourceKey, InventoryEntry> { [Key] = new(Key, "_flows/a.yml", "blob1", "base", "base", "6", 4) });

    private static void Check(Direction direction, string source, string target, string onDrift, string onConflict, string row)
    {
        var toKestra = direction == Direction.GitToKestra;
        var (s, t) = toKestra ? ("Git", "Kestra") : ("Kestra", "Git");
        var expected = row.Replace(" S;", $" {s};", StringComparison.Ordinal).Replace(" S ", $" {s} ", StringComparison.Ordinal).Replace(" S,", $" {s},", StringComparison.Ordinal)
            .Replace(" T", $" {t}", StringComparison.Ordinal).Replace("{rev}", toKestra ? " (revision 7)" : "", StringComparison.Ordinal)
            .Replace("{copy}", toKestra ? "the journal keeps it" : "the branch's history keeps it", StringComparison.Ordinal);
        if (expected.EndsWith(" S", StringComparison.Ordinal)) expected = expected[..^1] + s;
        var plan = Plan(direction, source, target, Enum.Parse<OnDrift>(onDrift, true), Enum.Parse<OnConflict>(onConflict, true));
        Assert.Equal(expected, Row(plan));
        Assert.Equal(expected.Contains('!', StringComparison.Ordinal), plan.Blocker is not null);
    }

    private static SyncPlan Plan(Direction direction, string source, string target, OnDrift onDrift, OnConflict onConflict, Inventory? known = null)
    {
        var desired = source == "gone" ? null : Resource(Text(source, "source"), source == "same" ? "blob1" : "blob2");
        var actual = target == "gone" ? null : Resource(Text(target, "target"), "7");
        // Another object, so that the source is not empty.
        var other = Resource("x", "blob") with { Key = Key with { Id = "z" } };
        var plan = SyncPlanner.Plan(
            desired is null ? Set(other) : Set(desired, other), actual is null ? Set(other) : Set(actual, other), known ?? Known, Policy(direction, onDrift, onConflict));
        return plan with { Changes = [.. plan.Changes.Where(c => c.Key == Key)] };
    }

    private static SyncPlan With(InventoryEntry known, OnConflict onConflict, string source, string blob, string target) => SyncPlanner.Plan(
        Set(Resource(source, blob)), Set(Resource(target, "7")), new Inventory(new Dictionary<ResourceKey, InventoryEntry> { [Key] = known }),
        Policy(Direction.GitToKestra, OnDrift.Overwrite, onConflict));

    private static string Text(string word, string own) => word switch { "new" => own, "both" => "both", "ends" => "base\r", _ => "base" };

    private static Resource Resource(string text, string version) => new(Key, "_flows/a.yml", text, text.TrimEnd('\r'), version, text.Length);

    private static ResourceSet Set(params Resource[] resources) => new("c", resources.ToDictionary(r => r.Key), []);

    private static SyncPolicy Policy(Direction direction, OnDrift onDrift, OnConflict onConflict) =>
        new(WhenMissing.Delete, false, [], null) { Direction = direction, OnDrift = onDrift, OnConflict = onConflict };

    private static string Row(SyncPlan plan) => string.Join('\n', plan.Changes.Select(c => $"{c.Action}{(c.Stops ? "!" : "")}{(c.MergeFrom is null ? "" : "?")}: {c.Reason}"));
}
