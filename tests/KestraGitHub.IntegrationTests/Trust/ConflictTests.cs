using System.Net;
using KestraGitHub.IntegrationTests.Conformance;
using KestraGitHub.StandIns.Git;
using static KestraGitHub.IntegrationTests.Trust.ConflictScene;

namespace KestraGitHub.IntegrationTests.Trust;

/// <summary>What becomes of a flow or file that moved in Kestra since it was applied, alone or together with Git.</summary>
public sealed class ConflictTests
{
    public static TheoryData<string> Versions => ["2.0", "1.3"];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task An_edit_in_Kestra_is_overwritten_unless_it_is_only_to_be_reported(string version)
    {
        await using var one = await AppliedAsync(version, "onDrift: report");
        one.Kestra.State.PutFlow(Text(second: "by hand"));
        var run = (await one.RunAsync()).Succeeded();
        Assert.Equal(("", 1), (run.Written, run.Count("kept")));
        Assert.Contains("edited in Kestra", run.Of(Files).Reason, StringComparison.Ordinal);
        Assert.Contains("onDrift is report", run.Of(Files).Reason, StringComparison.Ordinal);
        Assert.Contains("by hand", one.Flows["prod/a"], StringComparison.Ordinal);

        // Known at the next run too, which asks one small question and reads nothing.
        one.Kestra.ClearCalls();
        Assert.Equal(1, (await one.RunAsync()).Succeeded().Count("kept"));
        Assert.InRange(one.Kestra.Calls.Count, 0, 1);

        // Beside another change only what moved is read, and the edit is still known.
        one.Commit(new Dictionary<string, SandboxFile> { [Files] = Text(), ["_flows/b.yaml"] = SyncCase.Flow("b") });
        one.Kestra.ClearCalls();
        run = (await one.RunAsync()).Succeeded();
        Assert.Equal(("added prod/b", 1), (run.Written, run.Count("kept")));
        Assert.DoesNotContain(one.Kestra.Calls, c => c.Path.EndsWith("/export/by-query", StringComparison.Ordinal));

        await DefineAsync(one, "onDrift: overwrite");
        run = (await one.RunAsync()).Succeeded();
        Assert.Equal("updated prod/a", run.Written);
        Assert.Equal(Text().TrimEnd(), one.Flows["prod/a"]);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_flow_deleted_in_Kestra_stays_deleted_where_drift_is_only_reported(string version)
    {
        await using var one = await AppliedAsync(version, "onDrift: report");
        Assert.True(one.Kestra.State.DeleteFlow("prod", "a"));
        for (var i = 0; i < 2; i++)
        {
            var run = (await one.RunAsync()).Succeeded();
            Assert.Equal(("", 1), (run.Written, run.Count("kept")));
        }

        one.Kestra.State.PutFlow(SyncCase.Flow("theirs"));
        var again = (await one.RunAsync()).Succeeded();
        Assert.Equal("was deleted in Kestra; onDrift is report", again.Of(Files).Reason);
        await DefineAsync(one, "onDrift: overwrite");
        Assert.Equal("added prod/a", (await one.RunAsync()).Succeeded().Written);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Where_both_moved_the_source_wins_by_itself_and_the_row_says_what_it_cost(string version)
    {
        await using var one = await AppliedAsync(version);
        Both(one);
        var run = (await one.RunAsync()).Succeeded();
        Assert.Equal("updated prod/a", run.Written);
        Assert.Matches(@"^changed in Git; the edit in Kestra( \(revision 2\))? is overwritten, the journal keeps it$", run.Of(Files).Reason);
        Assert.Equal(Text(first: "of git").TrimEnd(), one.Flows["prod/a"]);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Where_both_moved_the_edit_stays_if_the_target_is_to_win(string version)
    {
        await using var one = await AppliedAsync(version, "onConflict: target");
        Both(one);
        for (var i = 0; i < 2; i++)
        {
            var run = (await one.RunAsync()).Succeeded();
            Assert.Equal(("", 1), (run.Written, run.Count("conflict")));
            Assert.Equal(Text(second: "by hand").TrimEnd(), one.Flows["prod/a"]);
        }

        // Settled by a commit that says what Kestra holds.
        one.Commit(new Dictionary<string, SandboxFile> { [Files] = Text(second: "by hand") });
        var settled = (await one.RunAsync()).Succeeded();
        Assert.Equal(("", 0, 1), (settled.Written, settled.Count("conflict"), settled.Count("unchanged")));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Where_both_moved_nothing_at_all_is_written_if_that_is_to_fail(string version)
    {
        await using var one = await AppliedAsync(version, "onConflict: fail");
        Both(one, more: true);
        var run = (await one.RunAsync()).Failed("flow prod/a", "changed in Git and in Kestra", "onConflict is fail", "nothing was written");
        Assert.Equal("conflict", run.Of(Files).Action);
        Assert.Equal(["prod/a"], one.Flows.Keys);
        Assert.Equal(Text(second: "by hand").TrimEnd(), one.Flows["prod/a"]);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task For_one_run_a_person_says_which_side_wins_and_the_definition_counts_again_afterwards(string version)
    {
        await using var one = await AppliedAsync(version, "onConflict: fail");
        Both(one, more: true);
        (await one.RunAsync()).Failed("onConflict is fail");

        // What was edited stays for now, and the rest gets through.
        var run = (await RunAsync(one, "target")).Succeeded();
        Assert.Equal(("added prod/b", 1, "target"), (run.Written, run.Count("conflict"), run.Json["onConflict"]!.GetValue<string>()));
        Assert.Equal(Text(second: "by hand").TrimEnd(), one.Flows["prod/a"]);
        Assert.Null((await one.RunAsync()).Failed("onConflict is fail").Json["onConflict"]);

        // A dry run says what would come of it.
        var planned = (await RunAsync(one, "source", dryRun: true)).Succeeded();
        Assert.Contains("is overwritten", planned.Of(Files).Reason, StringComparison.Ordinal);
        Assert.Equal(Text(second: "by hand").TrimEnd(), one.Flows["prod/a"]);

        run = (await RunAsync(one, "source")).Succeeded();
        Assert.Equal("updated prod/a", run.Written);
        Assert.Equal(Text(first: "of git").TrimEnd(), one.Flows["prod/a"]);
        Assert.Equal("", (await one.RunAsync()).Succeeded().Written);
    }

    [Fact]
    public async Task A_side_that_is_none_is_refused()
    {
        await using var one = await AppliedAsync("2.0", "onConflict: fail");
        foreach (var wrong in (object[])["theirs", "Source", 1, true])
        {
            var (status, answer) = await one.SayAsync("runs", new { onConflict = wrong });
            Assert.Equal(HttpStatusCode.BadRequest, status);
            Assert.Contains("onConflict must be source, target, merge or fail", answer["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Other_line_ends_alone_are_neither_drift_nor_conflict(string version)
    {
        await using var one = await AppliedAsync(version, "onConflict: fail", "onDrift: report");
        one.Kestra.State.PutFlow(Text().Replace("\n", "\r\n", StringComparison.Ordinal) + "\r\n");
        var run = (await one.RunAsync()).Succeeded();
        Assert.Equal(("", 0, 1), (run.Written, run.Count("kept"), run.Count("unchanged")));
        one.Commit(new Dictionary<string, SandboxFile> { [Files] = Text("of git") });
        Assert.Equal("changed in Git", (await one.RunAsync()).Succeeded().Of(Files).Reason);
    }

    [Theory]
    [InlineData("source", "deleted prod/a", false)]
    [InlineData("target", "", true)]
    [InlineData("fail", "", true)]
    [InlineData("merge", "", true)]
    public async Task A_flow_deleted_in_Git_takes_an_edit_along_only_where_the_source_is_to_win(string onConflict, string written, bool stays)
    {
        await using var one = await AppliedAsync("2.0", $"onConflict: {onConflict}");
        one.Kestra.State.PutFlow(Text(second: "by hand"));
        one.Commit(new Dictionary<string, SandboxFile> { ["_flows/b.yaml"] = SyncCase.Flow("b") });
        var run = await one.RunAsync();
        Assert.Equal(onConflict is "fail" or "merge" ? "failed" : "succeeded", run.State);
        Assert.Equal(written, string.Join(", ", run.Rows.Where(r => r.Action == "deleted").Select(r => $"{r.Action} {r.Key}")));
        Assert.Equal(stays, one.Flows.ContainsKey("prod/a"));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Files_go_by_the_same_rules(string version)
    {
        await using var one = await SyncCase.StartAsync(version);
        one.Commit(Scripts("1\n2\n3\n4\n5\n"));
        await DefineFilesAsync("onConflict: merge", "onDrift: report");
        (await one.RunAsync()).Succeeded();

        one.Kestra.State.PutFile("prod", "/run.sh", "1\n2\n3\n4\nfive\n");
        for (var i = 0; i < 2; i++) Assert.Equal("edited in Kestra; onDrift is report", (await one.RunAsync()).Succeeded().Of("files/run.sh").Reason);

        one.Commit(Scripts("one and only\n2\n3\n4\n5\n"));
        Assert.Equal("changed in both; merged", (await one.RunAsync()).Succeeded().Of("files/run.sh").Reason);
        Assert.Equal("one and only\n2\n3\n4\nfive\n", one.Kestra.State.GetFileText("prod", "/run.sh"));
        Assert.Equal("", (await one.RunAsync()).Succeeded().Written);
        Assert.Equal("one and only\n2\n3\n4\nfive\n", one.Kestra.State.GetFileText("prod", "/run.sh"));

        one.Kestra.State.DeleteFile("prod", "/run.sh");
        for (var i = 0; i < 2; i++) Assert.Equal("was deleted in Kestra; onDrift is report", (await one.RunAsync()).Succeeded().Of("files/run.sh").Reason);
        await DefineFilesAsync("onConflict: fail");
        Assert.Equal("added prod/run.sh", (await one.RunAsync()).Succeeded().Written);
        one.Kestra.State.PutFile("prod", "/run.sh", "by hand");
        one.Commit(Scripts("of git"));
        (await one.RunAsync()).Failed("file prod/run.sh", "onConflict is fail");
        Assert.Equal("by hand", one.Kestra.State.GetFileText("prod", "/run.sh"));

        Task DefineFilesAsync(params string[] rules) => one.DefineAsync(one.Task("gitDirectory: files\nnamespace: prod\n", "SyncNamespaceFiles"), Rules(rules));
        Dictionary<string, SandboxFile> Scripts(string text) => new() { ["files/run.sh"] = text, ["files/other.txt"] = "other" };
    }

    /// <summary>On the way to Git the edit is somebody's commit on the branch.</summary>
    [Theory]
    [InlineData("source", "updated", "the branch's history keeps it")]
    [InlineData("target", "conflict", "onConflict is target")]
    [InlineData("merge", "updated", "changed in both; merged")]
    public async Task A_push_goes_by_the_same_rules(string onConflict, string action, string reason)
    {
        await using var one = await SyncCase.StartAsync();
        one.Commit(new Dictionary<string, SandboxFile> { ["README.md"] = "x" });
        one.Kestra.State.PutFlow(Text());
        await one.DefineAsync(one.Task("sourceNamespace: prod\ngitDirectory: _flows\n", "PushFlows"), Rules($"onConflict: {onConflict}"));
        (await one.RunAsync()).Succeeded();
        var path = Assert.Single(one.Files().Keys, p => p.StartsWith("_flows/", StringComparison.Ordinal));

        one.Commit(new Dictionary<string, SandboxFile> { ["README.md"] = "x", [path] = Text(second: "by commit") });
        one.Kestra.State.PutFlow(Text(first: "by hand"));
        var run = (await one.RunAsync()).Succeeded();
        Assert.Equal(action, run.Of(path).Action);
        Assert.Contains(reason, run.Of(path).Reason, StringComparison.Ordinal);
        var expected = onConflict switch { "source" => Text(first: "by hand"), "target" => Text(second: "by commit"), _ => Text("by hand", "by commit") };
        Assert.Equal(expected.TrimEnd(), one.Files()[path].TrimEnd());
        var commits = one.Log().Count;
        Assert.Equal(onConflict == "target" ? 1 : 0, (await one.RunAsync()).Succeeded().Count("conflict"));
        Assert.Equal(commits, one.Log().Count);
    }
}
