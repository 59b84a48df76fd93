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

    private static DefinitionCatalog Build(DefinitionCatalog previous, params (string File, string Yaml)[] files) =>
        DefinitionCatalogBuilder.Build(files.Select(f => (f.File, Load.Text(f.Yaml))), previous);
}
