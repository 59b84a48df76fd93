using KestraGitHub.IntegrationTests.EndToEnd;
using KestraGitHub.IntegrationTests.Endurance;

namespace KestraGitHub.IntegrationTests.Cluster;

/// <summary>A new version goes from node to node.</summary>
[Collection("Endurance")]
public sealed class RollingTests(DatabaseServer server) : ClusterTest(server)
{
    private static readonly string[] Syncs = ["a", "b", "c"];

    // Longer than the test's patience: a run that goes on in time was given back, not waited for.
    private protected override (string Key, string Value)[] Settings => [("Runs__Lease", "00:10:00"), ("Runs__Sweep", "00:10:00")];

    [Fact]
    public async Task Nodes_that_are_stopped_one_after_the_other_lose_nothing_and_hand_their_runs_over()
    {
        foreach (var sync in Syncs) House.Define(sync, "PT0.2S");
        foreach (var sync in Syncs) House.Commit(sync, 12, "start");
        House.SlowWrites(150);
        await StartBothAsync();
        using var stop = new CancellationTokenSource();
        var senders = Syncs.Select(sync => SendAsync(sync, stop.Token)).ToList();
        foreach (var node in (ServiceProcess[])[First, Second, First])
        {
            var writes = Writes.All.Count;
            await Wait.UntilAsync(() => Task.FromResult(Writes.All.Count >= writes + 5), House.Patience, Output);
            await node.StopAsync();
            Assert.Equal(0, await node.WaitForExitAsync());
            await node.StartAsync();
        }

        await stop.CancelAsync();
        await Task.WhenAll(senders);
        var (deliveries, _) = await AssertAccountedForAsync(attempts: 1, Syncs);
        Assert.InRange(deliveries, 5, int.MaxValue);
    }

    [Fact]
    public async Task A_run_that_a_stopping_node_gives_back_goes_on_at_once_on_the_other()
    {
        var (run, stopped, other) = await BeginAsync("over");
        await stopped.StopAsync();
        Assert.Equal(0, await stopped.WaitForExitAsync());
        House.Service = other;
        var ended = await House.EndOfAsync(run);
        Assert.Equal(1, House.Attempt(ended));
        House.AssertEqual("over");
        Assert.NotEmpty(Writes.By(other));
        Writes.AssertOneWriterAtATime();
    }

    [Fact]
    public async Task A_node_goes_on_under_the_next_version_of_the_schema_and_does_not_start_under_it()
    {
        House.Define("mixed");
        House.Commit("mixed", 2, "first");
        await First.StartAsync();
        await House.EndOfAsync(await House.PushAsync("mixed"));
        await ExecuteAsync("ALTER TABLE runs ADD COLUMN later TEXT; ALTER TABLE deliveries ADD COLUMN later TEXT; INSERT INTO schema_migrations VALUES (9999, 'later', 0)");

        House.Commit("mixed", 3, "second");
        await House.EndOfAsync(await House.PushAsync("mixed"));
        House.AssertEqual("mixed");
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(Second.StartAsync);
        Assert.Contains("written by a newer version", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", refusal.Message, StringComparison.Ordinal);
        Assert.NotEqual(0, await Second.WaitForExitAsync());
    }

    private async Task SendAsync(string sync, CancellationToken ct)
    {
        for (var i = 0; !ct.IsCancellationRequested; i++)
        {
            House.Commit(sync, 8 + (i % 5), $"commit {i}");

            // As GitHub does behind a load balancer: whichever node takes it.
            var guid = Guid.NewGuid().ToString();
            for (var n = i; !await TellAsync(House.Nodes[n % 2], sync, guid); n++) await Task.Delay(100, CancellationToken.None);
            await Task.Delay(200, CancellationToken.None);
        }
    }
}
