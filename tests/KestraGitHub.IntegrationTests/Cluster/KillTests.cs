using System.Diagnostics;
using System.Globalization;
using KestraGitHub.IntegrationTests.EndToEnd;
using KestraGitHub.IntegrationTests.Endurance;
using Xunit.Abstractions;

namespace KestraGitHub.IntegrationTests.Cluster;

/// <summary>Two nodes, pushes to both, and at random moments one of them, or both, are killed. <c>tests/endurance.sh</c> runs it for longer.</summary>
[Collection("Endurance")]
public sealed class KillTests(DatabaseServer server, ITestOutputHelper output) : ClusterTest(server)
{
    private static readonly string[] Syncs = ["a", "b", "c", "d", "e", "f"];
    private static readonly int Kills = Number("KESTRA_GITHUB_KILLS", 3);
    private static readonly int Seconds = Number("KESTRA_GITHUB_SECONDS", int.MaxValue);
    private static readonly int Seed = Number("KESTRA_GITHUB_SEED", Environment.TickCount);
    private readonly Dictionary<string, SemaphoreSlim> _gates = Syncs.ToDictionary(s => s, _ => new SemaphoreSlim(1));
    private readonly Dictionary<string, bool> _tipTold = [];
    private int _commits;

    private protected override (string Key, string Value)[] Settings => [("Runs__Workers", "3")];

    [Fact]
    public async Task What_either_node_acknowledged_happens_once_however_often_they_are_killed()
    {
        var chance = new Random(Seed);
        output.WriteLine($"seed {Seed}");
        foreach (var sync in Syncs)
        {
            House.Define(sync, sync is "a" or "b" ? "PT0S" : "PT0.3S");
            House.Commit(sync, 3, "start");
        }

        House.SlowWrites(60);
        await StartBothAsync();
        var watch = Stopwatch.StartNew();
        using var stop = new CancellationTokenSource();
        var senders = Enumerable.Range(0, 4).Select(i => SendAsync(new Random(Seed + 1 + i), stop.Token)).ToList();
        var both = 0;
        var kills = 0;
        for (var kill = 1; kill <= Kills && watch.Elapsed.TotalSeconds < Seconds; kill++, kills++)
        {
            await Task.Delay(chance.Next(50, 1500));
            var victims = chance.Next(5) == 0 ? House.Nodes : [House.Nodes[chance.Next(2)]];
            foreach (var victim in victims) victim.Kill();
            foreach (var victim in victims) Restart(victim, kill);
            foreach (var victim in victims) await victim.WaitUntilReadyAsync();
            if (victims.Count == 2) both++;
            if (kill % 20 == 0) output.WriteLine($"{kill} kills after {watch.Elapsed.TotalSeconds:0} s, {Acknowledged.Count} acknowledged");
        }

        await stop.CancelAsync();
        await Task.WhenAll(senders);
        foreach (var sync in Syncs.Where(s => !_tipTold[s])) Assert.True(await TellAsync(Second, sync, Guid.NewGuid().ToString()));
        var (deliveries, runs) = await AssertAccountedForAsync(attempts: 1, Syncs);
        output.WriteLine(
            $"{kills} kills ({both} of both nodes), {_commits} commits, {Acknowledged.Count} acknowledged, {deliveries} stored, {runs} runs, "
            + $"{Writes.All.Count} writes by {Writes.All.Select(w => w.Node).Distinct().Count()} processes, {watch.Elapsed.TotalSeconds:0} s");
    }

    // Under a new name each time, so that what the process before it still had under way is told from what this one writes.
    private void Restart(ServiceProcess node, int kill)
    {
        node.Settings["Kestra__Username"] = $"{Path.GetFileName(node.DataPath)}-{kill.ToString(CultureInfo.InvariantCulture)}";
        node.Launch();
    }

    private async Task SendAsync(Random chance, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var sync = Syncs[chance.Next(Syncs.Length)];
            var guid = Guid.NewGuid().ToString();
            await _gates[sync].WaitAsync(CancellationToken.None);
            try
            {
                var number = Interlocked.Increment(ref _commits);
                House.Commit(sync, 2 + (number % 5), $"commit {number}");
                var told = await TellAsync(House.Nodes[chance.Next(2)], sync, guid);
                lock (_tipTold) _tipTold[sync] = told;

                // GitHub's redeliver button, now and then, at the other node.
                if (number % 7 == 0) await TellAsync(House.Nodes[chance.Next(2)], sync, guid);
            }
            finally
            {
                _gates[sync].Release();
            }

            await Task.Delay(50, CancellationToken.None);
        }
    }

    private static int Number(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
