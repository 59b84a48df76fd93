using KestraGitHub.Reconciliation;

namespace KestraGitHub.Tests.Reconciliation;

public sealed class ScopeTests
{
    private static readonly KindSet Kinds = new(ResourceKind.Flow, ResourceKind.NamespaceFile);

    [Theory]
    [InlineData("", true, "any.where", true)]
    [InlineData("dev", false, "dev", true)]
    [InlineData("dev", false, "dev.sub", false)]
    [InlineData("dev", true, "dev.sub", true)]
    [InlineData("dev", true, "development", false)]
    public void A_scope_holds_a_namespace_its_tree_or_the_tenant(string ns, bool children, string of, bool holds)
    {
        var scope = new Scope(Kinds, ns, children);
        Assert.Equal(holds, scope.Contains(new ResourceKey(ResourceKind.Flow, of, "a")));
        Assert.Equal(holds, scope.Contains(new ResourceKey(ResourceKind.NamespaceFile, of, "a")));
        Assert.False(scope.Contains(new ResourceKey(ResourceKind.App, of, "a")));
    }

    [Fact]
    public void Sets_of_the_same_kinds_are_equal_and_go_in_the_order_of_apply()
    {
        Assert.Equal(Kinds, new KindSet(ResourceKind.NamespaceFile, ResourceKind.Flow));
        Assert.Equal([ResourceKind.NamespaceFile, ResourceKind.Flow], Kinds);
        Assert.Equal(Scope.Tenant(Kinds), new Scope(Kinds, "", true));
        Assert.Equal(new Scope(ResourceKind.Flow, "dev", false), new Scope(Kinds, "dev", true).Only(ResourceKind.Flow, "dev"));
    }

    [Fact]
    public void Files_of_a_folder_that_nothing_says_to_be_a_namespace_are_left_alone()
    {
        ResourceSet kestra = Set(Flow("known.sub", "a")), git = Set(File("src", "lib/a.c"), File("src", "main.c"), File("known", "f"), File("own", "g"), File("told", "h"), Flow("told", "x"));
        var entry = new InventoryEntry(new ResourceKey(ResourceKind.NamespaceFile, "own", "gone"), "own/files/gone", "blob", "d", "d", "", 1);
        var (desired, actual) = UnclaimedFolders.LeftAlone(kestra, git, new Inventory(new Dictionary<ResourceKey, InventoryEntry> { [entry.Key] = entry }));
        Assert.Equal(("src/files", ProblemKind.Ignored), (Assert.Single(desired.Problems).Path, desired.Problems[0].Kind));
        Assert.Equal(["known", "own", "told", "told"], actual.Resources.Keys.Select(k => k.Namespace).Order());
    }

    private static ResourceSet Set(params Resource[] resources) => new("", resources.ToDictionary(r => r.Key), []);

    private static Resource Flow(string ns, string id) => new(new ResourceKey(ResourceKind.Flow, ns, id), $"{ns}/flows/{id}.yaml", "d", "d", "v", 1);

    private static Resource File(string ns, string id) => new(new ResourceKey(ResourceKind.NamespaceFile, ns, id), $"{ns}/files/{id}", "d", "d", "v", 1);
}
