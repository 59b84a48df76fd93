using KestraGitHub.Reconciliation;

namespace KestraGitHub.Tests.Reconciliation;

/// <summary>The same planner on the way from Kestra to Git.</summary>
public sealed class PushPlanTests
{
    private static readonly SyncPolicy Policy = new(WhenMissing.Delete, IgnoreInvalid: true, [], null) { Direction = Direction.KestraToGit };

    [Fact]
    public void A_row_names_the_file_that_is_there_and_the_sides_as_they_are()
    {
        var plan = Plan([Held("a", "new"), Held("b", "x")], [File("a", "_flows/named.yaml", "old"), File("gone", "_flows/gone.yaml", "x")]);
        Assert.Equal(
            ["Updated _flows/named.yaml: differs from Kestra", "Added _flows/b.yml: new in Kestra", "Deleted _flows/gone.yaml: not in Kestra"], Rows(plan));
    }

    [Fact]
    public void Line_ends_alone_are_never_passed_to_and_fro()
    {
        var known = new InventoryEntry(Key("a"), "_flows/a.yml", "rev1", "x\n", "x", "blob", 2);
        var plan = Plan([Held("a", "x", "x", "rev2")], [File("a", "_flows/a.yml", "x\n", "x")], Policy, known);
        Assert.Equal("Unchanged", Assert.Single(plan.Changes).Action.ToString());
        // In the other direction the very same is a change: a new file of Git is stored as it is.
        Assert.Equal("Updated", Assert.Single(Plan([Held("a", "x", "x", "rev2")], [File("a", "", "x\n", "x")], Policy with { Direction = Direction.GitToKestra }, known).Changes).Action.ToString());
    }

    [Fact]
    public void A_selection_of_nothing_deletes_and_an_empty_Kestra_does_not()
    {
        ResourceSet whole = Set([Held("other", "x")]);
        var selected = whole with { Resources = new Dictionary<ResourceKey, Resource>() };
        var actual = Set([File("a", "_flows/a.yml", "x")]);
        Assert.Equal(["Deleted _flows/a.yml: not in Kestra"], Rows(SyncPlanner.Plan(selected, actual, Inventory.Empty, Policy)));
        Assert.Equal(["Kept _flows/a.yml: nothing usable is left in Kestra: an empty source never deletes"], Rows(SyncPlanner.Plan(Set([]), actual, Inventory.Empty, Policy)));
    }

    [Fact]
    public void Only_deletes_where_that_is_asked_for() => Assert.Equal(
        ["Skipped _flows/a.yml: differs from Kestra; only deletes are asked for", "Skipped _flows/b.yml: new in Kestra; only deletes are asked for", "Deleted _flows/c.yml: not in Kestra"],
        Rows(Plan([Held("a", "new"), Held("b", "x")], [File("a", "_flows/a.yml", "old"), File("c", "_flows/c.yml", "x")], Policy with { OnlyDeletes = true })));

    private static SyncPlan Plan(Resource[] kestra, Resource[] git, SyncPolicy? policy = null, params InventoryEntry[] known) =>
        SyncPlanner.Plan(Set(kestra), Set(git), new Inventory(known.ToDictionary(k => k.Key)), policy ?? Policy);

    private static ResourceSet Set(Resource[] resources) => new("", resources.ToDictionary(r => r.Key), []);

    private static ResourceKey Key(string id) => new(ResourceKind.Flow, "dev", id);

    private static Resource Held(string id, string text, string? like = null, string version = "rev1") => File(id, $"_flows/{id}.yml", text, like, version);

    private static Resource File(string id, string path, string text, string? like = null, string version = "v") => new(Key(id), path, text, like ?? text, version, text.Length);

    private static string[] Rows(SyncPlan plan) => [.. plan.Changes.Select(c => $"{c.Action} {c.Path}: {c.Reason}")];
}
