using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using KestraGitHub.IntegrationTests.EndToEnd;
using KestraGitHub.StandIns.Git;
using KestraGitHub.StandIns.GitHub;

namespace KestraGitHub.IntegrationTests.StandIns;

/// <summary>A stand-in GitHub that knows one repository, someone who calls it, and someone whom its hooks call.</summary>
public abstract class GitHubStandInBench : IAsyncLifetime, IDisposable
{
    protected const string Name = "acme/flows.git";
    protected const string Hooks = "repos/acme/flows/hooks";

    protected GitSandbox Git { get; } = new();

    protected HttpClient Http { get; } = new();

    private protected HookReceiver Receiver { get; private set; } = null!;

    protected GitHubStandIn GitHub { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Git.Create(Name);
        Git.Commit(Name, "main", Files(("a.yml", "a"), ("b.yml", "b")));
        Receiver = await HookReceiver.StartAsync();
        GitHub = await GitHubStandIn.StartAsync(new GitHubStandInOptions { Root = Git.Root, Secret = "s3cret", Token = "ghp_good" });
        Http.BaseAddress = GitHub.BaseUrl;
        Http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("tests", "1"));
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "ghp_good");
    }

    public async Task DisposeAsync()
    {
        await GitHub.DisposeAsync();
        await Receiver.DisposeAsync();
    }

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        Http.Dispose();
        Git.Dispose();
    }

    protected static Dictionary<string, SandboxFile> Files(params (string Path, string Text)[] files) =>
        files.ToDictionary(f => f.Path, f => SandboxFile.Of(f.Text));

    protected static string? Text(JsonNode json, string name) => (string?)json[name];

    protected async Task<long> CreateHookAsync(string contentType, string path)
    {
        var pings = GitHub.Deliveries.Count(d => d.Event == "ping");
        using var made = await Http.PostAsJsonAsync(Hooks, new { config = new { url = Receiver.Url + path, content_type = contentType } });
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var hook = (await made.Content.ReadFromJsonAsync<JsonObject>())!;
        Assert.Equal("********", Text(hook["config"]!, "secret"));
        await DeliveredAsync("ping", pings + 1);
        return hook["id"]!.GetValue<long>();
    }

    protected async Task<IReadOnlyList<HookDelivery>> DeliveredAsync(string githubEvent, int count)
    {
        IReadOnlyList<HookDelivery> Found() => [.. GitHub.Deliveries.Where(d => d.Event == githubEvent)];
        await Wait.UntilAsync(() => Task.FromResult(Found().Count >= count), TimeSpan.FromSeconds(20),
            () => $"{Found().Count} of {count} {githubEvent} deliveries");
        return Found();
    }
}
