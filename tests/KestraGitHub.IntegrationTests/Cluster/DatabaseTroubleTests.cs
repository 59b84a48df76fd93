using System.Diagnostics;
using System.Net;
using KestraGitHub.IntegrationTests.EndToEnd;
using KestraGitHub.IntegrationTests.Endurance;
using KestraGitHub.StandIns.Postgres;
using Npgsql;
using Xunit.Abstractions;

namespace KestraGitHub.IntegrationTests.Cluster;

/// <summary>What a database server can do to the service: it goes, stalls, is full, or is not there yet.</summary>
[Collection("Endurance")]
public sealed class DatabaseTroubleTests(DatabaseServer server, ITestOutputHelper output) : ClusterTest(server)
{
    [Theory]
    [InlineData("stopped")]
    [InlineData("killed")]
    [InlineData("paused")]
    [InlineData("full")]
    public async Task What_was_acknowledged_around_a_fault_of_the_server_happens_once(string fault)
    {
        House.Define("long");
        House.Commit("long", 40, "all of them");
        House.Define("ack");
        House.Commit("ack", 1, "first");
        House.SlowWrites(400);
        await StartBothAsync();
        var run = await House.PushAsync("long");
        await Wait.UntilAsync(() => Task.FromResult(Writes.All.Count >= 3), House.Patience, Output);
        using var stop = new CancellationTokenSource();
        var answers = new List<(bool Taken, TimeSpan After)>();
        var senders = House.Nodes.Select(node => SendAsync(node, answers, stop.Token)).ToList();
        await Wait.UntilAsync(() => Task.FromResult(Acknowledged.Count >= 3), House.Patience, Output);

        await using (await BreakAsync(fault))
        {
            await Wait.UntilAsync(() => Task.FromResult(Refused(answers) >= 2), House.Patience, Output);
            foreach (var node in House.Nodes)
            {
                using var alive = await node.Http.GetAsync("/health/live");
                Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
            }

            // Longer than the lease of the run that goes on.
            await Task.Delay(7000);
        }

        var before = Acknowledged.Count;
        await Wait.UntilAsync(() => Task.FromResult(Acknowledged.Count > before), House.Patience, Output);
        await stop.CancelAsync();
        await Task.WhenAll(senders);
        await House.EndOfAsync(run);
        // What was on its way when the server went may have to be tried again.
        await AssertAccountedForAsync(attempts: 3, "long", "ack");
        Assert.All(House.Kestra.State.ListFlows(), f => Assert.Equal(1, f.Revision));

        // GitHub hangs up after ten seconds.
        var slowest = answers.Max(a => a.After);
        Assert.InRange(slowest, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        var lines = Output().Split('\n');
        output.WriteLine($"{fault}: {Acknowledged.Count} acknowledged, {Refused(answers)} refused, the slowest answer after {slowest.TotalSeconds:0.0} s, {lines.Length} lines of log");
        Assert.DoesNotContain(PostgresServer.Password, Output(), StringComparison.Ordinal);
        Assert.DoesNotContain(lines, l => l.TrimStart().StartsWith("at ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nodes_wait_for_a_server_that_starts_later_than_they_do()
    {
        var database = await Server.StartAsync();
        await database.StopAsync();
        try
        {
            foreach (var node in House.Nodes) node.Launch();
            await Wait.UntilAsync(() => Task.FromResult(House.Nodes.TrueForAll(n => n.Output.Contains("It is waited for", StringComparison.Ordinal))), House.Patience, Output);
        }
        finally
        {
            await database.StartAgainAsync();
        }

        foreach (var node in House.Nodes) await node.WaitUntilReadyAsync();
        Assert.Contains("Check host and port in Storage:ConnectionString", First.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(PostgresServer.Password, Output(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Password", "wrong-words", "Check user and password")]
    [InlineData("Database", "nowhere", "Create the database")]
    [InlineData("Search Path", "nowhere", "GRANT USAGE, CREATE ON SCHEMA")]
    public async Task A_login_that_is_refused_ends_the_start_with_its_cure(string part, string value, string cure)
    {
        First.Settings["Storage__ConnectionString"] = new NpgsqlConnectionStringBuilder(First.Settings["Storage__ConnectionString"]) { [part] = value }.ConnectionString;
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(First.StartAsync);
        Assert.NotEqual(0, await First.WaitForExitAsync());
        Assert.Contains(cure, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("waited for", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(PostgresServer.Password, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-words", refusal.Message, StringComparison.Ordinal);
    }

    private static int Refused(List<(bool Taken, TimeSpan After)> answers)
    {
        lock (answers) return answers.Count(a => !a.Taken);
    }

    private async Task SendAsync(ServiceProcess node, List<(bool, TimeSpan)> answers, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var watch = Stopwatch.StartNew();
            var taken = await TellAsync(node, "ack", Guid.NewGuid().ToString());
            lock (answers) answers.Add((taken, watch.Elapsed));
            await Task.Delay(200, CancellationToken.None);
        }
    }

    /// <summary>Breaks the server; what it returns mends it.</summary>
    private async Task<IAsyncDisposable> BreakAsync(string fault)
    {
        var database = await Server.StartAsync();
        switch (fault)
        {
            case "stopped":
                await database.StopAsync();
                return new Mending(database.StartAgainAsync);
            case "killed":
                await database.KillAsync();
                return new Mending(database.StartAgainAsync);
            case "paused":
                await database.PauseAsync();
                return new Mending(database.ResumeAsync);
            default:
                var setting = House.Settings["Storage__ConnectionString"];
                await Server.ShutOutAsync(setting);
                return new Mending(() => Server.LetInAsync(setting));
        }
    }

    private sealed class Mending(Func<Task> mend) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await mend();
    }
}
