using KestraGitHub.Reconciliation;

namespace KestraGitHub.Tests.Reconciliation;

public sealed class DriftFinderTests
{
    private static readonly Scope Prod = new(ResourceKind.Flow, "prod", includeChildren: true);
    private static readonly SyncPolicy Keep = new(WhenMissing.Keep, false, [], null);

    [Fact]
    public void What_was_edited_or_deleted_has_drifted_and_what_is_as_applied_has_not() =>
        Assert.Equal(["Edited b 7", "Deleted c "], Found([Known("a"), Known("b"), Known("c")], [Held("a"), Held("b", "edited", "7")]));

    [Fact]
    public void An_edit_that_was_left_is_drift_until_it_is_taken_back()
    {
        var left = Known("a").LeftAs(Held("a", "edited", "7"));
        Assert.Equal(["Edited a 7"], Found([left], [Held("a", "edited", "7")]));
        Assert.Empty(Found([left], [Held("a")]));
        Assert.Equal(["Deleted a "], Found([Known("a").LeftAs(null)], []));
    }

    [Fact]
    public void Other_line_ends_are_none() => Assert.Empty(Found([Known("a")], [Held("a") with { Digest = "x\r\n" }]));

    [Fact]
    public void What_is_not_ours_any_more_or_never_was_does_not_drift() => Assert.Empty(Found(
        [Known("a") with { Orphan = true }, Known("b") with { SourceVersion = "", Path = "" }, Known("c") with { Key = new(ResourceKind.Flow, "other", "c") }], [Held("a", "edited")]));

    [Fact]
    public void What_cannot_be_read_was_edited_and_not_deleted()
    {
        var problem = new ReadProblem(ProblemKind.Invalid, ResourceKind.Flow, "a", "prod", "broken", [Key("a")]);
        Assert.Equal(["Edited a "], Found([Known("a")], [], problems: [problem]));
        var anyOf = problem with { Shields = [], ShieldsNamespace = true };
        Assert.Empty(Found([Known("a")], [], problems: [anyOf]));
    }

    [Fact]
    public void What_was_added_counts_where_the_next_run_would_delete_it()
    {
        Assert.Empty(Found([Known("a")], [Held("a"), Held("new")]));
        Assert.Equal(["Added new 1"], Found([Known("a")], [Held("a"), Held("new")], Keep with { WhenMissing = WhenMissing.Delete }));
        Assert.Empty(Found([Known("a")], [Held("a"), Held("new")], Keep with { WhenMissing = WhenMissing.Delete, Self = Key("new") }));
        Assert.Empty(Found([Known("a")], [Held("a"), Held("new")], Keep with { WhenMissing = WhenMissing.Delete, ProtectedNamespaces = ["prod"] }));
    }

    private static string[] Found(InventoryEntry[] known, Resource[] held, SyncPolicy? policy = null, ReadProblem[]? problems = null) =>
        [.. DriftFinder.Find(new Inventory(known.ToDictionary(k => k.Key)), new ResourceSet("", held.ToDictionary(h => h.Key), problems ?? []), Prod, policy ?? Keep)
            .Select(f => $"{f.What} {f.Key.Id} {f.Version}")];

    private static ResourceKey Key(string id) => new(ResourceKind.Flow, "prod", id);

    private static InventoryEntry Known(string id) => new(Key(id), $"_flows/{id}.yml", "blob", "x", "x", "1", 1);

    private static Resource Held(string id, string text = "x", string version = "1") => new(Key(id), "", text, text, version, text.Length);
}
