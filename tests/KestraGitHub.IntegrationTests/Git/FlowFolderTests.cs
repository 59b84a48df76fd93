using System.Text;
using KestraGitHub.Reconciliation;
using KestraGitHub.StandIns.Git;

namespace KestraGitHub.IntegrationTests.Git;

public class FlowFolderTests : GitTest
{
    private static string Flow(string id, string ns = "prod") => $"id: {id}\nnamespace: {ns}\n\ntasks:\n  - id: hello\n    type: t\n    message: n0 # keep\n";

    private static ResourceKey Key(string id, string ns = "prod") => new(ResourceKind.Flow, ns, id);

    private async Task<ResourceSet> ReadAsync(Dictionary<string, SandboxFile> files, bool children = true, Inventory? inventory = null)
    {
        Sandbox.Create();
        Sandbox.Commit("repo.git", "main", files);
        return await Git.FlowsAsync(children: children, inventory: inventory);
    }

    [Fact]
    public async Task Folders_are_namespaces_and_files_are_flows()
    {
        var set = await ReadAsync(new() { ["_flows/a.yaml"] = Flow("a"), ["_flows/b.yml"] = Flow("b", "other"), ["_flows/sub/deep/c.yaml"] = Flow("c"), ["z.yaml"] = Flow("z") });
        Assert.Equal([Key("a"), Key("b"), Key("c", "prod.sub.deep")], set.Resources.Keys.OrderBy(k => k.Id));
        Assert.Empty(set.Problems);
        var b = set.Resources[Key("b")];
        Assert.Equal(Flow("b"), Encoding.UTF8.GetString(b.Content!.Value.Span));
        Assert.Equal(("_flows/b.yml", BlobHash.Of(b.Content.Value.Span), FlowLikeness.Of(b.Content.Value.Span), BlobHash.Of(Encoding.UTF8.GetBytes(Flow("b", "other")))), (b.Path, b.Digest, b.Likeness, b.Version));
        Assert.Equal(Sandbox.Tip("repo.git", "main"), set.Revision);
    }

    [Fact]
    public async Task Without_children_only_the_directory_itself_is_read()
    {
        var set = await ReadAsync(new() { ["_flows/a.yaml"] = Flow("a"), ["_flows/sub/c.yaml"] = "broken: [" }, children: false);
        Assert.Equal([Key("a")], set.Resources.Keys);
        Assert.Empty(set.Problems);
    }

    [Fact]
    public async Task What_is_no_flow_file_is_ignored_and_what_kestraignore_names_is_left_out()
    {
        var set = await ReadAsync(new()
        {
            ["_flows/.kestraignore"] = "tmp*.yaml\n/sub/\n", ["_flows/tmp1.yaml"] = "broken: [", ["_flows/sub/x.yaml"] = Flow("x"), ["_flows/readme.md"] = "# hi\n", ["_flows/.gitkeep"] = "",
            ["_flows/a.yaml"] = Flow("a"), ["_flows/deep/sub/y.YAML"] = Flow("y"),
        });
        Assert.Equal([Key("a"), Key("y", "prod.deep.sub")], set.Resources.Keys.OrderBy(k => k.Id));
        Assert.All(set.Problems, p => Assert.Equal((ProblemKind.Ignored, 0, false), (p.Kind, p.Shields.Count, p.ShieldsNamespace)));
        Assert.Equal(["_flows/.gitkeep", "_flows/readme.md", "_flows/sub/x.yaml", "_flows/tmp1.yaml"], set.Problems.Select(p => p.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Two_files_with_one_id_are_both_wrong()
    {
        var set = await ReadAsync(new() { ["_flows/a.yaml"] = Flow("a"), ["_flows/b.yaml"] = Flow("a"), ["_flows/x.y/c.yaml"] = Flow("c"), ["_flows/x/y/c.yaml"] = Flow("c"), ["_flows/s/a.yaml"] = Flow("a") });
        Assert.Equal([Key("a", "prod.s")], set.Resources.Keys);
        Assert.Equal(4, set.Problems.Count);
        var problem = set.Problems.Single(p => p.Path == "_flows/a.yaml");
        Assert.Equal(ProblemKind.Invalid, problem.Kind);
        Assert.Contains("_flows/b.yaml", problem.Reason, StringComparison.Ordinal);
        Assert.Equal([Key("a")], problem.Shields);
        Assert.Contains(set.Problems, p => p.Namespace == "prod.x.y");
    }

    [Fact]
    public async Task A_broken_file_shields_all_that_it_may_be()
    {
        var inventory = new Inventory(new Dictionary<ResourceKey, InventoryEntry> { [Key("was")] = new(Key("was"), "_flows/known.yaml", "", "", "", "", 0) });
        var set = await ReadAsync(
            new()
            {
                ["_flows/line.yaml"] = "id: told\nx: [", ["_flows/known.yaml"] = "x: [", ["_flows/unknown.yaml"] = "x: [", ["_flows/empty.yaml"] = "", ["_flows/big.yaml"] = new string('#', 1 << 21),
                ["_flows/Bad Dir/a.yaml"] = Flow("a"), ["_flows/two.yaml"] = Flow("t1") + "---\n" + Flow("t2"), ["_flows/twice.yaml"] = "id: w1\n" + Flow("w2"),
                ["_flows/lfs.yaml"] = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
            },
            inventory: inventory);
        Assert.Empty(set.Resources);
        Assert.All(set.Problems, p => Assert.Equal(ProblemKind.Invalid, p.Kind));
        Check("line", false, Key("told"));
        Check("known", false, Key("was"), Key("known"));
        Check("unknown", true, Key("unknown"));
        Check("empty", true, Key("empty"));
        Check("big", true, Key("big"));
        Check("lfs", true, Key("lfs"));
        Check("two", false, Key("t1"), Key("t2"));
        Check("twice", false, Key("w1"), Key("w2"));
        Check("Bad Dir/a", false);

        void Check(string name, bool all, params ResourceKey[] shields)
        {
            var problem = set.Problems.Single(p => p.Path == $"_flows/{name}.yaml");
            Assert.Equal(shields, problem.Shields);
            Assert.Equal(all, problem.ShieldsNamespace);
        }
    }

    [Fact]
    public async Task Links_and_submodules_are_not_followed_and_shield_what_they_may_be()
    {
        var set = await ReadAsync(new()
        {
            ["_flows/a.yaml"] = Flow("a"), ["_flows/abs.yaml"] = SandboxFile.Link("/etc/passwd"), ["_flows/out.yml"] = SandboxFile.Link("../../../x"), ["_flows/dir"] = SandboxFile.Link("../other"),
            ["_flows/loop"] = SandboxFile.Link("loop"), ["_flows/gone.yaml"] = SandboxFile.Link("nowhere"), ["_flows/dotgit.yaml"] = SandboxFile.Link(".git/config"), ["other/b.yaml"] = Flow("b"),
            ["_flows/module"] = SandboxFile.Submodule(new string('1', 40)),
        });
        Assert.Equal([Key("a")], set.Resources.Keys);
        Assert.Equal(7, set.Problems.Count);
        Assert.All(set.Problems, p => Assert.Equal((ProblemKind.Skipped, true), (p.Kind, p.ShieldsNamespace)));
        Assert.Equal("prod.dir", set.Problems.Single(p => p.Path == "_flows/dir").Namespace);
        Assert.Equal([Key("abs")], set.Problems.Single(p => p.Path == "_flows/abs.yaml").Shields);
    }

    [Fact]
    public async Task Five_thousand_flows_are_read_at_once()
    {
        var set = await ReadAsync(Enumerable.Range(0, 5000).ToDictionary(i => $"_flows/n{i % 50}/f{i}.yaml", i => SandboxFile.Of(Flow($"f{i}"))));
        Assert.Equal(5000, set.Resources.Count);
        Assert.Empty(set.Problems);
    }
}
