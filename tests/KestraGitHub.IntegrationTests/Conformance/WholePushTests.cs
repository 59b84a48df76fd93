using KestraGitHub.StandIns.Git;

namespace KestraGitHub.IntegrationTests.Conformance;

/// <summary>What NamespaceSync and TenantSync commit: which files, with which modes, by whom.</summary>
public sealed class WholePushTests
{
    private const string ToGit = "sourceOfTruth: KESTRA\nwhenMissingInSource: DELETE\n";

    private static string Flow(string id, string ns = "prod", string message = "n0 # keep") => SyncCase.Flow(id, ns, message);

    [Theory]
    [InlineData("NamespaceSync", "namespace: prod\n")]
    [InlineData("TenantSync", "")]
    public async Task B25_A_file_keeps_its_name_and_its_mode_and_a_new_one_is_yaml(string type, string place)
    {
        await using var one = await SyncCase.HoldingAsync(
            new() { ["prod/flows/a.yml"] = Flow("a"), ["prod/flows/b.yaml"] = new(System.Text.Encoding.UTF8.GetBytes(Flow("b")), "100755"), ["prod/flows/gone.yml"] = Flow("gone"), ["prod/files/run.sh"] = new("old"u8.ToArray(), "100755") },
            [Flow("a", message: "new"), Flow("b", message: "new"), Flow("c")]);
        one.Kestra.State.PutFile("prod", "/run.sh", "new");
        Assert.Equal("added prod/c, deleted prod/gone, updated prod/a, updated prod/b, updated prod/run.sh", (await one.SyncAsync(place + ToGit, type)).Succeeded().Written);
        Assert.Equal(["prod/files/run.sh", "prod/flows/a.yml", "prod/flows/b.yaml", "prod/flows/c.yaml"], one.Files().Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["100755", "100755"], new[] { "prod/flows/b.yaml", "prod/files/run.sh" }.Select(f => one.Git.Files(one.Repository, "main")[f].Mode));
        Assert.Equal((Flow("a", message: "new"), "new"), (one.Files()["prod/flows/a.yml"], one.Files()["prod/files/run.sh"]));

        // The twins that plugin-git left are told apart by nobody: both stay, and the error says so.
        one.Commit(one.Files().ToDictionary(f => f.Key, f => (SandboxFile)f.Value).Append(new("prod/flows/a.yaml", Flow("a"))).ToDictionary());
        one.Kestra.State.PutFlow(Flow("a", message: "newer"));
        (await one.RunAsync()).Failed("prod/flows/a.y", "also that of");
    }

    [Fact]
    public async Task B33_A_revision_that_the_source_names_is_not_committed()
    {
        await using var one = await SyncCase.HoldingAsync(new() { ["README.md"] = "r" }, ["revision: 7\n" + Flow("a")]);
        Assert.Equal("added prod/a", (await one.SyncAsync(ToGit, "TenantSync")).Succeeded().Written);
        Assert.Equal(Flow("a"), one.Files()["prod/flows/a.yaml"]);
        Assert.Equal("", (await one.RunAsync()).Succeeded().Written);
    }

    [Fact]
    public async Task A_dry_run_writes_nothing_and_a_push_that_is_refused_is_an_error_with_the_servers_words()
    {
        await using var one = await SyncCase.HoldingAsync(new() { ["README.md"] = "r" }, [Flow("a")]);
        Assert.Equal("added prod/a", (await one.SyncAsync(ToGit, "TenantSync", dryRun: true)).Succeeded().Written);
        Assert.Single(one.Log());
        var hook = Path.Combine(Directory.CreateDirectory(Path.Combine(one.Git.PathOf(one.Repository), "hooks")).FullName, "pre-receive");
        File.WriteAllText(hook, "#!/bin/sh\necho 'main is protected here' >&2\nexit 1\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(hook, (UnixFileMode)0b111_101_101);
        (await one.RunAsync()).Failed("main is protected here");
        Assert.Single(one.Log());
    }

    [Fact]
    public async Task Author_and_message_are_those_of_the_task_and_there_is_one_commit_for_all_kinds()
    {
        await using var one = await SyncCase.HoldingAsync(new() { ["README.md"] = "r" }, [Flow("a"), Flow("b", "dev")]);
        one.Kestra.State.PutFile("dev", "/f.txt", "f");
        (await one.SyncAsync(ToGit + "commitMessage: Nightly\nauthorName: A Robot\nauthorEmail: robot@example.org", "TenantSync")).Succeeded();
        var commit = one.Log()[0];
        Assert.Equal(("A Robot <robot@example.org>", 2), (commit.Author, one.Log().Count));
        Assert.StartsWith($"Nightly\n\nKestra-Sync: main/system/{one.Name}\nKestra-Run: ", commit.Message, StringComparison.Ordinal);
    }
}
