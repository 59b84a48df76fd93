using System.Data.Common;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using KestraGitHub.IntegrationTests.EndToEnd;
using KestraGitHub.StandIns.Git;
using KestraGitHub.StandIns.Kestra;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace KestraGitHub.IntegrationTests.Endurance;

/// <summary>These tests want the machine for themselves.</summary>
[CollectionDefinition("Endurance", DisableParallelization = true)]
public sealed class EnduranceGroup : ICollectionFixture<DatabaseServer>;

/// <summary>Everything of a small installation: a Git server, a stand-in Kestra, and the built service between them, as one node or as several.</summary>
internal sealed class House : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kestra-github-house-");
    private readonly Dictionary<string, Dictionary<string, SandboxFile>> _tips = [];

    private House(KestraStandIn kestra, GitHttpServer git, GitSandbox repositories, Dictionary<string, string> settings)
    {
        (Kestra, Git, Repositories, Settings) = (kestra, git, repositories, settings);
        settings.TryAdd("Kestra__Url", kestra.BaseUrl.AbsoluteUri);
        settings.TryAdd("Kestra__Username", "admin@kestra.io");
        settings.TryAdd("Kestra__Password", "Kestra1234");
        Service = AddNode();
    }

    public KestraStandIn Kestra { get; set; }

    public GitHttpServer Git { get; }

    public GitSandbox Repositories { get; }

    /// <summary>Taken over by the next start.</summary>
    public Dictionary<string, string> Settings { get; }

    /// <summary>The node that is asked.</summary>
    public ServiceProcess Service { get; set; }

    public List<ServiceProcess> Nodes { get; } = [];

    public string DatabaseFile => Path.Combine(Service.DataPath, "kestra-github.db");

    public static async Task<House> OpenAsync(params (string Key, string Value)[] settings)
    {
        var repositories = new GitSandbox();
        return new House(
            await KestraStandIn.StartAsync(new KestraStandInOptions { AnyUsername = true }), await GitHttpServer.StartAsync(repositories.Root), repositories, settings.ToDictionary(s => s.Key, s => s.Value));
    }

    /// <summary>One more node, with a data folder of its own; Kestra knows it by that folder's name.</summary>
    public ServiceProcess AddNode()
    {
        var name = Nodes.Count == 0 ? "data" : $"data{Nodes.Count + 1}";
        var node = new ServiceProcess(_folder.FullName, Nodes.Count == 0 ? Settings : new Dictionary<string, string>(Settings) { ["Kestra__Username"] = name }, name);
        Nodes.Add(node);
        return node;
    }

    /// <summary>A connection to the service's database, whichever it is.</summary>
    public DbConnection Connect() => Settings.TryGetValue("Storage__ConnectionString", out var server)
        ? new NpgsqlConnection(server + ";Pooling=false")
        : new SqliteConnection($"Data Source={DatabaseFile};Pooling=False");

    public static string Namespace(string sync) => $"team.{sync}";

    public static string Hook(string sync) => $"/webhook/main/system/{sync}/key-of-{sync}";

    /// <summary>A repository and a definition of one SyncFlows task that owns a namespace.</summary>
    public void Define(string sync, string debounce = "PT0S", string? url = null, string taskLines = "")
    {
        if (!Directory.Exists(Repositories.PathOf($"{sync}.git"))) Repositories.Create($"{sync}.git");
        File.WriteAllText(Path.Combine(Service.DefinitionsPath, $"{sync}.yml"), $"""
            id: {sync}
            namespace: system
            tasks:
              - id: git
                type: io.kestra.plugin.git.SyncFlows
                url: {url ?? $"{Git.Url}/{sync}.git"}
                branch: main
                targetNamespace: {Namespace(sync)}
                gitDirectory: flows
                delete: true{taskLines}
            triggers:
              - id: hook
                type: io.kestra.plugin.core.trigger.Webhook
                key: key-of-{sync}
            x-kestra-github:
              debounce: {debounce}
              maxDeletes: 1000
              maxDeletePercent: 100
            """);
    }

    /// <summary>A commit with flows 1..<paramref name="count"/>, all saying <paramref name="message"/>.</summary>
    public string Commit(string sync, int count, string message, SandboxFile? burden = null)
    {
        var files = new Dictionary<string, SandboxFile> { ["README.md"] = "# flows\n" };
        if (burden is not null) files["flows/burden.yml"] = burden;
        for (var i = 1; i <= count; i++) files[$"flows/flow{i}.yml"] = Flow(sync, i, message);
        _tips[sync] = files;
        return Repositories.Commit($"{sync}.git", "main", files, message);
    }

    public static string Flow(string sync, int number, string message) =>
        $"id: flow{number}\nnamespace: {Namespace(sync)}\ntasks:\n  - id: hello\n    type: io.kestra.plugin.core.log.Log\n    message: {message}\n";

    public void AssertEqual(string sync)
    {
        var wanted = _tips[sync].Where(f => f.Key.StartsWith("flows/", StringComparison.Ordinal)).Select(f => Encoding.UTF8.GetString(f.Value.Content)).Order(StringComparer.Ordinal);
        var held = Kestra.State.ListFlows().Where(f => f.Namespace == Namespace(sync)).Select(f => f.Source).Order(StringComparer.Ordinal);
        Assert.Equal(wanted, held);
    }

    /// <summary>A push that must be taken; the id of its run.</summary>
    public async Task<string> PushAsync(string sync, string? path = null, string? deliveryId = null)
    {
        using var answer = await GitHubHook.PushAsync(Service.Http, path ?? Hook(sync), deliveryId: deliveryId);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("queued", body.GetProperty("status").GetString());
        var run = body.GetProperty("runId").GetString()!;
        Assert.Equal($"/api/v1/runs/{run}", answer.Headers.Location?.OriginalString);
        return run;
    }

    public Task<JsonElement> RunAsync(string id) => GetAsync($"/api/v1/runs/{id}");

    public async Task<JsonElement> GetAsync(string path)
    {
        using var answer = await Service.Http.GetAsync(path);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    public async Task<JsonElement> WaitForAsync(string run, Func<JsonElement, bool> condition)
    {
        JsonElement last = default;
        await Wait.UntilAsync(async () => condition(last = await RunAsync(run)), Patience, () => $"still {last}\n{Service.Output}");
        return last;
    }

    public Task<JsonElement> WaitForStateAsync(string run, string state) => WaitForAsync(run, r => State(r) == state);

    /// <summary>The run after its end, which must be <paramref name="state"/>.</summary>
    public async Task<JsonElement> EndOfAsync(string run, string state = "succeeded")
    {
        var ended = await WaitForAsync(run, r => r.GetProperty("finishedAt").ValueKind != JsonValueKind.Null);
        Assert.True(State(ended) == state, $"{ended}\n{Service.Output}");
        return ended;
    }

    public async Task<List<JsonElement>> AllAsync(string path)
    {
        var all = new List<JsonElement>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await GetAsync($"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}limit=500{(cursor.Length > 0 ? $"&cursor={cursor}" : "")}");
            all.AddRange(page.GetProperty("items").EnumerateArray());
            cursor = page.GetProperty("next").GetString();
        }

        return all;
    }

    public static string State(JsonElement run) => run.GetProperty("state").GetString()!;

    public static int Attempt(JsonElement run) => run.GetProperty("attempt").GetInt32();

    public static int Count(JsonElement run, string name) => run.GetProperty("counts").GetProperty(name).GetInt32();

    /// <summary>Kestra's writes of flows become slow, so that a run can be met while it goes on.</summary>
    public void SlowWrites(int milliseconds) => Kestra.Faults.Add(new FaultRule { Effect = FaultEffect.Latency, LatencyMs = milliseconds, Method = "POST", PathContains = "/flows" });

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes) await node.DisposeAsync();
        await Kestra.DisposeAsync();
        await Git.DisposeAsync();
        Repositories.Dispose();
        _folder.Delete(recursive: true);
    }
}
