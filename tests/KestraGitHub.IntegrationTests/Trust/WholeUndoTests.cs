using KestraGitHub.IntegrationTests.Conformance;
using KestraGitHub.StandIns.Git;
using KestraGitHub.StandIns.Kestra;

namespace KestraGitHub.IntegrationTests.Trust;

/// <summary>The same over all kinds of objects at once.</summary>
public sealed class WholeUndoTests
{
    private static string App(string id, string title) => $"id: {id}\nnamespace: prod\ntype: io.kestra.plugin.ee.apps.Execution\nflowId: a\ndisplayName: {title}\n";

    private static string Test(string id, string text) => $"id: {id}\nnamespace: prod\nflowId: a\ndescription: {text}\ntestCases:\n  - {{id: one, type: io.kestra.core.tests.flow.UnitTest}}\n";

    private static string Dashboard(string id, string title) => $"id: {id}\ntitle: {title}\ncharts: []\n";

    private static SortedDictionary<string, string> All(SyncCase one)
    {
        var all = one.Held("prod");
        foreach (var (name, list) in new[] { ("app", one.Kestra.State.ListApps()), ("test", one.Kestra.State.ListUnitTests()), ("dashboard", one.Kestra.State.ListDashboards()) })
        foreach (var (id, source) in list) all[$"{name} {source.Split('\n').First(l => l.StartsWith("id:", StringComparison.Ordinal))}"] = string.Join('\n', source.Split('\n').Where(l => !l.StartsWith("updated:", StringComparison.Ordinal)));
        return all;
    }

    [Theory]
    [InlineData("2.0", "DELETE", "/files", 0)]
    [InlineData("1.3", "DELETE", "/files", 0)]
    [InlineData("2.0", "DELETE", "/main/flows", 0)]
    [InlineData("2.0", "DELETE", "/apps/", 0)]
    [InlineData("2.0", "PUT", "/tests", 0)]
    [InlineData("2.0", "PUT", "/dashboards", 0)]
    public async Task A_sync_of_everything_that_fails_anywhere_leaves_everything_as_it_was(string version, string method, string path, int after)
    {
        var git = new Dictionary<string, SandboxFile>
        {
            ["prod/flows/a.yaml"] = SyncCase.Flow("a", message: "new"), ["prod/flows/n.yaml"] = SyncCase.Flow("n"), ["prod/files/a.txt"] = "new", ["prod/files/n.txt"] = "n",
            ["prod/apps/u.yaml"] = App("u", "new"), ["prod/apps/n.yaml"] = App("n", "new"), ["prod/tests/u.yaml"] = Test("u", "new"), ["prod/tests/n.yaml"] = Test("n", "new"),
            ["_global/dashboards/u.yaml"] = Dashboard("u", "new"), ["_global/dashboards/n.yaml"] = Dashboard("n", "new"),
        };
        await using var one = await SyncCase.HoldingAsync(git, [SyncCase.Flow("a", message: "old"), SyncCase.Flow("gone")], version, "EE");
        foreach (var (file, text) in new[] { ("/a.txt", "old"), ("/gone.txt", "gone") }) one.Kestra.State.PutFile("prod", file, text);
        foreach (var id in new[] { "u", "gone" })
        {
            one.Kestra.State.PutApp(App(id, "old"));
            one.Kestra.State.PutUnitTest(Test(id, "old"));
            one.Kestra.State.PutDashboard(Dashboard(id, "old"));
        }

        var before = All(one);
        one.Kestra.Faults.Add(new FaultRule { Effect = FaultEffect.Status, Status = 403, Method = method, PathContains = path, After = after, Count = 1 });
        var run = (await one.SyncAsync("sourceOfTruth: GIT\nwhenMissingInSource: DELETE", "TenantSync")).Failed("403", "Everything was put back.");
        Assert.Equal(before, All(one));
        Assert.Equal("", run.Written);
        var next = (await one.RunAsync()).Succeeded();
        Assert.Equal((5, 5, 5), (next.Count("added"), next.Count("updated"), next.Count("deleted")));
    }
}
