using System.Globalization;
using KestraGitHub.StandIns.Git;
using KestraGitHub.StandIns.Kestra;
using Xunit.Abstractions;

namespace KestraGitHub.IntegrationTests.Conformance;

/// <summary>How much a TenantSync asks of Kestra: one question for the flows, one call for each namespace, and nothing for each object.</summary>
public sealed class WholeCallCountTests(ITestOutputHelper output)
{
    private const int Namespaces = 15;
    private const int Flows = 8;
    private static readonly string[] Paths = ["a.txt", "b.txt", "sql/c.sql", "sql/deep/d.sql"];
    private const int Objects = Namespaces * (Flows + 4);

    /// <summary>One call for each namespace and for that of the system, which every server lists; then the probe of the server, the list of namespaces and the questions for flows.</summary>
    private const int Each = Namespaces + 1 + 4;

    private static string Ns(int n) => string.Create(CultureInfo.InvariantCulture, $"team{n:00}");

    private static string Id(int i) => string.Create(CultureInfo.InvariantCulture, $"flow-{i:00}");

    private static Dictionary<string, SandboxFile> Tree() => Enumerable.Range(0, Namespaces).SelectMany(n =>
        Enumerable.Range(0, Flows).Select(i => KeyValuePair.Create($"{Ns(n)}/flows/{Id(i)}.yaml", (SandboxFile)SyncCase.Flow(Id(i), Ns(n))))
            .Concat(Paths.Select(p => KeyValuePair.Create($"{Ns(n)}/files/{p}", (SandboxFile)$"{p} of {n}\n")))).ToDictionary();

    [Theory]
    [InlineData("2.0")]
    [InlineData("1.3")]
    public async Task On_the_way_to_Kestra(string version)
    {
        await using var one = await SyncCase.StartAsync(version);
        var tree = Tree();
        one.Commit(tree);
        await one.DefineAsync(one.Task("sourceOfTruth: GIT\nwhenMissingInSource: DELETE", "TenantSync"));
        Assert.Equal(Objects, (await CountAsync(one, "first")).Run.Count("added"));
        (await one.RunAsync()).Succeeded(); // the vouching for what was just written

        var noop = await CountAsync(one, "nothing to do");
        Assert.Equal(("", Objects), (noop.Run.Written, noop.Run.Count("unchanged")));
        Assert.InRange(noop.Calls.Count, Namespaces, Each);
        Assert.DoesNotContain(noop.Calls, c => c.Path.EndsWith("/flows/export/by-query", StringComparison.Ordinal));

        tree[$"{Ns(3)}/flows/{Id(3)}.yaml"] = SyncCase.Flow(Id(3), Ns(3), "changed");
        tree[$"{Ns(4)}/files/a.txt"] = "changed";
        one.Commit(tree);
        var changed = await CountAsync(one, "a flow and a file changed in Git");
        Assert.Equal($"updated {Ns(3)}/{Id(3)}, updated {Ns(4)}/a.txt", changed.Run.Written);
        Assert.InRange(changed.Calls.Count, Namespaces, Each + 10);

        one.Kestra.State.PutFile(Ns(5), "/sql/extra.sql", "by hand");
        one.Kestra.State.PutFile(Ns(6), "/b.txt", "by hand");
        one.Kestra.State.PutFlow(SyncCase.Flow(Id(7), Ns(7), "by hand"));
        var drift = await CountAsync(one, "drift in Kestra");
        Assert.Equal($"deleted {Ns(5)}/sql/extra.sql, updated {Ns(6)}/b.txt, updated {Ns(7)}/{Id(7)}", drift.Run.Written);
        Assert.InRange(drift.Calls.Count, Namespaces, Each + 20);
        Assert.Equal("", (await CountAsync(one, "nothing to do again")).Run.Written);
    }

    [Theory]
    [InlineData("2.0")]
    [InlineData("1.3")]
    public async Task On_the_way_to_Git(string version)
    {
        await using var one = await SyncCase.StartAsync(version);
        one.Commit(new Dictionary<string, SandboxFile> { ["README.md"] = "r" });
        foreach (var (path, file) in Tree())
        {
            var parts = path.Split('/', 3);
            if (parts[1] == "flows") one.Kestra.State.PutFlow(System.Text.Encoding.UTF8.GetString(file.Content));
            else one.Kestra.State.PutFile(parts[0], "/" + parts[2], file.Content);
        }

        await one.DefineAsync(one.Task("sourceOfTruth: KESTRA\nwhenMissingInSource: DELETE", "TenantSync"));
        var first = await CountAsync(one, "first");
        Assert.Equal(Objects, first.Run.Count("added"));
        Assert.Equal(1, first.Calls.Count(c => c.Path.EndsWith("/flows/export/by-query", StringComparison.Ordinal)));
        Assert.Equal(2, one.Log().Count);

        var noop = await CountAsync(one, "nothing to do");
        Assert.Equal(("", Objects), (noop.Run.Written, noop.Run.Count("unchanged")));
        Assert.InRange(noop.Calls.Count, Namespaces, Each);
        Assert.DoesNotContain(noop.Calls, c => c.Path.EndsWith("/flows/export/by-query", StringComparison.Ordinal));
        Assert.Equal(2, one.Log().Count);

        one.Kestra.State.PutFlow(SyncCase.Flow(Id(7), Ns(7), "by hand"));
        one.Kestra.State.PutFile(Ns(6), "/b.txt", "by hand");
        var changed = await CountAsync(one, "a flow and a file changed in Kestra");
        Assert.Equal($"updated {Ns(6)}/b.txt, updated {Ns(7)}/{Id(7)}", changed.Run.Written);
        Assert.Equal(1, changed.Calls.Count(c => c.Path.EndsWith("/flows/export/by-query", StringComparison.Ordinal)));
        Assert.InRange(changed.Calls.Count, Namespaces, Each + 5);

        one.Commit(one.Files().ToDictionary(f => f.Key, f => (SandboxFile)(f.Key == $"{Ns(1)}/files/a.txt" ? "by somebody" : f.Value)));
        Assert.Equal($"updated {Ns(1)}/a.txt", (await CountAsync(one, "a file changed in Git")).Run.Written);
        Assert.Equal("", (await CountAsync(one, "nothing to do again")).Run.Written);
    }

    [Theory]
    [InlineData("PushNamespaceFiles", "namespace: big\ngitDirectory: big")]
    [InlineData("NamespaceSync", "namespace: big\nsourceOfTruth: KESTRA")]
    public async Task Many_bytes_of_one_namespace_are_not_read_again_to_find_that_they_stayed(string type, string properties)
    {
        await using var one = await SyncCase.StartAsync();
        one.Commit(new Dictionary<string, SandboxFile> { ["README.md"] = "r" });
        for (var i = 0; i < 5; i++) one.Kestra.State.PutFile("big", $"/{Id(i)}.bin", new byte[1 << 20]);
        await one.DefineAsync(one.Task(properties, type));
        Assert.Equal(5, (await CountAsync(one, "first")).Run.Count("added"));
        one.Kestra.State.PutFile("big", "/small.txt", "new");
        var changed = await CountAsync(one, "one more");
        Assert.Equal("added big/small.txt", changed.Run.Written);
        Assert.InRange(changed.Calls.Count(c => c.Path.EndsWith("/big/files", StringComparison.Ordinal)), 1, 2);
        Assert.DoesNotContain(changed.Calls, c => c.Path.EndsWith("/files/export", StringComparison.Ordinal));
    }

    private async Task<(Run Run, IReadOnlyList<RecordedCall> Calls)> CountAsync(SyncCase one, string what)
    {
        one.Kestra.ClearCalls();
        var run = (await one.RunAsync()).Succeeded();
        var calls = one.Kestra.Calls;
        output.WriteLine($"{what}: {calls.Count} calls ({string.Join(", ", calls.GroupBy(c => $"{c.Method} {string.Join('/', c.Path.Split('/').Skip(4).Where(p => !p.Any(char.IsDigit)))}").Select(g => $"{g.Count()} {g.Key}"))})");
        Assert.Empty(one.Kestra.UnknownCalls);
        return (run, calls);
    }
}
