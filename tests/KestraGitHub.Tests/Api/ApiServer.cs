using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using KestraGitHub.Access;
using KestraGitHub.Api;
using KestraGitHub.Definitions;
using KestraGitHub.GitHub;
using KestraGitHub.Runs;
using KestraGitHub.Storage;
using KestraGitHub.Tests.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace KestraGitHub.Tests.Api;

/// <summary>The real API on a real socket and a real database. Its Kestra, its definitions and its clockwork are made up.</summary>
public sealed class ApiServer : IAsyncLifetime, IDisposable
{
    public const string AdminToken = "an-admin-of-all-things";
    public const string ViewerToken = "a-viewer-of-all-things";
    public const string ScopedToken = "an-operator-of-one-team";
    public const string NamesakeToken = "another-admin-of-the-same-name";

    private readonly TempFolder _folder = new();

    public static SyncKey Sync { get; } = new("main", "company.team", "sync-flows");

    public static SyncKey Other { get; } = new("main", "company.other", "sync-other");

    public static SyncKey Broken { get; } = new("main", "company.team", "broken");

    public WebApplication App { get; private set; } = null!;

    internal RunStore Runs => App.Services.GetRequiredService<RunStore>();

    internal DeliveryStore Deliveries => App.Services.GetRequiredService<DeliveryStore>();

    public Uri Url => new(App.Urls.First());

    public string DataPath => _folder["data"];

    public Dictionary<string, string?> Settings { get; } = new()
    {
        ["Api:Tokens:0"] = AdminToken,
        ["Api:Tokens:1:Value"] = ViewerToken,
        ["Api:Tokens:1:Role"] = "viewer",
        ["Api:Tokens:2:Value"] = ScopedToken,
        ["Api:Tokens:2:Role"] = "operator",
        ["Api:Tokens:2:Scope"] = "main/company.team",
        ["Api:Tokens:3:Value"] = NamesakeToken,
        ["Api:Tokens:3:Name"] = "admin token 1",
    };

    public async Task InitializeAsync()
    {
        Directory.CreateDirectory(_folder["definitions"]);
        await File.WriteAllTextAsync(Path.Combine(_folder["definitions"], "some.yaml"), "id: some");
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Logging.ClearProviders();
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(
            [new("Urls", "http://127.0.0.1:0"), new("Data:Path", _folder["data"]), new("Definitions:Path", _folder["definitions"]), .. Settings]);
        builder.Services.AddStorage(builder.Configuration);
        builder.Services.AddGitHub(builder.Configuration);
        builder.Services.AddAccess(builder.Configuration);
        builder.Services.AddApi(builder.Configuration);
        builder.Services.AddSingleton<Digests>();
        builder.Services.AddSingleton<PauseDesk>();
        builder.Services.AddSingleton<SyncDesk>();
        builder.Services.AddSingleton<UndoDesk>();
        builder.Services.AddSingleton<ApprovalDesk>();
        builder.Services.AddSingleton<RollbackDesk>();
        builder.Services.AddSingleton<IJobScheduler, StoppedClockwork>();
        builder.Services.AddSingleton<Func<IReadOnlyList<(string File, byte[] Content)>, DefinitionCatalog, DefinitionCatalog>>((_, _) => Catalog());
        App = builder.Build();
        App.UseApi();
        App.UseAccess();
        App.MapApi();
        App.MapGet("/forgotten", () => "nobody said who may see this");
        App.MapGet("/api/v1/explode", string () => throw new InvalidOperationException("the inside of the service"));
        App.MapPost("/sign-in", async (HttpContext context, SignIn door, string token) =>
            (await door.TryAsync(context, token)) switch { { User: not null } => 204, { RetryAfter: not null } => 429, _ => 401 }).AllowAnonymous();
        await App.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await App.DisposeAsync();
        Dispose();
    }

    public void Dispose()
    {
        if (Directory.Exists(_folder.Path)) _folder.Dispose();
    }

    public HttpClient Client(string? token = AdminToken)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = Url };
        if (token is not null) client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    internal static async Task<JsonElement> JsonOf(HttpResponseMessage answer) =>
        JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;

    internal static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    internal Task<RunRow> EnqueueAsync(SyncKey sync, bool dryRun = false) =>
        Runs.EnqueueAsync(new(sync, new("api", By: "me"), dryRun, null, TimeSpan.Zero, new Dictionary<string, string>()), merge: false, default);

    private static DefinitionCatalog Catalog() => new(
    [
        new("flows/sync.yaml", Sync, DefinitionOf(Sync), []),
        new("flows/other.yaml", Other, DefinitionOf(Other), []),
        new("flows/broken.yaml", Broken, null, [new("flows/broken.yaml", 3, 5, "tasks is missing.", "Add a task.")]),
    ]);

    private static Definition DefinitionOf(SyncKey key) => new(
        key, "flows/sync.yaml", "id: sync", "Syncs the flows", false,
        [new("sync", "io.kestra.plugin.git.SyncFlows", TaskStanding.Runs, new Dictionary<string, PropertyValue>(), 3)],
        [new WebhookTrigger("hook", new Secret("a-key-nobody-sees"), false)], [new ScheduleTrigger("nightly", "0 3 * * *", false, "UTC", false)],
        DefinitionOptions.Default, [], [], FlowValues.Of(key));

    private sealed class StoppedClockwork : IJobScheduler
    {
        public ValueTask WakeAsync(SyncKey sync, TimeSpan delay, CancellationToken ct) => default;

        public ValueTask<DateTimeOffset?> NextFireAsync(SyncKey sync, CancellationToken ct) => new(new DateTimeOffset(2026, 1, 2, 4, 0, 0, TimeSpan.FromHours(1)));
    }
}
