using KestraGitHub.Kestra;
using KestraGitHub.Reconciliation;
using KestraGitHub.StandIns.Kestra;

namespace KestraGitHub.IntegrationTests.Kestra;

/// <summary>Dashboards, apps and unit tests in the Kestra store, on the servers that have them.</summary>
public sealed class ObjectSyncTests
{
    private const string Ns = "company.team";

    public static TheoryData<ResourceKind, string> Servers => new()
    {
        { ResourceKind.Dashboard, "1.3" }, { ResourceKind.Dashboard, "2.0" }, { ResourceKind.App, "1.3" }, { ResourceKind.App, "2.0" },
        { ResourceKind.UnitTest, "1.3" }, { ResourceKind.UnitTest, "2.0" },
    };

    private static ResourceKey Key(ResourceKind kind, string id, string ns = Ns) => new(kind, kind == ResourceKind.Dashboard ? "" : ns, id);

    private static string Yaml(ResourceKey key, string text = "one") => key.Kind switch
    {
        ResourceKind.Dashboard => $"id: {key.Id}\ntitle: {text} # keep\ncharts: []\n",
        ResourceKind.App => $"id: {key.Id}\nnamespace: {key.Namespace}\ntype: io.kestra.plugin.ee.apps.Execution\ndisplayName: {text} # keep\nflowId: a\n",
        _ => $"id: {key.Id}\nnamespace: {key.Namespace}\nflowId: a\ndescription: {text} # keep\ntestCases:\n  - id: case\n    type: io.kestra.core.tests.flow.UnitTest\n",
    };

    private static IReadOnlyDictionary<string, string> Held(Bench bench, ResourceKind kind) => kind switch
    {
        ResourceKind.Dashboard => bench.StandIn.State.ListDashboards(),
        ResourceKind.App => bench.StandIn.State.ListApps(),
        _ => bench.StandIn.State.ListUnitTests(),
    };

    private static void Put(Bench bench, ResourceKey key, string text = "one")
    {
        var source = Yaml(key, text);
        if (key.Kind == ResourceKind.Dashboard) bench.StandIn.State.PutDashboard(source);
        else if (key.Kind == ResourceKind.App) bench.StandIn.State.PutApp(source);
        else bench.StandIn.State.PutUnitTest(source);
    }

    private static async Task<KestraResourceStore> StoreAsync(Bench bench, ResourceKind kind, string? ns = null)
    {
        var server = await bench.Servers.ConnectAsync(bench.Target, default);
        bench.StandIn.ClearCalls();
        return new KestraResourceStore(server, ns is null ? Scope.Tenant(new KindSet(kind)) : new Scope(kind, ns, false), false);
    }

    /// <summary>2.0 with the web layer that is announced for it.</summary>
    private static Task<Bench> StartAsync(string version) => Bench.StartAsync(version, o => o with { Edition = "EE", ProblemDetails = version == "2.0" });

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task They_are_created_updated_and_deleted_and_a_second_look_finds_the_same(ResourceKind kind, string version)
    {
        await using var bench = await StartAsync(version);
        foreach (var id in new[] { "same", "old", "gone" }) Put(bench, Key(kind, id));
        var store = await StoreAsync(bench, kind);
        var read = await store.ReadAsync(KnownState.Nothing, default);
        Assert.Equal(["gone", "old", "same"], read.Resources.Keys.Select(k => k.Id).Order(StringComparer.Ordinal));

        List<Resource> desired =
            [bench.Source.Put(Key(kind, "same"), Yaml(Key(kind, "same"))), bench.Source.Put(Key(kind, "old"), Yaml(Key(kind, "old"), "two")), bench.Source.Put(Key(kind, "new"), Yaml(Key(kind, "new")))];
        var plan = MemorySource.Plan(read, desired, delete: true);
        Assert.Empty(await store.CheckAsync(plan, bench.Source, default));
        var guard = new Guard();
        var applied = await store.ApplyAsync(plan, bench.Source, guard, default);
        Assert.Null(applied.Failure);
        Assert.Equal((3, 3), (applied.Done.Count, guard.Done.Count));
        Assert.Equal([("POST", 1), ("PUT", 1), ("DELETE", 1)],
            new[] { "POST", "PUT", "DELETE" }.Select(m => (m, bench.StandIn.Calls.Count(c => c.Method == m && !c.Path.EndsWith("/validate", StringComparison.Ordinal)))));
        Assert.Equal(desired.Select(d => Yaml(d.Key, d.Key.Id == "old" ? "two" : "one")).Order(StringComparer.Ordinal), Held(bench, kind).Values.Order(StringComparer.Ordinal));

        store = await StoreAsync(bench, kind);
        var again = await store.ReadAsync(MemorySource.Known(read, applied), default);
        Assert.Empty(MemorySource.Plan(again, desired, delete: true).Writes);
        // Sources come with the list, or have not moved since: an app is read again only after it was written.
        Assert.True(store.Calls <= (kind == ResourceKind.App ? 4 : 1), $"{store.Calls} calls");
        Assert.Empty(bench.StandIn.UnknownCalls);
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task An_edit_since_the_reading_is_never_overwritten_or_deleted_and_nothing_absent_is_put(ResourceKind kind, string version)
    {
        await using var bench = await StartAsync(version);
        foreach (var id in new[] { "edited", "deleted", "doomed" }) Put(bench, Key(kind, id));
        var store = await StoreAsync(bench, kind);
        var read = await store.ReadAsync(KnownState.Nothing, default);
        Put(bench, Key(kind, "edited"), "by hand");
        Put(bench, Key(kind, "doomed"), "by hand");
        foreach (var (id, delete) in new[] { ("edited", false), ("doomed", true) })
        {
            var wanted = bench.Source.Put(Key(kind, id), Yaml(Key(kind, id), "two"));
            var change = new Change(delete ? ChangeAction.Deleted : ChangeAction.Updated, wanted.Key, null, "", delete ? null : wanted, read.Resources[wanted.Key]);
            var applied = await store.ApplyAsync(new SyncPlan("1", [change], null), bench.Source, new Guard(), default);
            Assert.Equal(KestraFailureKind.Conflict, Assert.IsType<KestraException>(applied.Failure!.Error).Kind);
        }

        Assert.Equal(2, Held(bench, kind).Values.Count(s => s.Contains("by hand", StringComparison.Ordinal)));
        Assert.DoesNotContain(bench.StandIn.Calls, c => c.Method is "PUT" or "DELETE");
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task A_write_without_an_answer_is_read_back_and_not_doubled(ResourceKind kind, string version)
    {
        await using var bench = await StartAsync(version);
        Put(bench, Key(kind, "old"));
        Put(bench, Key(kind, "gone"));
        var store = await StoreAsync(bench, kind);
        var read = await store.ReadAsync(KnownState.Nothing, default);
        var plan = MemorySource.Plan(read, [bench.Source.Put(Key(kind, "old"), Yaml(Key(kind, "old"), "two")), bench.Source.Put(Key(kind, "new"), Yaml(Key(kind, "new")))], delete: true);
        foreach (var method in new[] { "PUT", "POST", "DELETE" }) bench.StandIn.Faults.Add(new FaultRule { Effect = FaultEffect.Drop, Method = method, Count = 1 });
        var applied = await store.ApplyAsync(plan, bench.Source, new Guard(), default);
        Assert.Null(applied.Failure);
        foreach (var method in new[] { "PUT", "POST", "DELETE" }) Assert.Equal(1, await bench.CountAsync(method, 1));
        Assert.Equal(2, Held(bench, kind).Count);
    }

    [Theory]
    [InlineData(ResourceKind.App)]
    [InlineData(ResourceKind.UnitTest)]
    public async Task Only_those_of_the_scope_are_read_and_one_under_another_name_than_its_own_is_refused(ResourceKind kind)
    {
        await using var bench = await StartAsync("2.0");
        Put(bench, Key(kind, "a"));
        Put(bench, Key(kind, "b", Ns + ".child"));
        var store = await StoreAsync(bench, kind, Ns);
        Assert.Equal("a", Assert.Single((await store.ReadAsync(KnownState.Nothing, default)).Resources).Key.Id);
        var plan = MemorySource.Plan(ResourceSet.Empty, [bench.Source.Put(Key(kind, "x"), Yaml(Key(kind, "y"))), bench.Source.Put(Key(kind, "z", "elsewhere"), Yaml(Key(kind, "z", "elsewhere")))]);
        var objections = await store.CheckAsync(plan, bench.Source, default);
        Assert.Contains(objections, o => o.Key.Id == "x" && o.Reason.Contains($"its source says {Ns}/y", StringComparison.Ordinal));
        Assert.Contains(objections, o => o.Key.Id == "z" && o.Reason.Contains("outside", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_the_validation_says_is_an_objection_and_a_list_that_is_cut_short_is_no_list()
    {
        await using var bench = await StartAsync("2.0");
        var store = await StoreAsync(bench, ResourceKind.UnitTest);
        var key = Key(ResourceKind.UnitTest, "t");
        var objection = Assert.Single(await store.CheckAsync(MemorySource.Plan(ResourceSet.Empty, [bench.Source.Put(key, $"id: t\nnamespace: {Ns}\nflowId: a\n")]), bench.Source, default));
        Assert.Contains("testCases", objection.Reason, StringComparison.Ordinal);
        Assert.False(objection.Skips);

        bench.StandIn.Faults.Add(new FaultRule { Effect = FaultEffect.Status, Status = 200, Body = """{"results":[],"total":3}""", PathContains = "/tests/search" });
        Assert.Contains("0 of 3", (await Assert.ThrowsAsync<KestraException>(() => store.ReadAsync(KnownState.Nothing, default))).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task One_that_somebody_else_created_meanwhile_is_a_conflict(ResourceKind kind, string version)
    {
        await using var bench = await StartAsync(version);
        var store = await StoreAsync(bench, kind);
        var plan = MemorySource.Plan(await store.ReadAsync(KnownState.Nothing, default), [bench.Source.Put(Key(kind, "new"), Yaml(Key(kind, "new")))]);
        Put(bench, Key(kind, "new"), "by hand");
        var applied = await store.ApplyAsync(plan, bench.Source, new Guard(), default);
        Assert.Equal(KestraFailureKind.Conflict, Assert.IsType<KestraException>(applied.Failure!.Error).Kind);
        Assert.Contains("by hand", Assert.Single(Held(bench, kind)).Value, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task More_than_a_page_of_them_come_whole(ResourceKind kind, string version)
    {
        await using var bench = await StartAsync(version);
        for (var i = 0; i < 405; i++) Put(bench, Key(kind, $"n{i}"));
        var store = await StoreAsync(bench, kind);
        var read = await store.ReadAsync(KnownState.Nothing, default);
        Assert.Equal(405, read.Resources.Count);
        Assert.All(read.Resources, r => Assert.Equal(Yaml(r.Key), System.Text.Encoding.UTF8.GetString(r.Value.Content!.Value.Span)));
        // Three pages; of apps three exports too, for their list brings no sources.
        Assert.Equal(kind == ResourceKind.App ? 6 : 3, store.Calls);

        // Where the export fails, and two of another namespace make it fail for good, each is read by itself.
        if (kind != ResourceKind.App) return;
        Put(bench, Key(kind, "b-c", "a"));
        Put(bench, Key(kind, "c", "a-b"));
        store = await StoreAsync(bench, kind);
        Assert.Equal(407, (await store.ReadAsync(KnownState.Nothing, default)).Resources.Count);
    }
}
