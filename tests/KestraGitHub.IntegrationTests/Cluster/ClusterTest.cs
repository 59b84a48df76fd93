using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using KestraGitHub.IntegrationTests.EndToEnd;
using KestraGitHub.IntegrationTests.Endurance;

namespace KestraGitHub.IntegrationTests.Cluster;

/// <summary>Two nodes of one PostgreSQL database, with one folder of definitions and one Kestra. Not yet started.</summary>
public abstract class ClusterTest(DatabaseServer server) : IAsyncLifetime
{
    private readonly ConcurrentDictionary<string, string> _acknowledged = new();

    private protected DatabaseServer Server => server;

    private protected House House { get; private set; } = null!;

    private protected ServiceProcess First => House.Nodes[0];

    private protected ServiceProcess Second => House.Nodes[1];

    private protected WriteBook Writes { get; } = new();

    /// <summary>The guid of each delivery that was taken, and its run.</summary>
    private protected IReadOnlyDictionary<string, string> Acknowledged => _acknowledged;

    private protected virtual (string Key, string Value)[] Settings => [];

    public async Task InitializeAsync()
    {
        (string, string)[] quick = [("Runs__Lease", "00:00:06"), ("Kestra__WriteTimeout", "00:00:04"), ("Runs__Sweep", "00:00:02"), ("Runs__RetryDelay", "00:00:01")];
        House = await House.OpenAsync([.. quick.Where(q => !Settings.Any(s => s.Key == q.Item1)), .. Settings, await server.SchemaAsync()]);
        House.AddNode();
        House.Kestra.Ended = Writes.Add;
    }

    public async Task DisposeAsync() => await House.DisposeAsync();

    private protected async Task StartBothAsync()
    {
        foreach (var node in House.Nodes) node.Launch();
        foreach (var node in House.Nodes) await node.WaitUntilReadyAsync();
    }

    /// <summary>A run that has written some of many flows, the node that carries it out, and the other one.</summary>
    private protected async Task<(string Run, ServiceProcess Worker, ServiceProcess Other)> BeginAsync(string sync)
    {
        House.Define(sync);
        House.Commit(sync, 60, "all of them");
        House.SlowWrites(400);
        await StartBothAsync();
        var run = await House.PushAsync(sync);
        await Wait.UntilAsync(() => Task.FromResult(Writes.All.Count >= 3), House.Patience, Output);
        return Writes.By(First).Count > 0 ? (run, First, Second) : (run, Second, First);
    }

    /// <summary>A push to a node that may die under it.</summary>
    /// <returns>False when it was not acknowledged.</returns>
    private protected async Task<bool> TellAsync(ServiceProcess node, string sync, string guid)
    {
        try
        {
            using var answer = await GitHubHook.PushAsync(node.Http, House.Hook(sync), deliveryId: guid);
            if (answer.StatusCode == HttpStatusCode.ServiceUnavailable) return false;
            var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
            Assert.True(answer.StatusCode is HttpStatusCode.Accepted or HttpStatusCode.OK, $"{answer.StatusCode} {body}");
            _acknowledged[guid] = body.GetProperty("runId").GetString()!;
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or TaskCanceledException)
        {
            return false;
        }
    }

    private protected Task WaitForEveryRunAsync() => Wait.UntilAsync(
        async () => (await House.AllAsync("/api/v1/runs")).TrueForAll(r => r.GetProperty("finishedAt").ValueKind != JsonValueKind.Null),
        House.Patience * 2, () => $"runs are stuck\n{Output()}");

    /// <summary>Each acknowledged delivery is there, its run succeeded within so many attempts, and no two workers wrote at once.</summary>
    /// <returns>How many deliveries and runs there are.</returns>
    private protected async Task<(int Deliveries, int Runs)> AssertAccountedForAsync(int attempts, params string[] syncs)
    {
        await WaitForEveryRunAsync();
        var runs = (await House.AllAsync("/api/v1/runs")).ToDictionary(r => r.GetProperty("id").GetString()!);
        var deliveries = (await House.AllAsync("/api/v1/deliveries")).ToDictionary(d => d.GetProperty("deliveryId").GetString()!, d => d.GetProperty("runId").GetString()!);
        foreach (var (guid, run) in Acknowledged) Assert.Equal(run, deliveries[guid]);
        Assert.All(deliveries.Values, run => Assert.True(House.State(runs[run]) == "succeeded", $"{runs[run]}\n{Output()}"));
        Assert.All(runs.Values, run => Assert.True(House.Attempt(run) <= attempts, $"{run}"));
        foreach (var sync in syncs) House.AssertEqual(sync);
        Writes.AssertOneWriterAtATime();
        return (deliveries.Count, runs.Count);
    }

    private protected async Task ExecuteAsync(string sql, object? parameters = null)
    {
        await using var connection = House.Connect();
        await connection.ExecuteAsync(sql, parameters);
    }

    private protected async Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? parameters = null)
    {
        await using var connection = House.Connect();
        return [.. await connection.QueryAsync<T>(sql, parameters)];
    }

    private protected string Output() => string.Join("\n-----\n", House.Nodes.Select(n => n.Output));
}
