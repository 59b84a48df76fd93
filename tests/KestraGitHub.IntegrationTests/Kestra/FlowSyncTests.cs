using KestraGitHub.Kestra;
using KestraGitHub.Reconciliation;
using KestraGitHub.StandIns.Kestra;

namespace KestraGitHub.IntegrationTests.Kestra;

public sealed class FlowSyncTests
{
    [Theory]
    [InlineData("1.3")]
    [InlineData("2.0")]
    public async Task A_thousand_flows_cost_what_they_must_and_a_second_look_one_call(string version)
    {
        await using var bench = await Bench.StartAsync(version, patient: true);
        List<Resource> desired = [.. Enumerable.Range(0, 1000).Select(i => bench.Source.Put(Bench.Flow($"f{i}"), Bench.Yaml($"f{i}")))];

        var store = await bench.FlowsAsync();
        var read = await store.ReadAsync(KnownState.Nothing, default);
        var plan = MemorySource.Plan(read, desired);
        Assert.Empty(await store.CheckAsync(plan, bench.Source, default));
        var applied = await store.ApplyAsync(plan, bench.Source, new Guard(), default);
        Assert.Null(applied.Failure);
        Assert.Equal(1000, bench.StandIn.State.ListFlows().Count);
        Assert.Equal(1000, bench.StandIn.State.FlowWrites());
        Assert.Equal(1 + 1 + 10 + 1000 + 1, store.Calls);
        Assert.NotNull(applied.Cursor);

        var known = MemorySource.Known(read, applied);
        store = await bench.FlowsAsync();
        var again = await store.ReadAsync(known, default);
        Assert.Equal(1000, again.Resources.Count);
        plan = MemorySource.Plan(again, desired);
        Assert.Empty(plan.Writes);
        applied = await store.ApplyAsync(plan, bench.Source, new Guard(), default);
        Assert.Equal(known.Cursor, applied.Cursor);
        Assert.Equal(1, store.Calls);
        known = MemorySource.Known(again, applied);

        desired[500] = bench.Source.Put(Bench.Flow("f500"), Bench.Yaml("f500", "two"));
        store = await bench.FlowsAsync();
        again = await store.ReadAsync(known, default);
        plan = MemorySource.Plan(again, desired);
        Assert.Equal(ChangeAction.Updated, Assert.Single(plan.Writes).Action);
        Assert.Empty(await store.CheckAsync(plan, bench.Source, default));
        applied = await store.ApplyAsync(plan, bench.Source, new Guard(), default);
        Assert.Equal(4, store.Calls);
        Assert.NotNull(applied.Cursor);
        Assert.Equal("2", Assert.Single(applied.Done).Now!.Version);
        Assert.Equal(2, bench.StandIn.State.GetFlow("company", "f500")!.Revision);
        Assert.Empty(bench.StandIn.UnknownCalls);
    }

    [Theory]
    [InlineData("1.3")]
    [InlineData("2.0")]
    public async Task What_was_stored_is_read_byte_for_byte_and_deletes_come_last(string version)
    {
        await using var bench = await Bench.StartAsync(version);
        bench.StandIn.State.PutFlow(Bench.Yaml("old"));
        bench.StandIn.State.PutFlow(Bench.Yaml("crlf").Replace("\n", "\r\n", StringComparison.Ordinal));
        bench.StandIn.State.PutFlow(Bench.Yaml("elsewhere", ns: "companyx"));
        bench.StandIn.State.PutFlow(Bench.Yaml("child", ns: "company.team"));
        var store = await bench.FlowsAsync();
        var read = await store.ReadAsync(KnownState.Nothing, default);
        Assert.Equal(["company.team/child", "company/crlf", "company/old"], read.Resources.Keys.Select(k => $"{k.Namespace}/{k.Id}").Order(StringComparer.Ordinal));

        List<Resource> desired = [bench.Source.Put(Bench.Flow("crlf"), Bench.Yaml("crlf")), bench.Source.Put(Bench.Flow("new"), Bench.Yaml("new"))];
        Assert.Equal(desired[0].Likeness, read.Resources[Bench.Flow("crlf")].Likeness);
        Assert.NotEqual(desired[0].Digest, read.Resources[Bench.Flow("crlf")].Digest);
        var plan = MemorySource.Plan(read, desired, delete: true);
        var guard = new Guard();
        var applied = await store.ApplyAsync(plan, bench.Source, guard, default);
        Assert.Null(applied.Failure);
        Assert.Equal([ChangeAction.Added, ChangeAction.Deleted, ChangeAction.Deleted], guard.Done.Select(d => d.Change.Action));
        Assert.Equal(["company/crlf", "company/new", "companyx/elsewhere"], Names(bench));
        Assert.NotNull(applied.Cursor);
        var known = MemorySource.Known(read, applied);
        Assert.Equal(known.Inventory.Entries.Keys.ToHashSet(), (await (await bench.FlowsAsync()).ReadAsync(known, default)).Resources.Keys.ToHashSet());
        Assert.Single(bench.StandIn.Calls);
    }

    [Theory]
    [InlineData("1.3")]
    [InlineData("2.0")]
    public async Task An_edit_while_we_write_leaves_no_cursor_and_is_read_next_time(string version)
    {
        await using var bench = await Bench.StartAsync(version);
        bench.StandIn.State.PutFlow(Bench.Yaml("theirs"));
        var store = await bench.FlowsAsync();
        var read = await store.ReadAsync(KnownState.Nothing, default);
        var plan = MemorySource.Plan(read, [bench.Source.Put(Bench.Flow("ours"), Bench.Yaml("ours"))]);
        var applied = await store.ApplyAsync(plan, bench.Source, new Guard { Before = () => bench.StandIn.State.PutFlow(Bench.Yaml("theirs", "edited")) }, default);
        Assert.Null(applied.Failure);
        Assert.Null(applied.Cursor);
        var again = await (await bench.FlowsAsync()).ReadAsync(MemorySource.Known(read, applied), default);
        Assert.NotEqual(read.Resources[Bench.Flow("theirs")].Digest, again.Resources[Bench.Flow("theirs")].Digest);
    }

    [Theory]
    [InlineData("1.3")]
    [InlineData("2.0")]
    public async Task What_moved_since_is_read_alone_and_a_delete_reads_everything(string version)
    {
        await using var bench = await Bench.StartAsync(version);
        for (var i = 0; i < 100; i++) bench.StandIn.State.PutFlow(Bench.Yaml($"f{i}"));
        var read = await (await bench.FlowsAsync()).ReadAsync(KnownState.Nothing, default);
        var known = MemorySource.Known(read, new ApplyResult([], read.Revision, null));

        bench.StandIn.State.PutFlow(Bench.Yaml("f7", "edited"));
        bench.StandIn.State.PutFlow(Bench.Yaml("f100"));
        var store = await bench.FlowsAsync();
        var moved = await store.ReadAsync(known, default);
        Assert.Equal(4, store.Calls); // the question, the page, two flows
        Assert.Equal(101, moved.Resources.Count);
        Assert.Equal("2", moved.Resources[Bench.Flow("f7")].Version);
        Assert.Equal(Bench.Yaml("f7", "edited"), await TextAsync(await store.OpenAsync(moved.Resources[Bench.Flow("f7")], default)));
        Assert.Equal(Bench.Yaml("f8"), await TextAsync(await store.OpenAsync(moved.Resources[Bench.Flow("f8")], default)));
        bench.StandIn.State.PutFlow(Bench.Yaml("f9", "edited after it was read"));
        var changed = await Assert.ThrowsAsync<KestraException>(() => store.OpenAsync(moved.Resources[Bench.Flow("f9")], default));
        Assert.True(changed.IsTransient);

        bench.StandIn.State.PutFlow(Bench.Yaml("f9"));
        known = MemorySource.Known(moved, new ApplyResult([], moved.Revision, null));
        bench.StandIn.State.DeleteFlow("company", "f3");
        bench.StandIn.State.PutFlow(Bench.Yaml("f101")); // the total is what it was
        var whole = await (await bench.FlowsAsync()).ReadAsync(known, default);
        Assert.Equal(101, whole.Resources.Count);
        Assert.DoesNotContain(Bench.Flow("f3"), whole.Resources.Keys);
        Assert.Contains(bench.StandIn.Calls, c => c.Path.EndsWith("/export/by-query", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("1.3")]
    [InlineData("2.0")]
    public async Task Colliding_export_names_are_read_one_by_one(string version)
    {
        await using var bench = await Bench.StartAsync(version);
        bench.StandIn.State.PutFlow(Bench.Yaml("b-c", ns: "company.a"));
        bench.StandIn.State.PutFlow(Bench.Yaml("c", ns: "company.a-b"));
        var read = await (await bench.FlowsAsync()).ReadAsync(KnownState.Nothing, default);
        Assert.Equal(2, read.Resources.Count);
        Assert.NotEmpty(read.Revision);
    }

    [Fact]
    public async Task A_draft_and_a_broken_flow_are_there()
    {
        await using var bench = await Bench.StartAsync("2.0");
        bench.StandIn.State.PutFlow("id: d\nnamespace: company\ndraft: true\ntasks:\n  - id: x\n    type: io.kestra.plugin.gone.Gone\n");
        var read = await (await bench.FlowsAsync()).ReadAsync(KnownState.Nothing, default);
        Assert.Equal([Bench.Flow("d")], read.Resources.Keys);
    }

    [Fact]
    public async Task A_lost_cursor_of_another_server_reads_everything()
    {
        await using var bench = await Bench.StartAsync("2.0");
        bench.StandIn.State.PutFlow(Bench.Yaml("a"));
        var read = await (await bench.FlowsAsync()).ReadAsync(KnownState.Nothing, default);
        var otherFormat = read.Revision.Replace("f1", "f0", StringComparison.Ordinal);
        var otherServer = read.Revision.Replace("\"f1\",\"", "\"f1\",\"other", StringComparison.Ordinal);
        foreach (var cursor in new[] { "", "x", "[]", "{}", "[1,2]", otherFormat, otherServer })
        {
            var store = await bench.FlowsAsync();
            await store.ReadAsync(MemorySource.Known(read, new ApplyResult([], cursor, null)), default);
            Assert.Equal(2, store.Calls);
        }
    }

    [Fact]
    public async Task An_inventory_that_does_not_hold_all_that_the_cursor_counts_is_not_believed()
    {
        await using var bench = await Bench.StartAsync("2.0");
        bench.StandIn.State.PutFlow(Bench.Yaml("a"));
        bench.StandIn.State.PutFlow(Bench.Yaml("b"));
        var read = await (await bench.FlowsAsync()).ReadAsync(KnownState.Nothing, default);
        var half = new ResourceSet("", read.Resources.Where(r => r.Key.Id == "a").ToDictionary(), []);
        var store = await bench.FlowsAsync();
        var again = await store.ReadAsync(MemorySource.Known(half, new ApplyResult([], read.Revision, null)), default);
        Assert.Equal(2, again.Resources.Count);
    }

    [Theory]
    [InlineData("1.3")]
    [InlineData("2.0")]
    public async Task Objections_come_before_the_first_write(string version)
    {
        await using var bench = await Bench.StartAsync(version);
        var store = await bench.FlowsAsync();
        var read = await store.ReadAsync(KnownState.Nothing, default);
        List<Resource> desired =
        [
            bench.Source.Put(Bench.Flow("good"), Bench.Yaml("good")),
            bench.Source.Put(Bench.Flow("type"), Bench.Yaml("type").Replace("log.Log", "log.Nope", StringComparison.Ordinal)),
            bench.Source.Put(Bench.Flow("empty"), "id: empty\nnamespace: company\ntasks: []\n"),
            bench.Source.Put(Bench.Flow("broken"), "id: broken\nnamespace: company\ntasks: [\n"),
            bench.Source.Put(Bench.Flow("name"), Bench.Yaml("other")),
            bench.Source.Put(Bench.Flow("twice"), Bench.Yaml("twice") + "description: a\ndescription: b\n"),
            bench.Source.Put(Bench.Flow("two"), Bench.Yaml("two") + "---\n" + Bench.Yaml("three")),
            bench.Source.Put(Bench.Flow("hidden"), Bench.Yaml("hidden") + "deleted: true\n"),
            bench.Source.Put(Bench.Flow("search"), Bench.Yaml("search")),
            bench.Source.Put(Bench.Flow("out", "companyx"), Bench.Yaml("out", ns: "companyx")),
        ];
        var objections = await store.CheckAsync(MemorySource.Plan(read, desired), bench.Source, default);
        HashSet<string> expected = ["broken", "empty", "hidden", "name", "out", "twice", "two", "type"];
        if (version == "1.3") expected.Add("search"); // a reserved id there
        Assert.Equal(expected, objections.Select(o => o.Key.Id).ToHashSet());
        Assert.All(objections, o => Assert.DoesNotContain('\n', o.Reason));
        Assert.DoesNotContain("Validation error", objections.Single(o => o.Key.Id == "empty").Reason, StringComparison.Ordinal);
        Assert.Equal(0, bench.StandIn.State.FlowWrites());
        Assert.Single(bench.StandIn.Calls, c => c.Path.EndsWith("/validate", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Validation_goes_in_batches()
    {
        await using var bench = await Bench.StartAsync("1.3");
        var store = await bench.FlowsAsync();
        var read = await store.ReadAsync(KnownState.Nothing, default);
        List<Resource> desired = [.. Enumerable.Range(0, 250).Select(i => bench.Source.Put(
            Bench.Flow($"f{i}"), i == 180 ? "id: f180\nnamespace: company\n" : Bench.Yaml($"f{i}")))];
        var objection = Assert.Single(await store.CheckAsync(MemorySource.Plan(read, desired), bench.Source, default));
        Assert.Equal("f180", objection.Key.Id);
        Assert.Equal(3, bench.StandIn.Calls.Count(c => c.Path.EndsWith("/validate", StringComparison.Ordinal)));
    }

    private static string[] Names(Bench bench) => [.. bench.StandIn.State.ListFlows().Select(f => $"{f.Namespace}/{f.Id}").Order(StringComparer.Ordinal)];

    private static async Task<string> TextAsync(Stream stream)
    {
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }
}
