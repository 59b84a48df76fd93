using KestraGitHub.Definitions;
using KestraGitHub.Git;
using KestraGitHub.StandIns.Git;

namespace KestraGitHub.IntegrationTests.Git;

public class MirrorTests : GitTest
{
    private string MirrorFolder => Assert.Single(Directory.EnumerateDirectories(Path.Combine(Git.Data, "git", "mirrors"), "*.git"));

    private string Fill(string repository = "repo.git", string text = "a")
    {
        if (!Directory.Exists(Sandbox.PathOf(repository))) Sandbox.Create(repository);
        return Sandbox.Commit(repository, "main", new Dictionary<string, SandboxFile> { ["a"] = text, ["d/b"] = "b" + text, ["e/c"] = "c" });
    }

    private async Task<GitCommit> OpenAsync(string repository = "repo.git")
    {
        var source = Git.Source(repository);
        return await Git.Mirrors.OpenAsync(source, await Git.Mirrors.ResolveAsync(source, null, default), default);
    }

    [Fact]
    public async Task What_is_there_is_not_fetched_again()
    {
        Fill();
        await OpenAsync();
        Git.Server.Requests.Clear();
        await OpenAsync();
        Assert.Equal(2, Git.Server.Requests.Count);
        Git.Restart();
        Git.Server.Requests.Clear();
        await OpenAsync();
        Assert.Equal(2, Git.Server.Requests.Count);
    }

    [Fact]
    public async Task Equal_trees_have_equal_ids()
    {
        Fill();
        var first = await OpenAsync();
        Fill(text: "other");
        var second = await OpenAsync();
        Assert.NotEqual(first.Commit, second.Commit);
        Assert.Equal(await first.TreeOfAsync("e", default), await second.TreeOfAsync("/e/", default));
        Assert.NotEqual(await first.TreeOfAsync("d", default), await second.TreeOfAsync("d", default));
        Assert.NotEqual(await first.TreeOfAsync("", default), await second.TreeOfAsync("", default));
        Assert.Null(await first.TreeOfAsync("nope/x", default));
        Assert.Null(await first.TreeOfAsync("a", default));
    }

    [Fact]
    public async Task Many_ask_for_one_mirror_at_once()
    {
        var tip = Fill();
        var commits = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Task.Run(() => OpenAsync())));
        Assert.All(commits, c => Assert.Equal(tip, c.Commit));
        Assert.Equal(12 + 1, Git.Server.Requests.Count(r => r.Method == "POST"));

        // As two processes on one data folder.
        tip = Fill(text: "more");
        var one = Git.Mirrors;
        var other = Git.Restart();
        var head = await one.ResolveAsync(Git.Source(), null, default);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => (i % 2 == 0 ? one : other).OpenAsync(Git.Source(), head, default))));
    }

    public static TheoryData<string> Damages => ["pack", "index", "head", "config", "objects", "cut", "empty"];

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task A_damaged_mirror_is_made_anew(string damage)
    {
        Fill();
        await OpenAsync();
        await Git.Mirrors.DisposeAsync();
        var folder = MirrorFolder;
        var pack = Directory.EnumerateFiles(Path.Combine(folder, "objects", "pack"), "*.pack").Single();
        if (damage == "pack") File.WriteAllBytes(Writable(pack), new byte[new FileInfo(pack).Length]);
        if (damage == "cut") File.WriteAllBytes(Writable(pack), File.ReadAllBytes(pack)[..40]);
        if (damage == "index") File.WriteAllBytes(Writable(Path.ChangeExtension(pack, ".idx")), [1, 2, 3]);
        if (damage == "head") File.Delete(Path.Combine(folder, "HEAD"));
        if (damage == "config") File.WriteAllText(Path.Combine(folder, "config"), "[core");
        if (damage == "objects") Directory.Delete(Path.Combine(folder, "objects", "pack"), true);
        if (damage == "empty")
        {
            Directory.Delete(folder, true);
            Directory.CreateDirectory(folder);
        }

        Git.Restart();
        var set = await Git.FilesAsync();
        Assert.Equal(3, set.Resources.Count);
        var (read, store) = await Git.ReadAsync(GitFixture.Task(Git.Source(), Layout.NamespaceFiles));
        foreach (var resource in read.Resources.Values) await (await store.OpenAsync(resource, default)).DisposeAsync();
    }

    [Fact]
    public async Task A_mirror_that_breaks_while_it_is_read_is_made_anew()
    {
        Fill();
        var (set, store) = await Git.ReadAsync(GitFixture.Task(Git.Source(), Layout.NamespaceFiles));
        await Git.Mirrors.DisposeAsync();
        Directory.Delete(MirrorFolder, true);
        foreach (var resource in set.Resources.Values)
        {
            await using var stream = await store.OpenAsync(resource, default);
            Assert.Equal(resource.Digest, await Reconciliation.BlobHash.OfAsync(stream, resource.Size, false, default));
        }
    }

    [Fact]
    public async Task What_a_killed_fetch_left_is_removed_and_in_nobodys_way()
    {
        Fill();
        await OpenAsync();
        var folder = MirrorFolder;
        var kept = Directory.EnumerateFiles(Path.Combine(folder, "refs", "kept")).Single();
        string[] left = [Path.Combine(folder, "objects", "pack", "tmp_pack_x1"), kept + ".lock", Path.Combine(folder, "packed-refs.lock"), Path.Combine(folder, "shallow.lock"), Path.Combine(folder, "objects", "tmp_objdir-incoming-x", "y")];
        foreach (var file in left)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllTextAsync(file, "half");
        }

        var key = Path.Combine(Git.Data, "git", "private", "left");
        Directory.CreateDirectory(key);
        Git.Restart();
        var tip = Fill(text: "more");
        Assert.Equal(tip, (await OpenAsync()).Commit);
        Assert.All(left, f => Assert.False(File.Exists(f), f));
        Assert.False(Directory.Exists(key));
    }

    [Fact]
    public async Task A_fetch_that_is_cut_is_a_passing_trouble_and_the_next_one_works()
    {
        Sandbox.Create();
        var bytes = new byte[4 << 20];
        new Random(1).NextBytes(bytes);
        Sandbox.Commit("repo.git", "main", new Dictionary<string, SandboxFile> { ["big"] = new(bytes) });
        Git.Server.Fault = r => r.Method == "POST" ? new GitFault(CutAfter: 1 << 20) : null;
        var fault = await Assert.ThrowsAsync<GitException>(() => OpenAsync());
        Assert.Equal(GitErrorKind.Network, fault.Kind);
        Git.Server.Fault = null;
        await OpenAsync();
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(MirrorFolder, "objects"), "tmp_*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task The_least_used_mirrors_make_room()
    {
        Git.Options = Git.Options with { CacheLimitBytes = 1, CacheKeepTime = TimeSpan.Zero };
        Fill("one.git");
        Fill("two.git");
        await OpenAsync("one.git");
        var first = MirrorFolder;
        await OpenAsync("two.git");
        Assert.NotEqual(first, MirrorFolder);
        await OpenAsync("one.git");
        Assert.Equal(first, MirrorFolder);
    }

    [Fact]
    public async Task Many_pushes_do_not_pile_up_packs()
    {
        for (var i = 0; i < 45; i++)
        {
            Fill(text: $"{i}");
            await OpenAsync();
        }

        Assert.InRange(Directory.EnumerateFiles(Path.Combine(MirrorFolder, "objects", "pack"), "*.pack").Count(), 1, 41);
        Assert.Equal(3, (await Git.FilesAsync()).Resources.Count);
    }

    private static string Writable(string file)
    {
        File.SetAttributes(file, FileAttributes.Normal);
        return file;
    }
}
