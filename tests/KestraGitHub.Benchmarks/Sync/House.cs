using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using KestraGitHub.Benchmarks.Measuring;
using KestraGitHub.StandIns.GitHub;
using KestraGitHub.StandIns.Kestra;

namespace KestraGitHub.Benchmarks.Sync;

/// <summary>The service between a stand-in GitHub and a stand-in Kestra, with one sync or many.</summary>
internal sealed class House : IAsyncDisposable
{
    public const string Flow = "sync";
    private const string User = "bench@example.org";
    private const string Password = "Bench1234";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(30);

    private readonly string _folder;
    private GitHubStandIn? _github;

    private House(string folder) => _folder = folder;

    public KestraStandIn Kestra { get; private set; } = null!;

    public Repository Repository { get; private set; } = null!;

    public GitCount Git { get; private set; } = null!;

    public Service Service { get; private set; } = null!;

    public string CloneUrl => _github!.CloneUrl("acme", "flows").AbsoluteUri;

    /// <summary>Everything but the definitions and the service's start.</summary>
    /// <param name="costs">Whether Kestra is as slow as a real one.</param>
    public static async Task<House> CreateAsync(string folder, bool costs, string version = "2.0")
    {
        var house = new House(folder);
        var root = house.Sub("github");
        house.Repository = await Repository.CreateAsync(root, "acme/flows.git");
        house._github = await GitHubStandIn.StartAsync(new GitHubStandInOptions { Root = root, PollInterval = TimeSpan.FromHours(1) });
        house.Kestra = await StartKestraAsync(costs, version);
        house.Git = new GitCount(house.Sub("bin"));
        house.Service = new Service(house.Sub("service"));
        foreach (var (name, value) in new Dictionary<string, string>
        {
            ["Kestra__Url"] = house.Kestra.BaseUrl.GetLeftPart(UriPartial.Authority), ["Kestra__Username"] = User, ["Kestra__Password"] = Password,
            ["Git__AllowedProtocols__0"] = "http", ["PATH"] = house.Git.ServicePath,
        })
            house.Service.Settings[name] = value;
        return house;
    }

    public static Task<KestraStandIn> StartKestraAsync(bool costs, string version = "2.0") =>
        KestraStandIn.StartAsync(new KestraStandInOptions { Version = version, Username = User, Password = Password, Costs = costs });

    /// <summary>A client that Kestra lets in.</summary>
    public static HttpClient Client(KestraStandIn kestra)
    {
        var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = kestra.BaseUrl };
        http.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{Password}")));
        return http;
    }

    public Task DefineAsync(string flow, string rest) => File.WriteAllTextAsync(
        Path.Combine(Service.Definitions, flow + ".yml"),
        $"""
        id: {flow}
        namespace: system
        {rest}

        """);

    /// <summary>One run of the sync, from the wish to its end; it must succeed.</summary>
    public async Task<(TimeSpan Took, JsonNode Run)> RunAsync()
    {
        var id = await AskForRunAsync();
        JsonNode run = null!;
        await Until.HoldsAsync(
            async () =>
            {
                run = JsonNode.Parse(await Service.Http.GetStringAsync($"/api/v1/runs/{id}"))!;
                return (string)run["state"]! is "succeeded" or "failed" or "cancelled";
            },
            Patience, TimeSpan.FromMilliseconds(100), () => $"The run {id} did not end.");
        if ((string)run["state"]! != "succeeded") throw new BenchmarkException($"The run {id} {run["state"]}: {run["error"]}");

        // By the service's own clock: the pauses between our questions are not its time.
        return (Time(run["finishedAt"]!) - Time(run["createdAt"]!), run);
    }

    /// <summary>Its id; it is not waited for.</summary>
    public async Task<string> AskForRunAsync()
    {
        using var answer = await Service.Http.PostAsJsonAsync($"/api/v1/main/syncs/system/{Flow}/runs", new { });
        var id = answer.IsSuccessStatusCode ? (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["id"]! : null;
        return id ?? throw new BenchmarkException($"The service starts no run: {await answer.Content.ReadAsStringAsync()}");
    }

    public async ValueTask DisposeAsync()
    {
        if (Service is not null) await Service.DisposeAsync();
        if (_github is not null) await _github.DisposeAsync();
        if (Kestra is not null) await Kestra.DisposeAsync();
    }

    public static DateTimeOffset Time(JsonNode node) => DateTimeOffset.Parse((string)node!, CultureInfo.InvariantCulture);

    private string Sub(string name) => Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;
}
