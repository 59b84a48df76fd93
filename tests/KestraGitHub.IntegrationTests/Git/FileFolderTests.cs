using System.Security.Cryptography;
using System.Text;
using KestraGitHub.Definitions;
using KestraGitHub.Git;
using KestraGitHub.Reconciliation;
using KestraGitHub.StandIns.Git;

namespace KestraGitHub.IntegrationTests.Git;

[Collection("alone")]
public class FileFolderTests : GitTest
{
    private async Task<ResourceSet> ReadAsync(Dictionary<string, SandboxFile> files, string directory = "")
    {
        Sandbox.Create();
        Sandbox.Commit("repo.git", "main", files);
        return await Git.FilesAsync(directory);
    }

    private static IEnumerable<string> Ids(ResourceSet set) => set.Resources.Keys.Select(k => k.Id).Order(StringComparer.Ordinal);

    [Fact]
    public async Task Every_file_below_the_directory_is_one()
    {
        var set = await ReadAsync(
            new() { ["to_clone/.kestraignore"] = "file_to_ignore.txt\ndir_to_ignore\n", ["to_clone/file_to_ignore.txt"] = "x", ["to_clone/dir_to_ignore/file.txt"] = "x", ["to_clone/cloned.json"] = "{}",
                ["to_clone/sub/.kestraignore"] = "*\n", ["to_clone/sub/a.txt"] = "a", ["to_clone/.gitkeep"] = "", ["to_clone/sub/.gitignore"] = "x", ["to_clone/x.gitignore"] = "1", ["to_clone/foo.git"] = "2",
                ["to_clone/_flows/f.yml"] = "id: f", ["to_clone/sub/_flows/g.yml"] = "id: g", ["to_clone/run.sh"] = new(Encoding.UTF8.GetBytes("#!"), "100755"), ["to_clone/empty"] = "", ["above.txt"] = "x" },
            "to_clone");
        Assert.Equal(["cloned.json", "empty", "foo.git", "run.sh", "sub/.kestraignore", "sub/_flows/g.yml", "sub/a.txt", "x.gitignore"], Ids(set));
        var cloned = set.Resources.Values.Single(r => r.Key.Id == "cloned.json");
        Assert.Equal(("to_clone/cloned.json", BlobHash.Of("{}"u8), 2L), (cloned.Path, cloned.Digest, cloned.Size));
        Assert.Equal(
            ["Ignored to_clone/.gitkeep", "Skipped to_clone/_flows/f.yml", "Ignored to_clone/dir_to_ignore/file.txt", "Ignored to_clone/file_to_ignore.txt", "Ignored to_clone/sub/.gitignore"],
            set.Problems.OrderBy(p => p.Path, StringComparer.Ordinal).Select(p => $"{p.Kind} {p.Path}"));
    }

    [Fact]
    public async Task A_directory_whose_name_has_git_in_it_is_a_directory() =>
        Assert.Equal(["hello.txt"], Ids(await ReadAsync(new() { ["to_clone.github_files/hello.txt"] = "x" }, "./to_clone.github_files/")));

    [Fact]
    public async Task Odd_names_are_carried_as_they_are_or_skipped_with_a_reason()
    {
        string[] good = ["CON", "a:b", "dot.", "space ", " lead", "#x", "%2F", "sp ace.txt", "A.yaml", "a.yaml", "caf\u00e9", "cafe\u0301", "\u65e5\u672c/\ud83d\ude00.txt", "-rf", "'q\"", "..x", "a..b", new string('n', 255), "*", "@", "~"];
        string[] bad = ["new\nline", "t\tab", "back\\slash", "\u0001"];
        var set = await ReadAsync(good.Concat(bad).ToDictionary(n => n, n => SandboxFile.Of(n)));
        Assert.Equal(good.Order(StringComparer.Ordinal), Ids(set));
        Assert.Equal(bad.Length, set.Problems.Count);
        Assert.All(set.Problems, p => Assert.Equal((ProblemKind.Skipped, 1), (p.Kind, p.Shields.Count)));
    }

    [Fact]
    public async Task Names_that_no_tool_would_let_through_lead_nowhere()
    {
        Sandbox.Create();
        var blob = Sandbox.Blob("repo.git", "x"u8.ToArray());
        Sandbox.CommitRaw("repo.git", "main", [("100644", ".."u8.ToArray(), blob), ("100644", ".git"u8.ToArray(), blob), ("100644", "a"u8.ToArray(), blob), ("100644", "n\xff"u8.ToArray()[..1].Append((byte)0xFF).ToArray(), blob), ("100644", "x/../y"u8.ToArray(), blob)]);
        var set = await Git.FilesAsync();
        Assert.Equal(["a"], Ids(set));
        Assert.Equal(4, set.Problems.Count);
        Assert.All(set.Problems, p => Assert.Equal(ProblemKind.Skipped, p.Kind));
    }

    [Fact]
    public async Task Links_submodules_and_lfs_pointers_are_skipped_with_a_reason()
    {
        var set = await ReadAsync(new()
        {
            ["abs"] = SandboxFile.Link("/etc/passwd"), ["out"] = SandboxFile.Link("../../x"), ["dir"] = SandboxFile.Link("d"), ["loop"] = SandboxFile.Link("loop"), ["d/a"] = "a", ["module"] = SandboxFile.Submodule(new string('1', 40)),
            ["lfs.bin"] = "version https://git-lfs.github.com/spec/v1\noid sha256:" + new string('a', 64) + "\nsize 12345\n", ["about.bin"] = new string('v', 150),
        });
        Assert.Equal(["about.bin", "d/a"], Ids(set));
        Assert.All(set.Problems, p => Assert.Equal((ProblemKind.Skipped, p.Path), (p.Kind, p.Shields[0].Id)));
        Assert.Contains("LFS", set.Problems.Single(p => p.Path == "lfs.bin").Reason, StringComparison.Ordinal);
        Assert.Contains("symbolic link", set.Problems.Single(p => p.Path == "dir").Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_directory_is_an_error_or_nothing_at_all()
    {
        Sandbox.Create();
        Sandbox.Commit("repo.git", "main", new Dictionary<string, SandboxFile> { ["a/file"] = "x", ["link"] = SandboxFile.Link("a") });
        var fault = await Assert.ThrowsAsync<GitException>(() => Git.FilesAsync("nonexistent/path"));
        Assert.Equal("The directory 'nonexistent/path' was not found in the git repository. Verify if the path exists in the specified branch 'main'.", fault.Message);
        Assert.Equal(GitErrorKind.NotFound, fault.Kind);
        var (set, _) = await Git.ReadAsync(GitFixture.Task(Git.Source(directory: "nope", mustExist: false), Layout.NamespaceFiles));
        Assert.True(set.Missing);
        Assert.Empty(set.Resources);
        Assert.Contains("is a file, not a directory", (await Assert.ThrowsAsync<GitException>(() => Git.FilesAsync("a/file"))).Message, StringComparison.Ordinal);
        Assert.Contains("symbolic link", (await Assert.ThrowsAsync<GitException>(() => Git.FilesAsync("link"))).Message, StringComparison.Ordinal);
        Assert.Equal(GitErrorKind.NotFound, (await Assert.ThrowsAsync<GitException>(() => Git.FilesAsync("../x"))).Kind);
    }

    [Fact]
    public async Task Twenty_thousand_files_are_listed_without_reading_them()
    {
        var set = await ReadAsync(Enumerable.Range(0, 20_000).ToDictionary(i => $"d{i % 200}/f{i}.txt", i => SandboxFile.Of($"{i}")));
        Assert.Equal(20_000, set.Resources.Count);
    }

    [Fact]
    public async Task A_big_file_streams_through_little_memory()
    {
        Sandbox.Create();
        var content = new byte[300 << 20];
        new Random(1).NextBytes(content.AsSpan(0, 1 << 20));
        var digest = Convert.ToHexString(SHA256.HashData(content));
        Sandbox.Commit("repo.git", "main", new Dictionary<string, SandboxFile> { ["big"] = new(content) });
        content = null;
        GC.Collect();
        var (set, store) = await Git.ReadAsync(GitFixture.Task(Git.Source(), Layout.NamespaceFiles));
        var before = GC.GetTotalAllocatedBytes();
        await using var stream = await store.OpenAsync(set.Resources.Values.Single(), default);
        Assert.Equal(digest, Convert.ToHexString(await SHA256.HashDataAsync(stream)));
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 32 << 20);
    }

    [Fact]
    public async Task Streams_may_be_open_side_by_side_and_left_half_read()
    {
        Sandbox.Create();
        Sandbox.Commit("repo.git", "main", Enumerable.Range(0, 20).ToDictionary(i => $"f{i}", i => SandboxFile.Of(new string((char)('a' + i), 100_000))));
        var (set, store) = await Git.ReadAsync(GitFixture.Task(Git.Source(), Layout.NamespaceFiles));
        await Parallel.ForEachAsync(Enumerable.Range(0, 200), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, ct) =>
        {
            var resource = set.Resources[new ResourceKey(ResourceKind.NamespaceFile, "prod", $"f{i % 20}")];
            await using var stream = await store.OpenAsync(resource, ct);
            if (i % 3 == 0) Assert.Equal((byte)('a' + i % 20), (byte)stream.ReadByte());
            else Assert.Equal(resource.Digest, await BlobHash.OfAsync(stream, resource.Size, false, ct));
        });
    }

    [Fact]
    public async Task Submodules_are_read_where_that_is_asked_for()
    {
        Sandbox.Create("lib.git");
        var lib = Sandbox.Commit("lib.git", "main", new Dictionary<string, SandboxFile> { ["x.txt"] = "from lib", ["deep/y.txt"] = "y" });
        Sandbox.Create();
        Sandbox.Commit("repo.git", "main", new Dictionary<string, SandboxFile>
        {
            [".gitmodules"] = "[submodule \"a\"]\n\tpath = files/lib\n\turl = ../lib.git\n", ["files/lib"] = SandboxFile.Submodule(lib), ["files/a.txt"] = "a",
        });
        var (set, store) = await Git.ReadAsync(GitFixture.Task(Git.Source(directory: "files", submodules: true), Layout.NamespaceFiles));
        Assert.Equal(["a.txt", "lib/deep/y.txt", "lib/x.txt"], Ids(set));
        var file = set.Resources.Values.Single(r => r.Key.Id == "lib/x.txt");
        Assert.Equal("files/lib/x.txt", file.Path);
        using var reader = new StreamReader(await store.OpenAsync(file, default));
        Assert.Equal("from lib", await reader.ReadToEndAsync());
    }

    [Theory]
    [InlineData("file:///etc", GitErrorKind.Protocol)]
    [InlineData("ext::sh -c x", GitErrorKind.Protocol)]
    [InlineData("ssh://-oProxyCommand=x/y", GitErrorKind.Protocol)]
    [InlineData("../../../../x", GitErrorKind.Protocol)]
    [InlineData("../repo.git", GitErrorKind.Other)]
    public async Task A_submodule_leads_to_no_place_that_a_task_may_not_name(string url, GitErrorKind kind)
    {
        Sandbox.Create();
        Sandbox.Commit("repo.git", "main", new Dictionary<string, SandboxFile> { [".gitmodules"] = $"[submodule \"../../x\"]\n\tpath = m\n\turl = {url}\n", ["m"] = SandboxFile.Submodule(new string('1', 40)) });
        var fault = await Assert.ThrowsAsync<GitException>(() => Git.ReadAsync(GitFixture.Task(Git.Source(submodules: true), Layout.NamespaceFiles)));
        Assert.Equal(kind, fault.Kind);
    }
}
