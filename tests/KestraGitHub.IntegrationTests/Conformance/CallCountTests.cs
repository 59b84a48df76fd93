using System.Globalization;
using KestraGitHub.StandIns.Git;
using KestraGitHub.StandIns.Kestra;
using Xunit.Abstractions;

namespace KestraGitHub.IntegrationTests.Conformance;

/// <summary>How much a sync of a thousand flows asks of Kestra, and what it never asks.</summary>
public sealed class CallCountTests(ITestOutputHelper output)
{
    private const int Flows = 1000;

    [Theory]
    [InlineData("2.0")]
    [InlineData("1.3")]
    public async Task A_thousand_flows_cost_what_moved_and_no_more(string version)
    {
        await using var one = await SyncCase.StartAsync(version);
        var files = Enumerable.Range(0, Flows).ToDictionary(
            i => string.Create(CultureInfo.InvariantCulture, $"_flows/team{i % 10}/flow-{i:0000}.yaml"), i => (SandboxFile)SyncCase.Flow(string.Create(CultureInfo.InvariantCulture, $"flow-{i:0000}")));
        one.Commit(files);
        await one.DefineAsync(one.Task("targetNamespace: prod\nincludeChildNamespaces: true\ndelete: true"));

        var first = await CountAsync(one, "first sync");
        Assert.Equal(Flows, first.Run.Count("added"));
        Assert.InRange(first.Calls.Count, Flows, Flows + 20);
        Assert.DoesNotContain(first.Calls, c => c.Method == "PUT");
        Assert.Equal(1, first.Calls.Count(c => c.Path.EndsWith("/export/by-query", StringComparison.Ordinal)));

        var noop = await CountAsync(one, "nothing to do");
        Assert.Equal(("", Flows), (noop.Run.Written, noop.Run.Count("unchanged")));
        Assert.InRange(noop.Calls.Count, 0, 1);

        files["readme.md"] = "# elsewhere";
        one.Commit(files);
        Assert.InRange((await CountAsync(one, "a commit elsewhere")).Calls.Count, 0, 1);

        files["_flows/team3/flow-0003.yaml"] = SyncCase.Flow("flow-0003", message: "changed");
        one.Commit(files);
        var changed = await CountAsync(one, "one changed file");
        Assert.Equal("updated prod.team3/flow-0003", changed.Run.Written);
        Assert.InRange(changed.Calls.Count, 1, 4);

        one.Kestra.State.PutFlow(SyncCase.Flow("flow-0007", "prod.team7", "by hand"));
        var drift = await CountAsync(one, "one flow edited in Kestra");
        Assert.Equal("updated prod.team7/flow-0007", drift.Run.Written);
        Assert.InRange(drift.Calls.Count, 1, 7);
        Assert.DoesNotContain(drift.Calls, c => c.Path.EndsWith("/export/by-query", StringComparison.Ordinal));

        files.Remove("_flows/team5/flow-0005.yaml");
        one.Commit(files);
        var deleted = await CountAsync(one, "one file deleted");
        Assert.Equal("deleted prod.team5/flow-0005", deleted.Run.Written);
        Assert.InRange(deleted.Calls.Count, 1, 4);

        Assert.InRange((await CountAsync(one, "nothing to do again")).Calls.Count, 0, 1);
        Assert.Equal(Flows - 1, one.Kestra.State.ListFlows().Count);
    }

    /// <summary>Runs it, prints what it cost, and looks for what must never be sent.</summary>
    private async Task<(Run Run, IReadOnlyList<RecordedCall> Calls)> CountAsync(SyncCase one, string what)
    {
        one.Kestra.ClearCalls();
        var run = (await one.RunAsync()).Succeeded();
        var calls = one.Kestra.Calls;
        output.WriteLine($"{what}: {calls.Count} calls ({string.Join(", ", calls.GroupBy(c => $"{c.Method} {Short(c.Path)}").Select(g => $"{g.Count()} {g.Key}"))})");
        Assert.All(calls, c => Assert.True(c.Method != "PUT" || c.Status == 200, $"{c}"));
        // Bulk calls delete what they are not sent unless told otherwise.
        Assert.All(calls, c => Assert.True(!IsBulk(c) || c.Query.Contains("delete=false", StringComparison.Ordinal), $"{c}"));
        Assert.Empty(one.Kestra.UnknownCalls);
        return (run, calls);
    }

    private static bool IsBulk(RecordedCall call) =>
        call.Method is "POST" or "PUT" && (call.Path.EndsWith("/flows/bulk", StringComparison.Ordinal) || (call.Method == "POST" && call.Path.Contains("/flows/prod", StringComparison.Ordinal)));

    private static string Short(string path) => path.Split('/') is [_, _, _, _, "flows", { } last] && last is not "search" ? $"flows/{last}" : path.Contains("/prod", StringComparison.Ordinal) ? "flows/{ns}/{id}" : path["/api/v1/".Length..];
}
