using Dapper;
using KestraGitHub.Jobs;
using KestraGitHub.StandIns.Postgres;
using KestraGitHub.Storage;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace KestraGitHub.Tests.Storage;

/// <summary>What only a database server can do to its clients.</summary>
[Collection(PostgresGroup.Name)]
public sealed class PostgresTests(PostgresFixture postgres) : StorageTest
{
    private protected override Dialect MakeDialect() => postgres.DialectOf(this);

    [Fact]
    public async Task Texts_that_it_cannot_hold_are_stored_with_a_replacement_character()
    {
        var run = await Runs.EnqueueAsync(Request(kind: "api", commit: "a\0b\ud800c"), merge: false, None);
        await Runs.AppendAsync(run.Id, [new RunEvent(1, Clock.Now, "info", "", "x\0\udfff\U0001F600")], None);

        Assert.Equal("a\uFFFDb\uFFFDc", (await Runs.GetAsync(run.Id, None))!.Trigger.Commit);
        Assert.Equal("x\uFFFD\uFFFD\U0001F600", Assert.Single(await Runs.EventsAsync(run.Id, 0, None)).Message);
    }

    /// <summary>So that the service's own account needs no right to make tables.</summary>
    [Fact]
    public async Task Migrating_makes_the_schedulers_tables_too()
    {
        var schema = postgres.SchemaOf(this);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Storage:ConnectionString", schema)]).Build();

        for (var time = 0; time < 2; time++) await JobsRegistration.ProvisionAsync(configuration, None);

        await using var connection = new NpgsqlConnection(schema);
        Assert.InRange(await connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename LIKE 'qrtz%'"), 1, 100);
    }

    /// <summary>The plan is kept: one that reads an empty table whole would do so when it is large.</summary>
    [Theory]
    [InlineData(DeliveryIntake.Known, "delivery_id")]
    [InlineData(RunLook.Open + RunLook.OfWanted, "tenant", "namespace", "flow")]
    public async Task What_the_writer_looks_up_is_found_by_an_index_though_there_is_nothing_yet(string sql, params string[] columns)
    {
        var plan = string.Join('\n', await Database.WriteAsync(
            (c, t) => c.QueryAsync<string>($"EXPLAIN {WantedRows.With(Database, "@Wanted", columns)}{sql}", new { Wanted = WantedRows.Value([]) }, t), None));

        Assert.Contains("Index", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("Seq Scan", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("Hash", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("Join Filter", plan, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_clock_and_not_ours_says_when_a_lease_ends()
    {
        await using var database = await OpenAsync(new PostgresDialect(postgres.SchemaOf(this)));
        var runs = new RunStore(database);
        await runs.EnqueueAsync(Request(), merge: false, None);
        var claimed = (await runs.ClaimAsync(Sync, "a", TimeSpan.FromMinutes(1), None))!;

        // The test's clock stands in January 2026, years from the server's.
        Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(0, await runs.RecoverAsync(all: false, None));
        Assert.InRange(claimed.Lease.Until, DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddMinutes(2));
    }

    [Fact]
    public async Task Two_groups_that_wait_for_each_other_both_succeed()
    {
        await Database.WriteAsync((c, t) => c.ExecuteAsync("INSERT INTO syncs VALUES ('t', 'n', 'a'), ('t', 'n', 'b')", transaction: t), None);
        await using var second = await OpenAsync();
        using var both = new Barrier(2);
        Task<int> CrossAsync(Database database, string first, string then)
        {
            var met = false;
            return database.WriteAsync(
                async (c, t) =>
                {
                    await c.ExecuteAsync("UPDATE syncs SET tenant = tenant WHERE flow = @first", new { first }, t);
                    if (!met) both.SignalAndWait(TimeSpan.FromSeconds(20));
                    met = true;
                    return await c.ExecuteAsync("UPDATE syncs SET tenant = tenant WHERE flow = @then", new { then }, t);
                },
                None);
        }

        var changed = await Task.WhenAll(CrossAsync(Database, "a", "b"), CrossAsync(second, "b", "a"));
        Assert.Equal([1, 1], changed);
    }

    [Fact]
    public async Task A_server_too_busy_for_another_connection_is_unavailable_storage()
    {
        await using var small = await PostgresServer.StartAsync(connections: 8);
        await using var database = await OpenAsync(new PostgresDialect(small.ConnectionString));
        var hogs = new List<Npgsql.NpgsqlConnection>();
        try
        {
            for (var i = 0; i < 8; i++)
            {
                hogs.Add(new Npgsql.NpgsqlConnection(small.ConnectionString + ";Pooling=false"));
                await hogs[^1].OpenAsync();
            }
        }
        catch (Npgsql.PostgresException e) when (e.SqlState == "53300")
        {
        }

        await Assert.ThrowsAsync<StorageUnavailableException>(() => new RunStore(database).GetAsync("x", None));
        foreach (var hog in hogs) await hog.DisposeAsync();
        await EventuallyAsync(() => new RunStore(database).GetAsync("x", None));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_a_restart_the_first_write_and_the_first_read_succeed(bool killed)
    {
        await using var server = await PostgresServer.StartAsync();
        await using var database = await OpenAsync(new PostgresDialect(server.ConnectionString));
        var runs = new RunStore(database);
        var before = await runs.EnqueueAsync(Request(), merge: false, None);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => runs.GetAsync(before.Id, None)));

        if (killed) await server.KillAsync();
        else await server.StopAsync();
        await Assert.ThrowsAsync<StorageUnavailableException>(() => runs.EnqueueAsync(Request(), merge: false, None));
        await Assert.ThrowsAsync<StorageUnavailableException>(() => runs.GetAsync(before.Id, None));

        await server.StartAgainAsync();
        Assert.Equal(before.Id, (await runs.GetAsync(before.Id, None))!.Id);
        await runs.EnqueueAsync(Request(), merge: false, None);

        // Nobody used it while it was away this time: what lay idle is broken, and is replaced without anybody hearing of it.
        await server.StopAsync();
        await server.StartAgainAsync();
        await runs.EnqueueAsync(Request(), merge: false, None);
        Assert.Equal(before.Id, (await runs.GetAsync(before.Id, None))!.Id);
    }

    [Fact]
    public async Task Ten_servers_that_start_at_once_migrate_once()
    {
        await using var server = await PostgresServer.StartAsync();

        // All ten connect in one process, which on a busy machine takes longer than the five seconds that one server is given.
        var address = server.ConnectionString + ";Timeout=60";
        var databases = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(() => OpenAsync(new PostgresDialect(address)))));
        foreach (var database in databases) await database.DisposeAsync();
    }

    [Fact]
    public async Task A_schema_of_a_newer_version_is_refused()
    {
        await Database.WriteAsync((c, t) => c.ExecuteAsync("INSERT INTO schema_migrations VALUES (9999, 'later', 0)", transaction: t), None);
        var refused = await Assert.ThrowsAsync<StorageRefusedException>(OpenAsync);
        Assert.Contains("newer version", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_runs_goes_on_when_the_next_version_adds_to_the_schema()
    {
        await Database.WriteAsync((c, t) => c.ExecuteAsync("ALTER TABLE runs ADD COLUMN later TEXT; ALTER TABLE deliveries ADD COLUMN later TEXT", transaction: t), None);
        var accepted = await Deliveries.AcceptAsync(Delivery("d1"), Push("d1"), None);
        Clock.Advance(TimeSpan.FromSeconds(10));
        var claimed = await ClaimAsync();
        Assert.True(await Runs.FinishAsync(claimed.Lease, Ending(), None));
        Assert.Equal(RunState.Succeeded, (await Runs.GetAsync(accepted.RunId!, None))!.State);
    }

    [Fact]
    public async Task A_host_that_no_name_server_knows_is_named_and_may_come_up()
    {
        var away = await Assert.ThrowsAsync<StorageUnavailableException>(() => OpenAsync(new PostgresDialect("Host=no-such-host.invalid;Username=u;Password=secret-words")));
        Assert.Contains("no-such-host.invalid", away.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-words", away.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reads_cannot_write() => await Assert.ThrowsAsync<StorageUnavailableException>(
        () => Database.ReadAsync(c => c.ExecuteAsync("DELETE FROM syncs"), None));

    private static async Task EventuallyAsync(Func<Task> attempt)
    {
        for (var left = 200; ; left--)
        {
            try
            {
                await attempt();
                return;
            }
            catch (StorageUnavailableException) when (left > 0)
            {
                await Task.Delay(50);
            }
        }
    }
}
