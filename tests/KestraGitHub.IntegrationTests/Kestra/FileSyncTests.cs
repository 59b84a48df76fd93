using System.Text;
using KestraGitHub.Kestra;
using KestraGitHub.Reconciliation;
using KestraGitHub.StandIns.Kestra;

namespace KestraGitHub.IntegrationTests.Kestra;

public sealed class FileSyncTests
{
    [Theory]
    [InlineData("1.3")]
    [InlineData("2.0")]
    public async Task Files_arrive_as_they_are_and_a_second_look_is_one_call(string version)
    {
        await using var bench = await Bench.StartAsync(version);
        List<Resource> desired =
        [
            bench.Source.Put(Bench.File("a.txt"), "one\n"),
            bench.Source.Put(Bench.File("deep/er/b.sql"), "select 1"),
            bench.Source.Put(Bench.File("deep/empty"), ""),
            bench.Source.Put(Bench.File("pack.zip"), "PK no archive at all"),
            bench.Source.Put(Bench.File("deep/a+b&c=d;e.txt"), "odd"),
            bench.Source.Put(Bench.File("grüße.txt"), "umlaut"),
        ];
        var store = await bench.FilesAsync();
        var read = await store.ReadAsync(KnownState.Nothing, default);
        Assert.Equal(1, store.Calls);
        var plan = MemorySource.Plan(read, desired);
        Assert.Empty(await store.CheckAsync(plan, bench.Source, default));
        var applied = await store.ApplyAsync(plan, bench.Source, new Guard(), default);
        Assert.Null(applied.Failure);
        Assert.Equal(1 + 6 + 3, store.Calls); // one listing, six uploads, three directories read back
        Assert.All(applied.Done, d => Assert.NotEmpty(d.Now!.Version));
        Assert.Equal("PK no archive at all", bench.StandIn.State.GetFileText("company", "/pack.zip"));
        Assert.Equal("odd", bench.StandIn.State.GetFileText("company", "/deep/a+b&c=d;e.txt"));
        Assert.Equal(6, bench.StandIn.State.ListFiles("company").Count);

        var known = MemorySource.Known(read, applied);
        store = await bench.FilesAsync();
        var again = await store.ReadAsync(known, default);
        Assert.Equal(1, store.Calls);
        Assert.Empty(MemorySource.Plan(again, desired).Writes);
        Assert.Empty(bench.StandIn.UnknownCalls);

        desired[1] = bench.Source.Put(Bench.File("deep/er/b.sql"), "select 2");
        plan = MemorySource.Plan(again, desired);
        applied = await store.ApplyAsync(plan, bench.Source, new Guard(), default);
        Assert.Equal(3, store.Calls);
        Assert.Equal("select 2", bench.StandIn.State.GetFileText("company", "/deep/er/b.sql"));
        Assert.Equal(1, bench.StandIn.State.GetFileRevision("company", "/a.txt"));
    }

    [Theory]
    [InlineData("1.3")]
    [InlineData("2.0")]
    public async Task Sizes_and_time_stamps_spare_reading_contents(string version)
    {
        await using var bench = await Bench.StartAsync(version);
        foreach (var name in new[] { "a", "b", "c" }) bench.StandIn.State.PutFile("company", "/" + name, "1234");
        var sizes = new Dictionary<string, long> { ["a"] = 4, ["b"] = 5 };
        var store = await bench.FilesAsync(options: new KestraStoreOptions(DesiredSize: k => sizes.TryGetValue(k.Id, out var size) ? size : null));
        var read = await store.ReadAsync(KnownState.Nothing, default);
        Assert.Equal(3, store.Calls); // the listing, a (same size) and c (unknown)
        Assert.Equal("size:4", read.Resources[Bench.File("b")].Digest);
        Assert.Equal(BlobHash.Of("1234"u8), read.Resources[Bench.File("a")].Digest);

        var known = MemorySource.Known(read, new ApplyResult([], null, null));
        store = await bench.FilesAsync();
        await store.ReadAsync(known, default);
        Assert.Equal(1, store.Calls);
    }

    [Theory]
    [InlineData("1.3")]
    [InlineData("2.0")]
    public async Task Many_small_files_are_read_by_one_export_without_the_flows_in_it(string version)
    {
        await using var bench = await Bench.StartAsync(version);
        for (var i = 0; i < 100; i++) bench.StandIn.State.PutFile("company", $"/d{i % 4}/f{i}.txt", $"content {i}");
        bench.StandIn.State.PutFlow(Bench.Yaml("flow"));
        var store = await bench.FilesAsync();
        var read = await store.ReadAsync(KnownState.Nothing, default);
        Assert.Equal(1 + 4 + 1, store.Calls);
        Assert.Equal(100, read.Resources.Count);
        Assert.Empty(read.Problems);
        var file = read.Resources[Bench.File("d3/f99.txt")];
        using var reader = new StreamReader(await store.OpenAsync(file, default));
        Assert.Equal("content 99", await reader.ReadToEndAsync());
    }

    [Theory]
    [InlineData("1.3")]
    [InlineData("2.0")]
    public async Task Deleting_takes_exactly_what_was_listed(string version)
    {
        await using var bench = await Bench.StartAsync(version);
        foreach (var path in new[] { "/haz/d/only.txt", "/haz/d/gone.txt", "/haz/top.txt", "/keep.txt" }) bench.StandIn.State.PutFile("company", path, "precious");
        var store = await bench.FilesAsync();
        var read = await store.ReadAsync(KnownState.Nothing, default);
        // Someone deletes the file first: a DELETE of the missing one would take its only sibling with it.
        var plan = new SyncPlan("1", [new Change(ChangeAction.Deleted, Bench.File("haz/d/gone.txt"), null, "", null, read.Resources[Bench.File("haz/d/gone.txt")])], null);
        bench.StandIn.State.DeleteFile("company", "/haz/d/gone.txt");
        var applied = await store.ApplyAsync(plan, bench.Source, new Guard(), default);
        Assert.Null(applied.Failure);
        Assert.Single(applied.Done);
        Assert.DoesNotContain(bench.StandIn.Calls, c => c.Method == "DELETE");
        Assert.Equal(["/haz/d/only.txt", "/haz/top.txt", "/keep.txt"], bench.StandIn.State.ListFiles("company").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("1.3")]
    [InlineData("2.0")]
    public async Task A_delete_whose_answer_is_lost_is_not_sent_again(string version)
    {
        await using var bench = await Bench.StartAsync(version);
        foreach (var path in new[] { "/d/a.txt", "/d/b.txt", "/t.txt" }) bench.StandIn.State.PutFile("company", path, "x");
        var store = await bench.FilesAsync();
        var read = await store.ReadAsync(KnownState.Nothing, default);
        bench.StandIn.Faults.Add(new FaultRule { Effect = FaultEffect.Drop, Method = "DELETE", Count = 1 });
        var plan = new SyncPlan("1", [new Change(ChangeAction.Deleted, Bench.File("d/a.txt"), null, "", null, read.Resources[Bench.File("d/a.txt")])], null);
        Assert.Null((await store.ApplyAsync(plan, bench.Source, new Guard(), default)).Failure);
        // A second one would have taken b.txt along.
        Assert.Equal(["/d/b.txt", "/t.txt"], bench.StandIn.State.ListFiles("company").Order(StringComparer.Ordinal));
        Assert.Equal(1, bench.StandIn.State.FileDeletes());
    }

    [Fact]
    public async Task A_file_that_was_edited_since_is_not_deleted()
    {
        await using var bench = await Bench.StartAsync("2.0");
        bench.StandIn.State.PutFile("company", "/a.txt", "one");
        var store = await bench.FilesAsync();
        var read = await store.ReadAsync(KnownState.Nothing, default);
        await Task.Delay(5);
        bench.StandIn.State.PutFile("company", "/a.txt", "two");
        var applied = await store.ApplyAsync(MemorySource.Plan(read, [], delete: true), bench.Source, new Guard(), default);
        Assert.Equal(KestraFailureKind.Conflict, Assert.IsType<KestraException>(applied.Failure!.Error).Kind);
        Assert.Equal("two", bench.StandIn.State.GetFileText("company", "/a.txt"));
    }

    [Theory]
    [InlineData("1.3")]
    [InlineData("2.0")]
    public async Task A_file_becomes_a_directory(string version)
    {
        await using var bench = await Bench.StartAsync(version);
        bench.StandIn.State.PutFile("company", "/a", "file");
        bench.StandIn.State.PutFile("company", "/old.txt", "old");
        var store = await bench.FilesAsync();
        var read = await store.ReadAsync(KnownState.Nothing, default);
        var plan = MemorySource.Plan(read, [bench.Source.Put(Bench.File("a/b.txt"), "b"), bench.Source.Put(Bench.File("new.txt"), "new")], delete: true);
        Assert.Empty(await store.CheckAsync(plan, bench.Source, default));
        var guard = new Guard();
        var applied = await store.ApplyAsync(plan, bench.Source, guard, default);
        Assert.Null(applied.Failure);
        Assert.Equal(["a", "a/b.txt", "new.txt", "old.txt"], guard.Done.Select(d => d.Change.Key.Id));
        Assert.Equal(["/a/b.txt", "/new.txt"], bench.StandIn.State.ListFiles("company").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("1.3", new[] { "a b.txt", "a%20b", "a#b", "a?b", "[a]", "a\"b", "{a}", "_flows/x.yml", "../x", "x/../y", "/x", "a\\b", "", "d/" })]
    [InlineData("2.0", new[] { "a b.txt", "_flows/x.yml", "../x", "x/../y", "/x", "a\\b", "", "d/" })]
    public async Task Names_that_would_be_lost_are_refused_before_the_first_write(string version, string[] names)
    {
        await using var bench = await Bench.StartAsync(version);
        var store = await bench.FilesAsync();
        var read = await store.ReadAsync(KnownState.Nothing, default);
        string[] fine = ["a+b.txt", "a:b", "a'b", "_flowsx/a", "x/_flows/y", "\u00e9", "e\u0301", ".hidden"];
        List<Resource> desired = [.. names.Concat(fine).Select(n => bench.Source.Put(Bench.File(n), n))];
        if (version == "2.0") desired.AddRange(new[] { "100%", "a#b", "a?b", "[a]", "a\"b", "{a}", "a%20b" }.Select(n => bench.Source.Put(Bench.File(n), n)));
        var plan = MemorySource.Plan(read, desired);
        var objections = await store.CheckAsync(plan, bench.Source, default);
        Assert.Equal(names.Order(StringComparer.Ordinal), objections.Select(o => o.Key.Id).Order(StringComparer.Ordinal));

        // What is left is stored under its name with its content.
        plan = plan with { Changes = [.. plan.Changes.Where(c => objections.All(o => o.Key != c.Key))] };
        var applied = await store.ApplyAsync(plan, bench.Source, new Guard(), default);
        Assert.Null(applied.Failure);
        Assert.All(plan.Changes, c => Assert.Equal(c.Key.Id, bench.StandIn.State.GetFileText("company", "/" + c.Key.Id)));
    }

    [Fact]
    public async Task What_cannot_be_addressed_safely_is_there_and_left_alone()
    {
        await using var bench = await Bench.StartAsync("2.0");
        // By whatever way they came in: asked for "a b", the server would delete "a+b".
        foreach (var path in new[] { "/a b", "/a+b", "/d e/f", "/z" }) bench.StandIn.State.PutFile("company", path, path);
        var before = bench.StandIn.State.ListFiles("company").Count;
        foreach (var known in new[] { 0, 2 })
        {
            var store = await bench.FilesAsync();
            var inventory = Enumerable.Range(0, known).Select(i => new InventoryEntry(Bench.File($"x{i}/y"), "", "", "", "", "", 1)).ToDictionary(e => e.Key);
            var read = await store.ReadAsync(new KnownState(new Inventory(inventory), null), default);
            Assert.All(read.Problems, p => Assert.Equal(ProblemKind.Invalid, p.Kind));
            Assert.NotEmpty(read.Problems);
            Assert.Null((await store.ApplyAsync(MemorySource.Plan(read, [], delete: true), bench.Source, new Guard(), default)).Failure);
            Assert.Equal(before - read.Resources.Count, bench.StandIn.State.ListFiles("company").Count);
            before -= read.Resources.Count;
        }
    }

    [Fact]
    public async Task A_namespace_too_large_for_an_export_is_read_one_by_one()
    {
        await using var bench = await Bench.StartAsync("2.0");
        for (var i = 0; i < 30; i++) bench.StandIn.State.PutFile("company", $"/d{i % 3}/f{i}", $"content {i}");
        bench.StandIn.Faults.Add(new FaultRule { Effect = FaultEffect.Status, Status = 500, PathContains = "/export" });
        var read = await (await bench.FilesAsync()).ReadAsync(KnownState.Nothing, default);
        Assert.Equal(BlobHash.Of("content 7"u8), read.Resources[Bench.File("d1/f7")].Digest);
        Assert.Equal(30, read.Resources.Count);
    }

    [Fact]
    public async Task File_against_directory_is_refused_before_the_first_write()
    {
        await using var bench = await Bench.StartAsync("2.0");
        bench.StandIn.State.PutFile("company", "/file", "x");
        bench.StandIn.State.PutFile("company", "/dir/a", "x");
        var store = await bench.FilesAsync();
        var read = await store.ReadAsync(KnownState.Nothing, default);
        List<Resource> desired = [bench.Source.Put(Bench.File("file/under"), "1"), bench.Source.Put(Bench.File("dir"), "2"), bench.Source.Put(Bench.File("ok"), "3")];
        var objections = await store.CheckAsync(MemorySource.Plan(read, desired), bench.Source, default);
        Assert.Equal(["dir", "file/under"], objections.Select(o => o.Key.Id).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(FaultEffect.Drop)]
    [InlineData(FaultEffect.Hang)]
    [InlineData(FaultEffect.Status)]
    public async Task An_upload_in_doubt_is_looked_at_before_it_is_sent_again(FaultEffect effect)
    {
        await using var bench = await Bench.StartAsync("1.3");
        var store = await bench.FilesAsync();
        var read = await store.ReadAsync(KnownState.Nothing, default);
        bench.StandIn.Faults.Add(new FaultRule { Effect = effect, Status = 500, Method = "POST", Count = 1 });
        var applied = await store.ApplyAsync(MemorySource.Plan(read, [bench.Source.Put(Bench.File("d/a"), "content")]), bench.Source, new Guard(), default);
        Assert.Null(applied.Failure);
        var posts = effect == FaultEffect.Drop ? 1 : 2;
        Assert.Equal(posts, await bench.CountAsync("POST", posts));
        Assert.Equal(1, bench.StandIn.State.GetFileRevision("company", "/d/a"));
        Assert.Equal("content", bench.StandIn.State.GetFileText("company", "/d/a"));
    }

    [Theory]
    [InlineData(FaultEffect.Html)]
    [InlineData(FaultEffect.CutBody)]
    public async Task A_listing_or_export_that_fails_is_never_an_empty_one(FaultEffect effect)
    {
        await using var bench = await Bench.StartAsync("2.0");
        for (var i = 0; i < 30; i++) bench.StandIn.State.PutFile("company", $"/f{i}", new string('x', i + 100));
        foreach (var part in new[] { "/directory", "/export" })
        {
            var store = await bench.FilesAsync();
            bench.StandIn.Faults.Clear();
            bench.StandIn.Faults.Add(new FaultRule { Effect = effect, PathContains = part });
            var error = await Assert.ThrowsAsync<KestraException>(() => store.ReadAsync(KnownState.Nothing, default));
            // A connection that is cut may take the head of the answer with it.
            if (effect == FaultEffect.Html) Assert.Equal(KestraFailureKind.Unreadable, error.Kind);
            else Assert.True(error.IsTransient);
        }
    }

    [Fact]
    public async Task A_large_file_goes_through_without_being_held()
    {
        await using var bench = await Bench.StartAsync("2.0");
        var text = new StringBuilder().Insert(0, "0123456789abcdef", 512 * 1024).ToString();
        var store = await bench.FilesAsync();
        var read = await store.ReadAsync(KnownState.Nothing, default);
        var desired = bench.Source.Put(Bench.File("big.bin"), text);
        Assert.Null((await store.ApplyAsync(MemorySource.Plan(read, [desired]), bench.Source, new Guard(), default)).Failure);
        var again = await (await bench.FilesAsync()).ReadAsync(KnownState.Nothing, default);
        Assert.Equal(desired.Digest, again.Resources[desired.Key].Digest);
    }
}
