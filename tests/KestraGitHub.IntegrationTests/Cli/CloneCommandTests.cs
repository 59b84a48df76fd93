using KestraGitHub.IntegrationTests.Conformance;
using KestraGitHub.IntegrationTests.Shipping;
using KestraGitHub.StandIns.Git;

namespace KestraGitHub.IntegrationTests.Cli;

/// <summary>The rows of plugin-git.md 4.2, on the command line: a clone with its history, made by the built binary from a real Git server.</summary>
public sealed class CloneCommandTests : IAsyncLifetime
{
    private static int _count;
    private Workshop _shop = null!;
    private string _root = "";
    private string _repository = "";

    private string Target => Path.Combine(_root, "work dir");

    public async Task InitializeAsync()
    {
        _shop = await Workshop.SharedAsync();
        _repository = $"to-clone-{Interlocked.Increment(ref _count)}.git";
        _shop.Git.Create(_repository);
        _root = Directory.CreateDirectory(Path.Combine(_shop.Git.Root, _repository + "-here")).FullName;
    }

    public Task DisposeAsync() => Task.CompletedTask;

    private string Commit(string file, string text, string branch = "main", bool orphan = false, SandboxFile? more = null)
    {
        var files = new Dictionary<string, SandboxFile> { [file] = text };
        if (more is not null) files["more"] = more;
        return _shop.Git.Commit(_repository, branch, files, orphan: orphan);
    }

    private void Tag(string name, string commit) => GitSandbox.Run(_shop.Git.PathOf(_repository), ["tag", "-a", name, "-m", name, commit]);

    private Task<CommandResult> CloneAsync(string properties = "", string? url = null)
    {
        var definition = Path.Combine(_root, "definition.yaml");
        File.WriteAllText(
            definition, $"id: c\nnamespace: system\ntasks:\n  - id: clone\n    type: io.kestra.plugin.git.Clone\n    url: {url ?? $"{_shop.Server.Url}/{_repository}"}\n"
            + string.Concat(properties.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => $"    {l}\n")));
        return CommandResult.OfAsync(["clone", Target, "--definition", definition], new Dictionary<string, string> { ["Git__AllowedProtocols__0"] = "http" }, _root);
    }

    private async Task ClonedAsync(string properties = "")
    {
        var result = await CloneAsync(properties);
        Assert.True(result.Code == 0, result.ToString());
    }

    private async Task RefusedAsync(int code, string words, string properties = "", string? url = null)
    {
        var result = await CloneAsync(properties, url);
        Assert.True(result.Code == code && (result.Output + result.Errors).Contains(words, StringComparison.Ordinal), result.ToString());
        Assert.False(Path.Exists(Path.Combine(Target, ".git")), "half a clone was left");
    }

    private string Ask(params string[] question) => GitSandbox.Run(Target, question, mayEndWith: 1).Trim();

    private string Read(string file) => File.ReadAllText(Path.Combine(Target, file));

    [Fact]
    public async Task C_CL_1_a_public_repository()
    {
        var tip = Commit("README.md", "read me\n", more: new SandboxFile("#!/bin/sh\n"u8.ToArray(), "100755"));
        await ClonedAsync();
        Assert.Equal(("read me\n", tip, "refs/heads/main"), (Read("README.md"), Ask("rev-parse", "HEAD"), Ask("symbolic-ref", "HEAD")));
        Assert.Equal(("origin/main", ""), (Ask("rev-parse", "--abbrev-ref", "main@{upstream}"), Ask("status", "--porcelain")));
        Assert.Equal($"{_shop.Server.Url}/{_repository}", Ask("config", "remote.origin.url"));
    }

    [Fact]
    public async Task C_CL_5_git_config_is_applied()
    {
        Commit("file", "x");
        await ClonedAsync("gitConfig: {core.fileMode: false}");
        Assert.Equal("false", Ask("config", "core.fileMode"));
    }

    [Fact]
    public async Task C_CL_6_a_commit_is_checked_out_detached()
    {
        var first = Commit("file1.txt", "1");
        Commit("file2.txt", "2");
        await ClonedAsync($"commit: {first[..10]}");
        Assert.Equal((first, "HEAD", true, false), (Ask("rev-parse", "HEAD"), Ask("rev-parse", "--abbrev-ref", "HEAD"), File.Exists(Path.Combine(Target, "file1.txt")), File.Exists(Path.Combine(Target, "file2.txt"))));
    }

    [Theory]
    [InlineData("", "")] // C-CL-7
    [InlineData("directory: myrepo", "myrepo")] // C-CL-8
    public async Task C_CL_7_and_8_what_is_there_already_stays(string properties, string sub)
    {
        Commit("repo-file.txt", "theirs");
        var folder = Directory.CreateDirectory(Path.Combine(Target, sub)).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "pre-existing.txt"), "mine");
        await ClonedAsync(properties);
        Assert.Equal(("theirs", "mine"), (Read(Path.Combine(sub, "repo-file.txt")), Read(Path.Combine(sub, "pre-existing.txt"))));
        Assert.True(Directory.Exists(Path.Combine(folder, ".git")));
    }

    [Fact]
    public async Task A_file_that_is_in_both_refuses_the_clone_and_nothing_is_touched()
    {
        Commit("same.txt", "theirs", more: "more");
        Directory.CreateDirectory(Target);
        await File.WriteAllTextAsync(Path.Combine(Target, "same.txt"), "mine");
        await RefusedAsync(1, "same.txt");
        Assert.Equal(("mine", false), (Read("same.txt"), File.Exists(Path.Combine(Target, "more"))));
    }

    [Fact]
    public async Task C_CL_9_an_annotated_tag_is_peeled()
    {
        var first = Commit("file1.txt", "first\n");
        Tag("v1.0", first);
        Commit("file1.txt", "second\n");
        await ClonedAsync("tag: v1.0");
        Assert.Equal((first, "first\n"), (Ask("rev-parse", "HEAD"), Read("file1.txt")));
    }

    [Fact]
    public async Task C_CL_10_and_14_only_the_branch_that_is_asked_for()
    {
        Commit("a", "a");
        var only = Commit("b", "b", "feature/only");
        Commit("c", "c", "extra/branch");
        await ClonedAsync("branch: feature/only\ncloneAllBranches: false");
        Assert.Equal((only, "refs/remotes/origin/feature/only"), (Ask("rev-parse", "HEAD"), Ask("for-each-ref", "--format=%(refname)", "refs/remotes")));
    }

    [Theory]
    [InlineData("noTags: true", "")] // C-CL-11, C-CL-12
    [InlineData("", "v1.0")]
    public async Task C_CL_11_and_12_no_tags(string properties, string tags)
    {
        Tag("v1.0", Commit("a", "a"));
        await ClonedAsync(properties);
        Assert.Equal(tags, Ask("tag", "--list"));
    }

    [Fact]
    public async Task C_CL_15_a_commit_without_tags()
    {
        var first = Commit("file1.txt", "1");
        Tag("v1.0", first);
        Commit("file2.txt", "2");
        await ClonedAsync($"commit: {first}\nnoTags: true");
        Assert.Equal((first, ""), (Ask("rev-parse", "HEAD"), Ask("tag", "--list")));
    }

    [Theory]
    [InlineData("", "1")]
    [InlineData("depth: 2", "2")]
    [InlineData("depth: 50", "3")]
    public async Task The_depth_is_that_of_the_task_and_one_without_it(string properties, string commits)
    {
        for (var i = 0; i < 3; i++) Commit("file", $"{i}");
        await ClonedAsync(properties);
        Assert.Equal(commits, Ask("rev-list", "--count", "HEAD"));
    }

    [Fact]
    public async Task Submodules_are_clones_of_their_own()
    {
        var inner = "inner-" + _repository;
        _shop.Git.Create(inner);
        var pinned = _shop.Git.Commit(inner, "main", new Dictionary<string, SandboxFile> { ["inside"] = "one" });
        _shop.Git.Commit(inner, "main", new Dictionary<string, SandboxFile> { ["inside"] = "two" });
        _shop.Git.Commit(_repository, "main", new Dictionary<string, SandboxFile>
        {
            [".gitmodules"] = $"[submodule \"lib\"]\n\tpath = vendor/lib\n\turl = ../{inner}\n", ["vendor/lib"] = SandboxFile.Submodule(pinned),
        });
        await ClonedAsync("cloneSubmodules: true");
        Assert.Equal(("one", pinned), (Read("vendor/lib/inside"), GitSandbox.Run(Path.Combine(Target, "vendor/lib"), ["rev-parse", "HEAD"]).Trim()));
    }

    [Fact]
    public async Task What_cannot_be_cloned_is_said_and_leaves_nothing()
    {
        Commit("a", "a");
        await RefusedAsync(1, "Did you mean 'main'", "branch: mian"); // 2.1: an error here
        await RefusedAsync(1, "v9", "tag: v9");
        await RefusedAsync(3, "`branch` must be set", "cloneAllBranches: false"); // C-CL-13
        await RefusedAsync(3, "`tag` cannot be used with `noTags: true`", "tag: v1.0\nnoTags: true"); // C-CL-16
        await RefusedAsync(3, "leads out", "directory: ../out");
        await RefusedAsync(3, "not allowed", url: "file:///etc");
        await RefusedAsync(6, "SECRET_GONE", "username: u\npassword: \"{{ secret('GONE') }}\"");
        await RefusedAsync(1, "127.0.0.1", url: "http://127.0.0.1:1/x.git");
        Directory.CreateDirectory(Target);
        File.CreateSymbolicLink(Path.Combine(Target, "out"), "/tmp");
        await RefusedAsync(3, "is a link", "directory: out/sub");
        await ClonedAsync();
        var again = await CloneAsync();
        Assert.True(again.Code == 3 && again.Errors.Contains("is a clone already", StringComparison.Ordinal), again.ToString());
        Assert.Equal("a", Read("a"));
    }
}
