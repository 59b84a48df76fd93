using KestraGitHub.StandIns.Git;
using KestraGitHub.StandIns.Kestra;

namespace KestraGitHub.IntegrationTests.Conformance;

/// <summary>SyncDashboards and PushDashboards: the rows of plugin-git's own tests (C-DS, C-PD) where servers have dashboards.</summary>
public sealed class DashboardTableTests
{
    private const string Sync = "branch: sync-dashboards\ngitDirectory: to_clone/_dashboards\n";
    private const string Push = "branch: a-new-one\ngitDirectory: my-dashboard\n";
    private const string Author = "commitMessage: \"Push from CI - {{ vars.description }}\"\nauthorName: A Robot\nauthorEmail: robot@example.org\n";

    public static string Dashboard(string id, string title = "A title") =>
        $"id: {id}\ntitle: {title}\ntimeWindow:\n  default: P30D\n  max: P365D\ncharts:\n  - id: logs\n    type: io.kestra.plugin.core.dashboard.chart.Table\n    chartOptions:\n      displayName: x\n"
        + "    data:\n      type: io.kestra.plugin.core.dashboard.data.Executions\n      columns:\n        id:\n          field: ID\n";

    /// <param name="Holds">Dashboards of Kestra before.</param>
    /// <param name="Written">What the run says that it wrote.</param>
    /// <param name="After">Of a sync: the dashboards of Kestra; of a push: the files of the branch, null where it is not to be there.</param>
    private sealed record Row(string Type, string Properties, string[] Holds, string Written, string[]? After)
    {
        public string? WhyOtherwise { get; init; }
    }

    private static readonly string[] Three = ["first-dashboard=another title", "local-dashboard", "same-dashboard"];
    private const string Deleted = "added /new-dashboard, deleted /local-dashboard, updated /first-dashboard";
    private const string Kept = "added /new-dashboard, updated /first-dashboard";
    private static readonly string[] Two = ["firstId", "secondId"];

    private static readonly Dictionary<string, Row> Rows = new()
    {
        ["C-DS-1 delete: true"] = new("SyncDashboards", Sync + "delete: true", Three, Deleted, ["first-dashboard", "new-dashboard", "same-dashboard"]),
        ["C-DS-1 delete: false"] = new("SyncDashboards", Sync + "delete: false", Three, Kept, ["first-dashboard", "local-dashboard", "new-dashboard", "same-dashboard"]),
        ["C-DS-2 delete: true, dryRun"] = new("SyncDashboards", Sync + "delete: true\ndryRun: true", Three, Deleted, ["first-dashboard", "local-dashboard", "same-dashboard"]),
        ["C-DS-2 delete: false, dryRun"] = new("SyncDashboards", Sync + "dryRun: true", Three, Kept, ["first-dashboard", "local-dashboard", "same-dashboard"]),
        ["C-DS-3 Container"] = new("SyncDashboards", Sync, [], "added /first-dashboard, added /new-dashboard, added /same-dashboard", ["first-dashboard", "new-dashboard", "same-dashboard"]),

        ["C-PD-1 DefaultRegex"] = new("PushDashboards", Push + Author, Two, "added /firstId, added /secondId", ["my-dashboard/firstId.yml", "my-dashboard/secondId.yml"]),
        ["C-PD-2 singleRegex"] = new("PushDashboards", Push + Author + "dashboards: first*", Two, "added /firstId", ["my-dashboard/firstId.yml"]),
        ["C-PD-2 singleRegex, dryRun"] = new("PushDashboards", Push + Author + "dashboards: first*\ndryRun: true", Two, "added /firstId", null),
        ["C-PD-3 Container"] = new("PushDashboards", "branch: a-new-one\n", Two[..1], "added /firstId", ["_dashboards/firstId.yml"]),
    };

    private static readonly Table<bool> All = new(RepeatAsync);

    public static TheoryData<string> Cases => [.. Names];

    // Open source has them up to 1.3, enterprise always.
    private static IEnumerable<string> Names => Rows.Keys.SelectMany(n => new[] { $"{n} on 1.3 OSS", $"{n} on 2.0 EE" });

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_row_of_plugin_git_ends_the_same_or_otherwise_on_purpose(string row) => Assert.True(await All.OutcomeAsync(row, Names));

    private static async Task<bool> RepeatAsync(string name)
    {
        var (row, server) = (Rows[name[..name.LastIndexOf(" on ", StringComparison.Ordinal)]], name.Split(' '));
        await using var one = await SyncCase.StartAsync(server[^2], o => o with { Edition = server[^1] });
        one.Commit(new Dictionary<string, SandboxFile> { ["README.md"] = "of people\n" });
        one.Commit(new Dictionary<string, SandboxFile>
        {
            ["to_clone/_dashboards/first-dashboard.yml"] = Dashboard("first-dashboard"), ["to_clone/_dashboards/new-dashboard.yml"] = Dashboard("new-dashboard"),
            ["to_clone/_dashboards/same-dashboard.yml"] = Dashboard("same-dashboard"),
        }, "sync-dashboards");
        foreach (var text in row.Holds) one.Kestra.State.PutDashboard(text.Split('=') is [var id, var title] ? Dashboard(id, title) : Dashboard(text));
        var before = one.Kestra.State.ListDashboards();
        await one.DefineAsync(one.Task(row.Properties, row.Type), "variables: {description: One-task push}\n");
        var run = (await one.RunAsync()).Succeeded();
        Assert.Equal(row.Written, run.Written);
        var isDry = row.Properties.Contains("dryRun", StringComparison.Ordinal);
        if (row.Type == "SyncDashboards")
        {
            Assert.Equal(row.After!, one.Kestra.State.ListDashboards().Keys.Order(StringComparer.Ordinal));
            if (isDry) Assert.Equal(before, one.Kestra.State.ListDashboards());
            else Assert.All(row.After!.Where(d => d != "local-dashboard"), d => Assert.Equal(Dashboard(d), one.Kestra.State.ListDashboards()[d]));
            // An update is a PUT: a POST of one that is there is refused (B9).
            Assert.Equal(isDry ? 0 : row.Holds.Length == 0 ? 3 : 1, one.Kestra.Calls.Count(c => c.Method == "POST" && c.Path.EndsWith("/dashboards", StringComparison.Ordinal)));
        }
        else
        {
            Assert.Equal(row.After ?? [], one.Files("a-new-one").Keys.Where(f => f != "README.md").Order(StringComparer.Ordinal));
            foreach (var path in row.After ?? []) Assert.Equal(Dashboard(Path.GetFileNameWithoutExtension(path)), one.Files("a-new-one")[path]);
            if (!isDry) CheckCommit(one, row.Properties.Contains(Author, StringComparison.Ordinal), run);
        }

        // Once more: there is nothing left to do.
        if (!isDry) Assert.Equal("", (await one.RunAsync()).Succeeded().Written);
        Assert.Empty(one.Kestra.UnknownCalls);
        return true;
    }

    private static void CheckCommit(SyncCase one, bool authored, Run run)
    {
        var commit = one.Log("a-new-one")[0];
        var (by, message) = authored ? ("A Robot <robot@example.org>", "Push from CI - One-task push") : ("KestraGitHub <kestra-github@localhost>", $"Add dashboards from flow: {one.Name}");
        Assert.Equal((by, by, $"{message}\n\nKestra-Sync: main/system/{one.Name}\nKestra-Run: {run.Json["id"]}"), (commit.Author, commit.Committer, commit.Message));
    }
}
