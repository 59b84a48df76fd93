using KestraGitHub.Definitions;
using KestraGitHub.Kestra;
using KestraGitHub.Reconciliation;
using KestraGitHub.StandIns.Kestra;

namespace KestraGitHub.IntegrationTests.Kestra;

public sealed class FlowFaultTests
{
    [Theory]
    [InlineData("1.3", FaultEffect.Drop)]
    [InlineData("2.0", FaultEffect.Drop)]
    [InlineData("2.0", FaultEffect.CutBody)]
    public async Task A_create_whose_answer_is_lost_is_read_back_not_sent_again(string version, FaultEffect effect)
    {
        await using var bench = await Bench.StartAsync(version);
        var (store, plan) = await PlannedAsync(bench, Bench.Yaml("a"));
        bench.StandIn.Faults.Add(new FaultRule { Effect = effect, Method = "POST", PathContains = "/flows", Count = 1 });
        var applied = await store.ApplyAsync(plan, bench.Source, new Guard(), default);
        Assert.Null(applied.Failure);
        Assert.Equal("1", Assert.Single(applied.Done).Now!.Version);
        Assert.Equal(1, await bench.CountAsync("POST", 1, "/main/flows"));
        Assert.NotNull(applied.Cursor);
    }

    [Fact]
    public async Task A_create_that_was_never_done_fails_as_transient_and_is_not_sent_again()
    {
        await using var bench = await Bench.StartAsync("2.0");
        var (store, plan) = await PlannedAsync(bench, Bench.Yaml("a"));
        bench.StandIn.Faults.Add(new FaultRule { Effect = FaultEffect.Hang, Method = "POST", PathContains = "/flows", Count = 1 });
        var applied = await store.ApplyAsync(plan, bench.Source, new Guard(), default);
        var error = Assert.IsType<KestraException>(applied.Failure!.Error);
        Assert.Equal(KestraFailureKind.Timeout, error.Kind);
        Assert.True(error.IsTransient);
        Assert.Null(applied.Cursor);
        Assert.Empty(bench.StandIn.State.ListFlows());
        Assert.Equal(1, await bench.CountAsync("POST", 1, "/main/flows"));
    }

    [Theory]
    [InlineData("1.3", false)]
    [InlineData("2.0", false)]
    [InlineData("2.0", true)]
    public async Task Someone_who_was_faster_is_a_conflict(string version, bool problems)
    {
        await using var bench = await Bench.StartAsync(version, o => o with { ProblemDetails = problems });
        var (store, plan) = await PlannedAsync(bench, Bench.Yaml("a"));
        bench.StandIn.State.PutFlow(Bench.Yaml("a", "theirs"));
        var applied = await store.ApplyAsync(plan, bench.Source, new Guard(), default);
        Assert.Equal(KestraFailureKind.Conflict, Assert.IsType<KestraException>(applied.Failure!.Error).Kind);
        Assert.Equal(Bench.Flow("a"), applied.Failure.Change!.Key);
        Assert.Contains("theirs", bench.StandIn.State.GetFlow("company", "a")!.Source, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.3")]
    [InlineData("2.0")]
    public async Task An_update_whose_answer_is_lost_is_looked_at_first(string version)
    {
        await using var bench = await Bench.StartAsync(version);
        bench.StandIn.State.PutFlow(Bench.Yaml("a"));
        var (store, plan) = await PlannedAsync(bench, Bench.Yaml("a", "two"));
        bench.StandIn.Faults.Add(new FaultRule { Effect = FaultEffect.Status, Status = 503, Method = "PUT", Count = 1 });
        var applied = await store.ApplyAsync(plan, bench.Source, new Guard(), default);
        Assert.Null(applied.Failure);
        Assert.Equal(["PUT", "GET", "PUT", "GET"], bench.StandIn.Calls.Skip(2).Select(c => c.Method));
        Assert.Equal(2, bench.StandIn.State.GetFlow("company", "a")!.Revision);
    }

    [Fact]
    public async Task A_flow_that_vanished_is_never_put()
    {
        await using var bench = await Bench.StartAsync("1.3", o => o with { PutAbsentHangs = true });
        var absent = bench.Source.Put(Bench.Flow("a"), Bench.Yaml("a"));
        var store = await bench.FlowsAsync();
        // A plan made from somewhere else: this store has read nothing, so it has no proof.
        var applied = await store.ApplyAsync(
            new SyncPlan("1", [new Change(ChangeAction.Updated, absent.Key, null, "", absent, absent)], null), bench.Source, new Guard(), default);
        Assert.Equal(KestraFailureKind.Conflict, Assert.IsType<KestraException>(applied.Failure!.Error).Kind);
        Assert.DoesNotContain(bench.StandIn.Calls, c => c.Method == "PUT");
    }

    [Fact]
    public async Task A_delete_of_what_is_gone_is_done_and_a_lost_answer_is_looked_at()
    {
        await using var bench = await Bench.StartAsync("2.0");
        foreach (var id in new[] { "a", "b" }) bench.StandIn.State.PutFlow(Bench.Yaml(id));
        var store = await bench.FlowsAsync();
        var read = await store.ReadAsync(KnownState.Nothing, default);
        bench.StandIn.State.DeleteFlow("company", "a");
        bench.StandIn.Faults.Add(new FaultRule { Effect = FaultEffect.Drop, Method = "DELETE", PathContains = "/b", Count = 1 });
        var applied = await store.ApplyAsync(MemorySource.Plan(read, [], delete: true), bench.Source, new Guard(), default);
        Assert.Null(applied.Failure);
        Assert.Equal(2, applied.Done.Count);
        Assert.Empty(bench.StandIn.State.ListFlows());
        Assert.Equal(2, await bench.CountAsync("DELETE", 2));
    }

    [Theory]
    [InlineData(FaultEffect.Html, 200, KestraFailureKind.Unreadable)]
    [InlineData(FaultEffect.CutBody, 200, KestraFailureKind.Unreadable)]
    [InlineData(FaultEffect.Status, 401, KestraFailureKind.Auth)]
    [InlineData(FaultEffect.Status, 403, KestraFailureKind.Forbidden)]
    [InlineData(FaultEffect.Status, 404, KestraFailureKind.NotFound)]
    [InlineData(FaultEffect.Status, 413, KestraFailureKind.TooLarge)]
    [InlineData(FaultEffect.Status, 429, KestraFailureKind.RateLimited)]
    [InlineData(FaultEffect.Status, 503, KestraFailureKind.Unavailable)]
    [InlineData(FaultEffect.Hang, 0, KestraFailureKind.Timeout)]
    public async Task A_reading_that_fails_is_never_an_empty_one(FaultEffect effect, int status, KestraFailureKind kind)
    {
        foreach (var part in new[] { "/flows/export/by-query", "/flows/search" })
        {
            await using var bench = await Bench.StartAsync("2.0");
            bench.StandIn.State.PutFlow(Bench.Yaml("a"));
            var store = await bench.FlowsAsync();
            bench.StandIn.Faults.Add(new FaultRule { Effect = effect, Status = status, PathContains = part });
            var error = await Assert.ThrowsAsync<KestraException>(() => store.ReadAsync(KnownState.Nothing, default));
            // A connection that is cut may take the head of the answer with it.
            if (effect == FaultEffect.CutBody) Assert.True(error.IsTransient);
            else Assert.Equal(kind, error.Kind);
            Assert.DoesNotContain("filters", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_moment_of_trouble_is_sat_out()
    {
        await using var bench = await Bench.StartAsync("2.0");
        bench.StandIn.State.PutFlow(Bench.Yaml("a"));
        var store = await bench.FlowsAsync();
        bench.StandIn.Faults.Add(new FaultRule { Effect = FaultEffect.Status, Status = 502, PathContains = "/search", Count = 1 });
        bench.StandIn.Faults.Add(new FaultRule { Effect = FaultEffect.CutBody, PathContains = "/export", Count = 1 });
        Assert.Single((await store.ReadAsync(KnownState.Nothing, default)).Resources);
        Assert.Equal(4, store.Calls);
    }

    [Fact]
    public async Task The_first_failure_stops_new_writes_and_what_was_done_is_told()
    {
        await using var bench = await Bench.StartAsync("2.0", writesAtOnce: 1);
        var store = await bench.FlowsAsync();
        var read = await store.ReadAsync(KnownState.Nothing, default);
        List<Resource> desired = [.. Enumerable.Range(0, 10).Select(i => bench.Source.Put(Bench.Flow($"f{i}"), Bench.Yaml($"f{i}")))];
        bench.StandIn.Faults.Add(new FaultRule { Effect = FaultEffect.Status, Status = 500, Method = "POST", After = 3, Count = 1 });
        var applied = await store.ApplyAsync(MemorySource.Plan(read, desired), bench.Source, new Guard(), default);
        Assert.Equal(3, applied.Done.Count);
        Assert.Equal("f3", applied.Failure!.Change!.Key.Id);
        Assert.Equal(KestraFailureKind.Internal, Assert.IsType<KestraException>(applied.Failure.Error).Kind);
        Assert.Equal(3, bench.StandIn.State.ListFlows().Count);
    }

    [Fact]
    public async Task A_lease_that_ended_stops_before_the_next_request()
    {
        await using var bench = await Bench.StartAsync("2.0");
        var store = await bench.FlowsAsync();
        var read = await store.ReadAsync(KnownState.Nothing, default);
        List<Resource> desired = [.. Enumerable.Range(0, 10).Select(i => bench.Source.Put(Bench.Flow($"f{i}"), Bench.Yaml($"f{i}")))];
        var applied = await store.ApplyAsync(MemorySource.Plan(read, desired), bench.Source, new Guard(stopAt: 6), default);
        Assert.Equal(5, applied.Done.Count);
        Assert.IsType<OperationCanceledException>(applied.Failure!.Error);
        Assert.Equal(5, bench.StandIn.State.ListFlows().Count);
    }

    [Theory]
    [InlineData("1.3", false)]
    [InlineData("2.0", false)]
    [InlineData("2.0", true)]
    public async Task Both_shapes_of_error_give_their_reason(string version, bool problems)
    {
        await using var bench = await Bench.StartAsync(version, o => o with { ProblemDetails = problems });
        var (store, plan) = await PlannedAsync(bench, "id: a\nnamespace: company\ntasks: []\n");
        var applied = await store.ApplyAsync(plan, bench.Source, new Guard(), default);
        var error = Assert.IsType<KestraException>(applied.Failure!.Error);
        Assert.Equal(KestraFailureKind.Invalid, error.Kind);
        Assert.Equal(422, error.Status);
        Assert.Contains("must not be empty", error.Reason, StringComparison.Ordinal);
        Assert.Equal("/api/v1/main/flows", error.Path);
    }

    [Theory]
    [InlineData("1.3", false, "wrong")]
    [InlineData("2.0", false, "wrong")]
    [InlineData("2.0", true, "wrong")]
    [InlineData("2.0", false, null)]
    public async Task Wrong_credentials_are_found_on_connecting(string version, bool problems, string? password)
    {
        await using var bench = await Bench.StartAsync(version, o => o with { ProblemDetails = problems });
        var auth = password is null ? KestraAuth.None : new KestraAuth(Bench.User, new Secret(password), null);
        var error = await Assert.ThrowsAsync<KestraException>(() => bench.Servers.ConnectAsync(bench.Target with { Auth = auth }, default));
        Assert.Equal(KestraFailureKind.Auth, error.Kind);
        Assert.Equal(error.Message, Assert.Single(bench.Servers.Status).LastError);
    }

    [Theory]
    [InlineData("1.3", "OSS")]
    [InlineData("2.0", "OSS")]
    [InlineData("2.0", "EE")]
    public async Task A_server_is_asked_once(string version, string edition)
    {
        await using var bench = await Bench.StartAsync(version, o => o with { Edition = edition, ApiToken = edition == "EE" ? "token" : null });
        var target = edition == "EE" ? bench.Target with { Auth = new KestraAuth(null, null, new Secret("token")), Tenant = "team" } : bench.Target;
        var server = await bench.Servers.ConnectAsync(target, default);
        Assert.True(server.Version.AtLeast(int.Parse(version[..1], null), 0));
        Assert.Equal(edition == "EE" ? KestraEdition.Enterprise : KestraEdition.Oss, server.Edition);
        Assert.Equal(0, server.Calls);
        await bench.Servers.ConnectAsync(target, default);
        Assert.Equal(2, bench.StandIn.Calls.Count);
    }

    private static async Task<(KestraResourceStore Store, SyncPlan Plan)> PlannedAsync(Bench bench, string yaml)
    {
        var store = await bench.FlowsAsync();
        var read = await store.ReadAsync(KnownState.Nothing, default);
        return (store, MemorySource.Plan(read, [bench.Source.Put(Bench.Flow("a"), yaml)]));
    }
}
