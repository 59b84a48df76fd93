using KestraGitHub.StandIns.Git;

namespace KestraGitHub.IntegrationTests.Conformance;

/// <summary>SyncNamespaceFiles: the rows of plugin-git's own tests (C-NF), and what must not go wrong as it does there.</summary>
public sealed class SyncFilesTests
{
    private const string Ns = "my.namespace";
    private const string Properties = $"branch: sync\ngitDirectory: to_clone\nnamespace: {Ns}\n";

    // Kestra keeps `_flows` of a namespace for itself (its own endpoint refuses it), so unlike plugin-git those files are skipped by name.
    private const string Rows = $"added {Ns}/scripts/run.sh, updated {Ns}/cloned.json";
    private const string Deleted = $"deleted {Ns}/README.md, deleted {Ns}/dir_to_delete/file_to_delete.txt, deleted {Ns}/file_to_delete.txt";

    private static async Task<SyncCase> UpstreamAsync()
    {
        var one = await SyncCase.StartAsync();
        one.Commit(new Dictionary<string, SandboxFile>
        {
            ["to_clone/.kestraignore"] = "file_to_ignore.txt\ndir_to_ignore\n", ["to_clone/file_to_ignore.txt"] = "x", ["to_clone/dir_to_ignore/file.txt"] = "x",
            ["to_clone/cloned.json"] = "{\"my-field\": \"my-value\"}", ["to_clone/scripts/run.sh"] = new SandboxFile("#!/bin/sh\n"u8.ToArray(), "100755"),
            ["to_clone/_flows/first-flow.yml"] = SyncCase.Flow("first-flow"), ["to_clone/nested/.kestraignore"] = "run.sh\n", ["README.md"] = "outside",
        }, "sync");
        foreach (var path in new[] { "/README.md", "/file_to_delete.txt", "/dir_to_delete/file_to_delete.txt" }) one.Kestra.State.PutFile(Ns, path, "old");
        one.Kestra.State.PutFile(Ns, "/cloned.json", "{}");
        return one;
    }

    [Fact]
    public async Task C_NF_1_With_delete_the_namespace_holds_what_Git_holds()
    {
        await using var one = await UpstreamAsync();
        var run = (await one.SyncAsync(Properties + "delete: true", "SyncNamespaceFiles")).Succeeded();
        Assert.Equal($"added {Ns}/nested/.kestraignore, added {Ns}/scripts/run.sh, {Deleted}, updated {Ns}/cloned.json", run.Written);
        Assert.Equal(["/cloned.json", "/nested/.kestraignore", "/scripts/run.sh"], one.Kestra.State.ListFiles(Ns).Order(StringComparer.Ordinal));
        Assert.Equal("{\"my-field\": \"my-value\"}", one.Kestra.State.GetFileText(Ns, "/cloned.json"));
        Assert.Equal("ignored", run.Of("to_clone/dir_to_ignore/file.txt").Action);
        Assert.Equal("skipped", run.Of("to_clone/_flows/first-flow.yml").Action);
    }

    [Fact]
    public async Task C_NF_2_Without_delete_everything_stays()
    {
        await using var one = await UpstreamAsync();
        Assert.Equal($"added {Ns}/nested/.kestraignore, {Rows}", (await one.SyncAsync(Properties, "SyncNamespaceFiles")).Succeeded().Written);
        Assert.Equal(6, one.Kestra.State.ListFiles(Ns).Count);
    }

    [Fact]
    public async Task C_NF_3_A_dry_run_says_the_same_and_writes_nothing()
    {
        await using var one = await UpstreamAsync();
        var run = (await one.SyncAsync(Properties + "delete: true\ndryRun: true", "SyncNamespaceFiles")).Succeeded();
        Assert.Equal($"added {Ns}/nested/.kestraignore, added {Ns}/scripts/run.sh, {Deleted}, updated {Ns}/cloned.json", run.Written);
        Assert.Equal((4, 0), (one.Kestra.State.FileWrites(), one.Kestra.State.FileDeletes()));
        Assert.Equal("{}", one.Kestra.State.GetFileText(Ns, "/cloned.json"));
    }

    [Fact]
    public async Task C_NF_4_A_second_run_finds_nothing_to_do()
    {
        await using var one = await UpstreamAsync();
        (await one.SyncAsync(Properties, "SyncNamespaceFiles")).Succeeded();
        var again = (await one.RunAsync()).Succeeded();
        Assert.Equal(("", 3), (again.Written, again.Count("unchanged")));
        Assert.Equal(2, one.Kestra.State.GetFileRevision(Ns, "/cloned.json"));
    }

    [Theory]
    [InlineData("1.3")]
    [InlineData("2.0")]
    public async Task A_namespace_directory_is_all_that_is_written_read_and_deleted(string version)
    {
        const string properties = "namespace: prod\nnamespaceDirectory: team/repo\ndelete: true";
        await using var one = await SyncCase.StartAsync(version);
        one.Commit(new Dictionary<string, SandboxFile> { ["_files/a.txt"] = "a", ["_files/d/b.txt"] = "b", ["_files/_flows/c.yml"] = "c" });
        string[] others = ["/a.txt", "/team/a.txt", "/team/repository/a.txt"];
        foreach (var path in others) one.Kestra.State.PutFile("prod", path, "mine");
        one.Kestra.State.PutFile("prod", "/team/repo/old.txt", "old");

        var run = (await one.SyncAsync(properties, "SyncNamespaceFiles")).Succeeded();
        Assert.Equal("added prod/team/repo/_flows/c.yml, added prod/team/repo/a.txt, added prod/team/repo/d/b.txt, deleted prod/team/repo/old.txt", run.Written);
        Assert.Equal("prod/team/repo/a.txt", run.Of("_files/a.txt").Key);
        Assert.Equal("", (await one.RunAsync()).Succeeded().Written);

        one.Commit(new Dictionary<string, SandboxFile> { ["_files/a.txt"] = "a2" });
        Assert.Equal("deleted prod/team/repo/_flows/c.yml, deleted prod/team/repo/d/b.txt, updated prod/team/repo/a.txt", (await one.RunAsync()).Succeeded().Written);
        Assert.Equal([.. others, "/team/repo/a.txt"], one.Kestra.State.ListFiles("prod").Order(StringComparer.Ordinal).OrderBy(p => p == "/team/repo/a.txt"));
        Assert.All(others, path => Assert.Equal("mine", one.Kestra.State.GetFileText("prod", path)));
    }

    [Fact]
    public async Task A_file_in_the_place_of_the_namespace_directory_stops_the_run()
    {
        await using var one = await SyncCase.StartAsync();
        one.Commit(new Dictionary<string, SandboxFile> { ["_files/a.txt"] = "a" });
        one.Kestra.State.PutFile("prod", "/team", "a file");
        (await one.SyncAsync("namespace: prod\nnamespaceDirectory: team/repo\ndelete: true", "SyncNamespaceFiles")).Failed("'team' is a file");
        Assert.Equal(["/team"], one.Kestra.State.ListFiles("prod"));
    }

    [Fact]
    public async Task C_NF_5_and_B7_A_name_with_git_in_it_is_a_name_and_gits_own_folder_is_not_content()
    {
        await using var one = await SyncCase.StartAsync();
        one.Commit(new Dictionary<string, SandboxFile> { ["to_clone.github_files/hello.txt"] = "hello", ["to_clone.github_files/foo.git"] = "foo", ["to_clone.github_files/x.gitignore"] = "x", ["to_clone.github_files/.gitignore"] = "own" });
        Assert.Equal("added prod/foo.git, added prod/hello.txt, added prod/x.gitignore", (await one.SyncAsync("gitDirectory: to_clone.github_files\nnamespace: prod", "SyncNamespaceFiles")).Succeeded().Written);
        Assert.Equal(
            "added all/to_clone.github_files/foo.git, added all/to_clone.github_files/hello.txt, added all/to_clone.github_files/x.gitignore",
            (await one.SyncAsync("gitDirectory: .\nnamespace: all", "SyncNamespaceFiles")).Succeeded().Written);
    }

    [Fact]
    public async Task B1_and_B4_A_missing_branch_fails_and_an_empty_or_missing_directory_deletes_no_file()
    {
        await using var one = await UpstreamAsync();
        one.Commit(new Dictionary<string, SandboxFile> { ["empty/.gitkeep"] = "", ["file"] = "x" });
        (await one.SyncAsync($"branch: nope\nnamespace: {Ns}\ndelete: true", "SyncNamespaceFiles")).Failed("'nope'");
        (await one.SyncAsync($"gitDirectory: file\nnamespace: {Ns}\ndelete: true", "SyncNamespaceFiles")).Failed("'file'");
        foreach (var directory in new[] { "empty", "nope\nfailOnMissingDirectory: false" })
            Assert.Equal("", (await one.SyncAsync($"gitDirectory: {directory}\nnamespace: {Ns}\ndelete: true", "SyncNamespaceFiles")).Succeeded().Written);
        Assert.Equal(4, one.Kestra.State.ListFiles(Ns).Count);
    }

    [Fact]
    public async Task B6_Patterns_speak_of_the_directory_and_nothing_above_it()
    {
        await using var one = await SyncCase.StartAsync();
        one.Commit(new Dictionary<string, SandboxFile> { ["_files/.kestraignore"] = "tmp\n_files\n/scripts/a.py\n", ["_files/tmp/x"] = "x", ["_files/scripts/a.py"] = "a", ["_files/scripts/b.py"] = "b" });
        one.Kestra.State.PutFile("prod", "/live.txt", "x");
        Assert.Equal("added prod/scripts/b.py, deleted prod/live.txt", (await one.SyncAsync("namespace: prod\ndelete: true", "SyncNamespaceFiles")).Succeeded().Written);
    }

    [Fact]
    public async Task B34_A_link_uploads_nothing_and_what_it_stands_for_stays()
    {
        await using var one = await SyncCase.StartAsync();
        one.Commit(new Dictionary<string, SandboxFile> { ["_files/a"] = "a", ["_files/passwd"] = SandboxFile.Link("/etc/passwd"), ["_files/d"] = SandboxFile.Link("../.."), ["_files/sub"] = SandboxFile.Submodule(new string('1', 40)) });
        one.Kestra.State.PutFile("prod", "/passwd", "live");
        var run = (await one.SyncAsync("namespace: prod\ndelete: true", "SyncNamespaceFiles")).Succeeded();
        Assert.Equal(("added prod/a", 3), (run.Written, run.Count("skipped")));
        Assert.Equal("live", one.Kestra.State.GetFileText("prod", "/passwd"));
    }

    [Theory]
    [InlineData("2.0")]
    [InlineData("1.3")]
    public async Task Odd_names_are_stored_as_they_are_or_refused_by_name(string version)
    {
        string[] plain = ["CON", "a:b", "trailing.", "größe.txt", "e\u0301.txt", "\u00e9.txt", "A.yaml", "a.yaml", "x+y", "(z)", new string('n', 200), "zero"];
        string[] only2 = ["h#ash", "p%2Fcent", "q?"];
        string[] never = ["sp ace", "tab\tbed", "back\\slash"];
        await using var one = await SyncCase.StartAsync(version);
        one.Commit(plain.Concat(version == "2.0" ? only2 : []).ToDictionary(n => "_files/" + n, n => (SandboxFile)(n == "zero" ? "" : n)));
        await one.DefineAsync(one.Task("namespace: prod\ndelete: true", "SyncNamespaceFiles"), SyncCase.NoBudget);
        (await one.RunAsync()).Succeeded();
        Assert.Equal(plain.Concat(version == "2.0" ? only2 : []).Order(StringComparer.Ordinal), one.Kestra.State.ListFiles("prod").Select(f => f[1..]).Order(StringComparer.Ordinal));
        Assert.Equal("a", one.Kestra.State.GetFileText("prod", "/a.yaml")![..1]);
        foreach (var name in never.Concat(version == "1.3" ? only2 : []))
        {
            one.Commit(new Dictionary<string, SandboxFile> { ["_files/zero"] = "", ["_files/" + name] = "x" });
            var run = await one.RunAsync();
            Assert.Single(run.Succeeded().Rows, r => r.Action is "invalid" or "skipped" && r.Path.StartsWith("_files/" + name[..1], StringComparison.Ordinal) && r.Reason.Length > 0);
            Assert.DoesNotContain("/" + name, one.Kestra.State.ListFiles("prod"));
        }
    }

    [Fact]
    public async Task A_file_becomes_a_folder_and_a_folder_a_file()
    {
        await using var one = await SyncCase.StartAsync();
        one.Commit(new Dictionary<string, SandboxFile> { ["_files/x"] = "file", ["_files/y/z"] = "folder" });
        (await one.SyncAsync("namespace: prod\ndelete: true", "SyncNamespaceFiles")).Succeeded();
        one.Commit(new Dictionary<string, SandboxFile> { ["_files/x/in"] = "folder", ["_files/y"] = "file" });
        var run = await one.RunAsync();
        // 'y' leaves an empty folder behind, which only Kestra's own pages can take away: said by name before anything is written.
        if (run.State == "failed") Assert.Contains("y", run.Error, StringComparison.Ordinal);
        else Assert.Equal(["/x/in", "/y"], one.Kestra.State.ListFiles("prod").Order(StringComparer.Ordinal));
    }
}
