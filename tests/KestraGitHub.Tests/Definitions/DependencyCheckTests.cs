using KestraGitHub.Definitions;

namespace KestraGitHub.Tests.Definitions;

public sealed class DependencyCheckTests
{
    [Fact]
    public void A_chain_of_dependencies_loads() => Assert.All(Catalog(("a", "b"), ("b", "c"), ("c", null)).Entries, e => Assert.NotNull(e.Definition));

    [Fact]
    public void Whoever_waits_for_itself_by_some_way_round_is_refused_and_the_way_is_told()
    {
        var catalog = Catalog(("a", "b"), ("b", "c"), ("c", "a"), ("d", "a"));
        Assert.Equal(["a.yml", "b.yml", "c.yml"], catalog.Entries.Where(e => e.Definition is null).Select(e => e.File));
        Assert.Contains("main/system/a → main/system/b → main/system/c → main/system/a", Assert.Single(catalog.Entries[0].Faults).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void One_that_waits_for_itself_is_refused() => Assert.Single(Catalog(("a", "a")).Entries[0].Faults);

    [Fact]
    public void One_that_waits_for_what_is_not_there_is_refused_by_name() =>
        Assert.Contains("main/system/gone", Assert.Single(Catalog(("a", "gone")).Entries[0].Faults).ToString(), StringComparison.Ordinal);

    private static DefinitionCatalog Catalog(params (string Id, string? After)[] syncs) => DefinitionCatalogBuilder.Build(
        syncs.Select(s => ($"{s.Id}.yml", Load.Text(
            Load.Sync(flow: s.After is null ? "" : $"x-kestra-github: {{dependsOn: {s.After}}}").Replace("id: sync\n", $"id: {s.Id}\n", StringComparison.Ordinal)))),
        DefinitionCatalog.Empty);
}
