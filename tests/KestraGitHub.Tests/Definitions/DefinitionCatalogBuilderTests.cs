using KestraGitHub.Definitions;

namespace KestraGitHub.Tests.Definitions;

public class DefinitionCatalogBuilderTests
{
    private static readonly SyncKey Key = new("main", "system", "sync");
    private static readonly string Broken = Load.Sync("delete: maybe");

    [Fact]
    public void A_broken_file_keeps_its_last_good_version_and_shows_its_faults_until_it_is_mended()
    {
        var good = Build(DefinitionCatalog.Empty, ("a.yml", Load.Sync()));
        var broken = Build(Build(good, ("a.yml", Broken)), ("a.yml", "id: ["));
        var entry = broken.Find(Key)!;
        Assert.Same(good.Find(Key)!.Definition, entry.Definition);
        Assert.True(entry.Broken);
        Assert.False(Build(broken, ("a.yml", Load.Sync())).Find(Key)!.Broken);
    }

    [Fact]
    public void A_file_that_never_was_good_has_no_definition()
    {
        var catalog = Build(DefinitionCatalog.Empty, ("a.yml", Broken), ("b.yml", "id: ["));
        Assert.All(catalog.Entries, e => Assert.Null(e.Definition));
        Assert.True(catalog.Find(Key)!.Broken);
        Assert.Null(catalog.Entries[1].Key);
    }

    [Fact]
    public void A_file_that_is_gone_leaves_nothing() => Assert.Empty(Build(Build(DefinitionCatalog.Empty, ("a.yml", Load.Sync()))).Entries);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Two_files_of_one_identity_are_both_refused_and_name_each_other(bool oneIsBroken)
    {
        var catalog = Build(Build(DefinitionCatalog.Empty, ("b.yml", Load.Sync())), ("b.yml", Load.Sync()), ("a.yml", oneIsBroken ? Broken : Load.Sync()));
        Assert.Equal(["a.yml", "b.yml"], catalog.Entries.Select(e => e.File));
        Assert.All(catalog.Entries, e => Assert.Null(e.Definition));
        Assert.Contains("b.yml", catalog.Entries[0].Faults[^1].Message, StringComparison.Ordinal);
        Assert.Contains("a.yml", catalog.Entries[1].Faults[^1].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("id: sync\nnamespace: system\ntasks: [[\n", "main")]
    [InlineData("tasks:\n  - id: git\n    targetNamespace: {{ envs.x }}\nid: \"sync\" # it\nnamespace: 'system'\n", "main")]
    [InlineData("id: sync\nnamespace: system\nx-kestra-github:\n  debounce: PT1S\n  tenant: acme\ntasks:\n\t- id: git\n", "acme")]
    [InlineData("id: sync\nnamespace: system\ntasks: []\n---\nid: other\n", "main")]
    public void A_file_whose_yaml_is_broken_shows_its_faults_under_the_name_that_its_lines_say(string yaml, string tenant)
    {
        var entry = Build(DefinitionCatalog.Empty, ("a.yml", yaml)).Find(new SyncKey(tenant, "system", "sync"))!;
        Assert.Null(entry.Definition);
        Assert.True(entry.Broken);
    }

    [Fact]
    public void What_a_broken_file_most_likely_is_stands_in_nobodys_way()
    {
        var catalog = Build(DefinitionCatalog.Empty, ("a.yml", "id: sync\nnamespace: system\ntasks: [["), ("b.yml", Load.Sync()));
        Assert.Equal("b.yml", catalog.Find(Key)!.File);
        Assert.False(catalog.Find(Key)!.Broken);
        Assert.Null(catalog.Entries[0].Key);
    }

    private static DefinitionCatalog Build(DefinitionCatalog previous, params (string File, string Yaml)[] files) =>
        DefinitionCatalogBuilder.Build(files.Select(f => (f.File, Load.Text(f.Yaml))), previous);
}
