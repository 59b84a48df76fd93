using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using KestraGitHub.IntegrationTests.EndToEnd;
using KestraGitHub.StandIns.Git;
using KestraGitHub.StandIns.Kestra;

namespace KestraGitHub.IntegrationTests.Conformance;

/// <summary>One sync from outside: a repository, a stand-in Kestra, and a definition in the watched folder of the one service.</summary>
internal sealed class SyncCase : IAsyncDisposable
{
    private static readonly ConcurrentDictionary<int, bool> Ports = new();
    private static int _count;
    private readonly Workshop _shop;
    private int _version;

    private SyncCase(Workshop shop, KestraStandIn kestra, string name) => (_shop, Kestra, Name, Service) = (shop, kestra, name, shop.Service);

    public string Name { get; }

    public KestraStandIn Kestra { get; }

    /// <summary>The service that runs it.</summary>
    public ServiceProcess Service { get; init; }

    /// <summary>Where its definition lives, and so which flow of Kestra is its own.</summary>
    public string Namespace { get; set; } = "system";

    public string Repository => Name + ".git";

    public string RepositoryUrl => $"{_shop.Server.Url}/{Repository}";

    public GitSandbox Git => _shop.Git;

    /// <summary>Flows as Kestra holds them, by namespace/id, up to their last newlines.</summary>
    public Dictionary<string, string> Flows => Kestra.State.ListFlows().ToDictionary(f => $"{f.Namespace}/{f.Id}", f => f.Source.TrimEnd('\n', '\r'));

    /// <summary>What a branch holds, by path.</summary>
    public Dictionary<string, string> Files(string branch = "main") => Git.Files(Repository, branch).ToDictionary(f => f.Key, f => f.Value.Text);

    public IReadOnlyList<SandboxCommit> Log(string branch = "main") => Git.Log(Repository, branch);

    /// <summary>Ids of the files that Git holds, by branch:path.</summary>
    public SortedDictionary<string, string> Blobs(params string[] branches) => new(
        branches.SelectMany(b => Git.Files(Repository, b).Select(f => KeyValuePair.Create($"{b}:{f.Key}", f.Value.Id))).ToDictionary(), StringComparer.Ordinal);

    /// <summary>The commits that runs made, as "branch: message".</summary>
    public IReadOnlyList<string> Made(params string[] branches) =>
    [
        .. branches.SelectMany(b => Log(b).Where(c => c.Message.Contains("Kestra-Run:", StringComparison.Ordinal)).Select(c => $"{b}: {c.Message.Split("\n\n")[0]}"))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Flows as Kestra holds them, and the files of these namespaces by namespace:path, in hexadecimal digits.</summary>
    public SortedDictionary<string, string> Held(params string[] namespaces)
    {
        var held = new SortedDictionary<string, string>(Flows, StringComparer.Ordinal);
        foreach (var ns in namespaces)
        foreach (var path in Kestra.State.ListFiles(ns)) held[$"{ns}:{path.TrimStart('/')}"] = Convert.ToHexString(Kestra.State.GetFile(ns, path)!);
        return held;
    }

    /// <summary>For cases that are about something else than how much is deleted, and of what.</summary>
    public const string NoBudget = "x-kestra-github: {maxDeletes: 1000, maxDeletePercent: 100, adopt: true}\n";

    private string DefinitionFile => Path.Combine(Service.DefinitionsPath, Name + ".yaml");

    public static async Task<SyncCase> StartAsync(
        string version = "2.0", Func<KestraStandInOptions, KestraStandInOptions>? change = null, ServiceProcess? service = null, bool sha256 = false)
    {
        var shop = await Workshop.SharedAsync();
        var options = new KestraStandInOptions { Version = version };
        var standIn = await StartOnNewPortAsync(change?.Invoke(options) ?? options);
        var name = string.Create(CultureInfo.InvariantCulture, $"case-{Interlocked.Increment(ref _count)}");
        var one = new SyncCase(shop, standIn, name) { Service = service ?? shop.Service };
        shop.Git.Create(one.Repository, sha256);
        return one;
    }

    /// <summary>A case with these files on its branch, and these flows in Kestra.</summary>
    public static async Task<SyncCase> HoldingAsync(Dictionary<string, SandboxFile> git, IEnumerable<string> flows, string version = "2.0", string edition = "OSS")
    {
        var one = await StartAsync(version, o => o with { Edition = edition });
        one.Commit(git);
        foreach (var flow in flows) one.Kestra.State.PutFlow(flow);
        return one;
    }

    /// <summary>The service knows for minutes who answers at an address: behind a port that the system gives out twice it would see the server before.</summary>
    private static async Task<KestraStandIn> StartOnNewPortAsync(KestraStandInOptions options)
    {
        var taken = new List<KestraStandIn>();
        try
        {
            for (;;)
            {
                var standIn = await KestraStandIn.StartAsync(options);
                if (Ports.TryAdd(standIn.BaseUrl.Port, true)) return standIn;
                taken.Add(standIn);
            }
        }
        finally
        {
            foreach (var standIn in taken) await standIn.DisposeAsync();
        }
    }

    public static string Flow(string id, string ns = "prod", string message = "n0 # keep") =>
        $"id: {id}\nnamespace: {ns}\n\ntasks:\n  - id: hello\n    type: io.kestra.plugin.core.log.Log\n    message: {message}\n";

    public string Commit(IReadOnlyDictionary<string, SandboxFile> files, string branch = "main", bool orphan = false) =>
        Git.Commit(Repository, branch, files, orphan: orphan);

    /// <summary>A task of the definition; its place and Kestra's are filled in.</summary>
    public string Task(string properties, string type = "SyncFlows", string id = "sync", bool withBranch = true)
    {
        string[] lines =
        [
            $"id: {id}", $"type: io.kestra.plugin.git.{type}", $"url: {RepositoryUrl}", $"kestraUrl: {Kestra.BaseUrl.GetLeftPart(UriPartial.Authority)}",
            "auth: {username: admin@kestra.io, password: Kestra1234}",
            .. withBranch && !properties.Contains("branch:", StringComparison.Ordinal) ? ["branch: main"] : (string[])[],
            .. properties.Split('\n', StringSplitOptions.RemoveEmptyEntries),
        ];
        return "  - " + string.Join("\n    ", lines) + "\n";
    }

    /// <summary>Writes the definition and waits until the service has it in force.</summary>
    public async Task DefineAsync(string tasks, string more = "")
    {
        var version = string.Create(CultureInfo.InvariantCulture, $"version {++_version}");
        Write($"id: {Name}\nnamespace: {Namespace}\ndescription: {version}\ntasks:\n{tasks}{more}");
        await Wait.UntilAsync(
            async () => (await ViewAsync())?["description"]?.GetValue<string>() == version, TimeSpan.FromSeconds(60),
            () => $"the definition of {Name} was not taken:\n{File.ReadAllText(DefinitionFile)}\n{Service.Output}");
    }

    /// <summary>As an editor that writes a file anew: never half of it.</summary>
    public void Write(string text)
    {
        var half = Path.Combine(Path.GetDirectoryName(DefinitionFile)!, $".{Name}.tmp");
        File.WriteAllText(half, text);
        File.Move(half, DefinitionFile, overwrite: true);
    }

    public async Task<JsonNode?> ViewAsync()
    {
        using var answer = await Service.Http.GetAsync($"/api/v1/main/syncs/{Namespace}/{Name}");
        return answer.StatusCode == HttpStatusCode.OK ? await answer.Content.ReadFromJsonAsync<JsonNode>() : null;
    }

    public async Task<HttpResponseMessage> AskAsync(bool dryRun = false, string? revision = null, bool force = false) =>
        await Service.Http.PostAsJsonAsync($"/api/v1/main/syncs/{Namespace}/{Name}/runs", new { dryRun, revision, force });

    /// <summary>The run when it has ended, or waits for a person.</summary>
    public async Task<Run> RunAsync(bool dryRun = false, string? revision = null, bool force = false)
    {
        using var answer = await AskAsync(dryRun, revision, force);
        Assert.True(answer.StatusCode == HttpStatusCode.Accepted, $"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        return await EndAsync((await answer.Content.ReadFromJsonAsync<JsonNode>())!["id"]!.GetValue<string>());
    }

    /// <summary>Asks for something of the sync itself: <c>rollback</c>, <c>release</c>.</summary>
    public async Task<(HttpStatusCode Status, JsonNode Answer)> SayAsync(string what, object body) =>
        await PostAsync($"/api/v1/main/syncs/{Namespace}/{Name}/{what}", body);

    /// <summary>Says something to a run: <c>approve</c>, <c>reject</c>.</summary>
    public async Task<(HttpStatusCode Status, JsonNode Answer)> SayAsync(Run run, string what, object? body = null) =>
        await PostAsync($"/api/v1/runs/{run.Id}/{what}", body ?? new { });

    private async Task<(HttpStatusCode Status, JsonNode Answer)> PostAsync(string path, object body)
    {
        using var answer = await Service.Http.PostAsJsonAsync(path, body);
        return (answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonNode>())!);
    }

    /// <summary>The run when it has ended, or waits for a person.</summary>
    public async Task<Run> EndAsync(string id)
    {
        Run? run = null;
        await Wait.UntilAsync(
            async () => (run = new Run((await Service.Http.GetFromJsonAsync<JsonNode>($"/api/v1/runs/{id}"))!)) is { Ended: true } or { WaitingFor: "approval" }, TimeSpan.FromSeconds(120),
            () => $"the run of {Name} did not end: {run?.Json}\n{Service.Output}");
        return run!;
    }

    /// <summary>Puts a value into Kestra's key-value store, as a person would.</summary>
    public async Task StoreAsync(string ns, string key, string json)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String("admin@kestra.io:Kestra1234"u8));
        using var body = new StringContent(json, new MediaTypeHeaderValue("text/plain"));
        using var stored = await http.PutAsync(new Uri(Kestra.BaseUrl, $"/api/v1/main/namespaces/{ns}/kv/{key}"), body);
        Assert.True(stored.IsSuccessStatusCode, $"{stored.StatusCode}");
    }

    /// <summary>The lines of a run's log.</summary>
    public async Task<string> LogAsync(Run run)
    {
        var events = await Service.Http.GetFromJsonAsync<JsonNode>($"/api/v1/runs/{run.Json["id"]}/events");
        return string.Join('\n', events!["items"]!.AsArray().Select(e => e!["message"]!.GetValue<string>()));
    }

    /// <summary>One task, defined and run.</summary>
    public async Task<Run> SyncAsync(string properties, string type = "SyncFlows", bool dryRun = false)
    {
        await DefineAsync(Task(properties, type));
        return await RunAsync(dryRun);
    }

    public async ValueTask DisposeAsync()
    {
        File.Delete(DefinitionFile);
        await Kestra.DisposeAsync();
    }
}

/// <summary>A run as the API tells it.</summary>
internal sealed record Run(JsonNode Json)
{
    public string Id => Json["id"]!.GetValue<string>();

    public string State => Json["state"]!.GetValue<string>();

    public string? WaitingFor => Json["waitingFor"]?.GetValue<string>();

    public bool Ended => State is "succeeded" or "failed" or "cancelled";

    public string Error => Json["error"]?.GetValue<string>() ?? "";

    public int Attempt => Json["attempt"]!.GetValue<int>();

    public IReadOnlyList<Row> Rows =>
        [.. Json["changes"]!.AsArray().Select(r => new Row(Text(r!, "action"), $"{Text(r!, "namespace")}/{Text(r!, "id")}", Text(r!, "path"), Text(r!, "reason")))];

    public IReadOnlyList<(string Task, string Url, string Ref, string Commit)> Sources =>
        [.. Json["sources"]!.AsArray().Select(s => (Text(s!, "task"), Text(s!, "url"), Text(s!, "ref"), Text(s!, "commit")))];

    public int Count(string word) => Json["counts"]![word]!.GetValue<int>();

    /// <summary>What was, or would be, written: one word for each, in order.</summary>
    public string Written => string.Join(", ", Rows.Where(r => r.Action is "added" or "updated" or "deleted").Select(r => $"{r.Action} {r.Key}").Order(StringComparer.Ordinal));

    public Row Of(string path) => Rows.FirstOrDefault(r => r.Path == path) ?? throw new InvalidOperationException($"no row for {path}: {this}");

    public Run Succeeded()
    {
        Assert.True(State == "succeeded", ToString());
        return this;
    }

    /// <summary>Waits for approval, with a reason that holds all of these.</summary>
    public Run Waits(params string[] words)
    {
        Assert.True((State, WaitingFor) == ("waiting", "approval"), ToString());
        foreach (var word in words) Assert.Contains(word, Error, StringComparison.OrdinalIgnoreCase);
        return this;
    }

    /// <summary>Failed for good, with an error that holds all of these.</summary>
    public Run Failed(params string[] words)
    {
        Assert.True(State == "failed", ToString());
        foreach (var word in words) Assert.Contains(word, Error, StringComparison.OrdinalIgnoreCase);
        return this;
    }

    public override string ToString() => $"{State}: {Error}\n{string.Join('\n', Rows)}\n{Json["counts"]}";

    private static string Text(JsonNode row, string name) => row[name]?.GetValue<string>() ?? "";
}

internal sealed record Row(string Action, string Key, string Path, string Reason);
