using KestraGitHub.Definitions;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Tests.Definitions;

public class SelectionTests
{
    [Theory]
    [InlineData("**", "anything", true)]
    [InlineData("*", "a.b-c", true)]
    [InlineData("second*", "second-flow", true)]
    [InlineData("second*", "a-second-flow", false)]
    [InlineData("glob:a?c", "abc", true)]
    [InlineData("[ab]*", "bx", true)]
    [InlineData("[!ab]*", "bx", false)]
    [InlineData("[!ab]*", "cx", true)]
    [InlineData("{etl,load}_*", "load_x", true)]
    [InlineData("{etl,load}_*", "{etl,load}_x", false)]
    [InlineData("{etl_*", "{etl_x", true)]
    [InlineData("[etl_*", "[etl_x", true)]
    [InlineData("[z-a]", "b", false)]
    public void A_flow_is_met_by_its_id(string glob, string id, bool matches) =>
        Assert.Equal(matches, new Selection(["nothing", glob]).Matches(new ResourceKey(ResourceKind.Flow, "dev", id)));

    [Theory]
    [InlineData("*", "dir/deep/c.sql", true)]
    [InlineData("**", "dir/deep/c.sql", true)]
    [InlineData("*.sql", "dir/deep/c.sql", true)]
    [InlineData("/*.sql", "dir/deep/c.sql", false)]
    [InlineData("/*.sql", "c.sql", true)]
    [InlineData("dir/**", "dir/deep/c.sql", true)]
    [InlineData("dir/**", "x/dir/c.sql", true)]
    [InlineData("/dir/**", "x/dir/c.sql", false)]
    [InlineData("nested/*", "nested/x", true)]
    [InlineData("nested/*", "nested/x/y", false)]
    [InlineData("dir/", "dir/deep/c.sql", true)]
    [InlineData("regex:/dir/.*[.]sql", "dir/deep/c.sql", true)]
    [InlineData("regex:/dir/[^/]*[.]sql", "dir/deep/c.sql", false)]
    public void A_file_is_met_by_its_path_at_any_depth(string glob, string path, bool matches) =>
        Assert.Equal(matches, new Selection([glob]).Matches(new ResourceKey(ResourceKind.NamespaceFile, "dev", path)));
}
