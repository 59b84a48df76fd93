using KestraGitHub.StandIns.Git;
using KestraGitHub.StandIns.Kestra;

namespace KestraGitHub.IntegrationTests.Conformance;

/// <summary>SyncDashboards and PushDashboards where plugin-git goes wrong (plugin-git.md, section 5), and on a server that has no dashboards.</summary>
public sealed class DashboardTests
{
    private static string Dashboard(string id, string title = "A title") => DashboardTableTests.Dashboard(id, title);

    private static async Task<SyncCase> StartAsync(string version, string edition, params (string Path, SandboxFile File)[] files)
    {
        var one = await SyncCase.StartAsync(version, o => o with { Edition = edition });
        one.Commit(new Dictionary<string, SandboxFile>(files.ToDictionary(f => f.Path, f => f.File)) { ["README.md"] = "r" });
        return one;
    }

    public static TheoryData<string, string> WithDashboards => new() { { "1.3", "OSS" }, { "1.3", "EE" }, { "2.0", "EE" } };

    [Theory]
    [InlineData("SyncDashboards")]
    [InlineData("PushDashboards")]
    public async Task Where_they_are_enterprise_only_each_is_a_skipped_row_that_says_why_and_nothing_is_written_or_deleted(string type)
    {
        await using var one = await StartAsync("2.0", "OSS", ("_dashboards/a.yml", Dashboard("a")), ("_dashboards/b.yml", Dashboard("b")));
        var run = (await one.SyncAsync("delete: true", type)).Succeeded();
        Assert.Equal(["_dashboards/a.yml", "_dashboards/b.yml"], run.Rows.Where(r => r.Action == "skipped").Select(r => r.Path).Order(StringComparer.Ordinal));
        Assert.Contains("enterprise edition", run.Of("_dashboards/a.yml").Reason, StringComparison.Ordinal);
        Assert.Equal(("", 2), (run.Written, run.Rows.Count));
        Assert.Equal(3, one.Files().Count);
        Assert.Single(one.Log());
        Assert.DoesNotContain(one.Kestra.Calls, c => c.Path.Contains("/dashboards", StringComparison.Ordinal));
        Assert.Empty(one.Kestra.UnknownCalls);
    }

    [Fact]
    public async Task A_server_that_answers_405_although_it_says_that_it_has_them_makes_skipped_rows_too()
    {
        await using var one = await StartAsync("2.0", "EE", ("_dashboards/a.yml", Dashboard("a")));
        one.Kestra.Faults.Add(new FaultRule { Effect = FaultEffect.Status, Status = 405, Method = "POST", PathContains = "/dashboards" });
        var run = (await one.SyncAsync("", "SyncDashboards")).Succeeded();
        Assert.Equal(("skipped", ""), (run.Of("_dashboards/a.yml").Action, run.Written));
        Assert.Contains("405", run.Of("_dashboards/a.yml").Reason, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(WithDashboards))]
    public async Task B9_and_B26_They_are_known_by_id_whatever_their_titles_and_file_names_are_and_listed_once(string version, string edition)
    {
        await using var one = await StartAsync(version, edition,
            ("_dashboards/some file.yaml", Dashboard("a", "Sales / 2026")), ("_dashboards/deep/er/b.yml", Dashboard("b", "Sales / 2026")), ("_dashboards/README.md", "no dashboard"));
        one.Kestra.State.PutDashboard(Dashboard("a", "Sales / 2025"));
        one.Kestra.State.PutDashboard(Dashboard("gone", "Sales / 2026"));
        var run = (await one.SyncAsync("delete: true", "SyncDashboards")).Succeeded();
        Assert.Equal("added /b, deleted /gone, updated /a", run.Written);
        Assert.Equal("ignored", run.Of("_dashboards/README.md").Action);
        Assert.Single(one.Kestra.Calls, c => c.Method == "GET" && c.Path.EndsWith("/dashboards", StringComparison.Ordinal));
        Assert.Equal(["a", "b"], one.Kestra.State.ListDashboards().Keys.Order(StringComparer.Ordinal));
        Assert.Contains(one.Kestra.Calls, c => c.Method == "PUT" && c.Path.EndsWith("/dashboards/a", StringComparison.Ordinal));
        Assert.Equal("", (await one.RunAsync()).Succeeded().Written);
    }

    [Theory]
    [MemberData(nameof(WithDashboards))]
    public async Task B25_A_push_keeps_the_names_of_files_and_leaves_out_the_line_that_the_server_writes(string version, string edition)
    {
        await using var one = await StartAsync(version, edition, ("_dashboards/sub/of people.yaml", Dashboard("a", "old")));
        one.Kestra.State.PutDashboard("updated: 2026-01-01T00:00:00Z\n" + Dashboard("a", "new"));
        one.Kestra.State.PutDashboard(Dashboard("b"));
        Assert.Equal("added /b, updated /a", (await one.SyncAsync("", "PushDashboards")).Succeeded().Written);
        Assert.Equal(["README.md", "_dashboards/b.yml", "_dashboards/sub/of people.yaml"], one.Files().Keys.Order(StringComparer.Ordinal));
        Assert.Equal(Dashboard("a", "new"), one.Files()["_dashboards/sub/of people.yaml"]);

        // The line is no difference in either direction.
        one.Kestra.State.PutDashboard("updated: 2026-02-02T00:00:00Z\n" + Dashboard("a", "new"));
        Assert.Equal("", (await one.RunAsync()).Succeeded().Written);
        await one.DefineAsync(one.Task("", "SyncDashboards", "in"));
        Assert.Equal("", (await one.RunAsync()).Succeeded().Written);
    }

    [Theory]
    [MemberData(nameof(WithDashboards))]
    public async Task An_id_that_can_be_the_name_of_a_file_goes_out_and_comes_back_and_another_is_a_skipped_row(string version, string edition)
    {
        await using var one = await StartAsync(version, edition);
        one.Kestra.State.PutDashboard(Dashboard("Bad Id"));
        one.Kestra.State.PutDashboard(Dashboard("../../up"));
        var run = (await one.SyncAsync("", "PushDashboards")).Succeeded();
        Assert.Equal("added /Bad Id", run.Written);
        Assert.Contains("cannot be the name of a file", run.Rows.Single(r => r.Action == "skipped").Reason, StringComparison.Ordinal);
        Assert.Equal(["README.md", "_dashboards/Bad Id.yml"], one.Files().Keys.Order(StringComparer.Ordinal));
        await one.DefineAsync(one.Task("", "SyncDashboards", "in"));
        Assert.Equal("", (await one.RunAsync()).Succeeded().Written);
    }

    [Theory]
    [MemberData(nameof(WithDashboards))]
    public async Task B11_A_push_whose_only_change_is_a_delete_is_a_commit_within_what_dashboards_selects(string version, string edition)
    {
        await using var one = await StartAsync(version, edition, ("_dashboards/gone.yml", Dashboard("gone")), ("_dashboards/other.yml", Dashboard("other")), ("_dashboards/keep.yml", Dashboard("keep")));
        one.Kestra.State.PutDashboard(Dashboard("keep"));
        Assert.Equal("deleted /gone", (await one.SyncAsync("delete: true\ndashboards: [gone*, keep]", "PushDashboards")).Succeeded().Written);
        Assert.Equal(["README.md", "_dashboards/keep.yml", "_dashboards/other.yml"], one.Files().Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task B1_and_B4_A_missing_branch_or_directory_or_an_empty_one_deletes_nothing()
    {
        await using var one = await StartAsync("2.0", "EE", ("empty/README.md", "r"));
        one.Kestra.State.PutDashboard(Dashboard("a"));
        (await one.SyncAsync("delete: true\nbranch: nope", "SyncDashboards")).Failed("'nope'");
        (await one.SyncAsync("delete: true", "SyncDashboards")).Failed("'_dashboards'");
        foreach (var properties in new[] { "delete: true\nfailOnMissingDirectory: false", "delete: true\ngitDirectory: empty" })
        {
            var run = (await one.SyncAsync(properties, "SyncDashboards")).Succeeded();
            Assert.Equal(("", 1), (run.Written, run.Count("kept")));
        }

        Assert.Single(one.Kestra.State.ListDashboards());

        // Nor does a Kestra without dashboards empty Git.
        await using var other = await StartAsync("2.0", "EE", ("_dashboards/a.yml", Dashboard("a")));
        Assert.Equal("", (await other.SyncAsync("delete: true", "PushDashboards")).Succeeded().Written);
        Assert.Equal(2, other.Files().Count);
    }

    [Theory]
    [MemberData(nameof(WithDashboards))]
    public async Task B5_An_invalid_one_stops_everything_before_the_first_write_and_is_never_taken_for_missing(string version, string edition)
    {
        await using var one = await StartAsync(version, edition,
            ("_dashboards/a.yml", Dashboard("a", "new")), ("_dashboards/b.yml", "id: b\n"), ("_dashboards/c.yml", "id: [c\n"), ("_dashboards/d.yml", Dashboard("d")), ("_dashboards/e.yml", Dashboard("d")));
        foreach (var id in new[] { "a", "b", "c", "d" }) one.Kestra.State.PutDashboard(Dashboard(id));
        var run = (await one.SyncAsync("delete: true", "SyncDashboards")).Failed("_dashboards/", "nothing was written");
        Assert.Equal("invalid, invalid, invalid, invalid", string.Join(", ", run.Rows.Where(r => r.Action == "invalid").Select(r => r.Action)));
        Assert.Contains("also that of", run.Of("_dashboards/e.yml").Reason, StringComparison.Ordinal);
        Assert.Equal(["a", "b", "c", "d"], one.Kestra.State.ListDashboards().Keys.Order(StringComparer.Ordinal));
        Assert.Equal(Dashboard("a"), one.Kestra.State.ListDashboards()["a"]);
    }

    [Fact]
    public async Task B34_A_link_is_not_followed_and_what_it_may_stand_for_is_not_deleted()
    {
        await using var one = await StartAsync("2.0", "EE", ("_dashboards/a.yml", Dashboard("a")), ("_dashboards/b.yml", SandboxFile.Link("/etc/passwd")), ("_dashboards/more", SandboxFile.Link("..")));
        foreach (var id in new[] { "b", "elsewhere" }) one.Kestra.State.PutDashboard(Dashboard(id));
        var run = (await one.SyncAsync("delete: true", "SyncDashboards")).Succeeded();
        Assert.Equal("added /a", run.Written);
        Assert.Equal(["a", "b", "elsewhere"], one.Kestra.State.ListDashboards().Keys.Order(StringComparer.Ordinal));
        Assert.Contains("not followed", run.Of("_dashboards/b.yml").Reason, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(WithDashboards))]
    public async Task Two_syncs_of_opposite_directions_settle_after_one_round(string version, string edition)
    {
        await using var one = await StartAsync(version, edition, ("_dashboards/both.yaml", Dashboard("both", "of git") + "\n"), ("_dashboards/git.yml", Dashboard("git").Replace("\n", "\r\n", StringComparison.Ordinal)));
        one.Kestra.State.PutDashboard(Dashboard("both", "of kestra"));
        one.Kestra.State.PutDashboard(Dashboard("kestra"));
        await one.DefineAsync(one.Task("", "SyncDashboards", "in") + one.Task("delete: false", "PushDashboards", "out"));
        Assert.Equal("added /git, added /kestra, updated /both", (await one.RunAsync()).Succeeded().Written);
        Assert.Equal(["README.md", "_dashboards/both.yaml", "_dashboards/git.yml", "_dashboards/kestra.yml"], one.Files().Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["both", "git", "kestra"], one.Kestra.State.ListDashboards().Keys.Order(StringComparer.Ordinal));
        Assert.Equal(("", ""), ((await one.RunAsync()).Succeeded().Written, (await one.RunAsync()).Succeeded().Written));
    }
}
