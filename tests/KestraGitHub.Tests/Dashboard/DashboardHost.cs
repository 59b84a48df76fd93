using System.Net;
using KestraGitHub.Access;
using KestraGitHub.Configuration;
using KestraGitHub.Dashboard;
using KestraGitHub.Definitions;
using KestraGitHub.Git;
using KestraGitHub.GitHub;
using KestraGitHub.Kestra;
using KestraGitHub.Runs;
using KestraGitHub.StandIns.Kestra;
using KestraGitHub.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace KestraGitHub.Tests.Dashboard;

/// <summary>The pages on a real server with a real database, and definitions that a test lays down as records.</summary>
public sealed class DashboardHost : IAsyncDisposable
{
    public const string Admin = "admin-token-of-the-tests";
    public const string Viewer = "viewer-token-of-the-tests";
    public const string Scoped = "scoped-token-of-the-tests";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kestra-github-pages-");
    private WebApplication? _app;

    public Uri Address { get; private set; } = null!;

    public string Definitions => Path.Combine(_folder.FullName, "definitions");

    /// <summary>What the folder of definitions holds, whatever files lie there.</summary>
    internal IReadOnlyList<CatalogEntry> Catalog { get; set; } = [];

    /// <summary>The run that goes on, where the seed has laid one down: each host has its own.</summary>
    internal string RunningId { get; set; } = "";

    internal RunStore Runs => Service<RunStore>();

    internal JournalStore Journal => Service<JournalStore>();
    internal PlanStore Plans => Service<PlanStore>();

    internal HoldStore Holds => Service<HoldStore>();

    internal QuarantineStore Quarantines => Service<QuarantineStore>();

    internal DriftStore Drifts => Service<DriftStore>();

    internal DeliveryStore Deliveries => Service<DeliveryStore>();

    internal DefinitionsPull Pull => Service<DefinitionsPull>();

    internal KestraServers Kestra => Service<KestraServers>();

    /// <summary>Where all syncs go: nobody is there, unless a test names a server.</summary>
    internal KestraTarget Target { get; private set; } = null!;

    internal AuditStore Audit => Service<AuditStore>();

    internal IReadOnlyList<RouteEndpoint> Routes => [.. Service<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()];

    internal FixedScheduler Scheduler { get; } = new();

    public static async Task<DashboardHost> StartAsync(Func<DashboardHost, Task>? seed = null, TimeProvider? clock = null, params IEnumerable<(string Key, string Value)> settings)
    {
        var host = new DashboardHost();
        await host.RunAsync(clock ?? TimeProvider.System, settings);
        if (seed is not null) await seed(host);
        return host;
    }

    /// <summary>Makes the service see the catalog as it is now.</summary>
    public async Task ReloadAsync()
    {
        Directory.CreateDirectory(Definitions);
        await File.WriteAllTextAsync(Path.Combine(Definitions, "any.yml"), Guid.NewGuid().ToString());
        await Service<DefinitionFolder>().ReloadAsync();
    }

    /// <summary>A client with a memory for cookies that follows nothing by itself.</summary>
    public HttpClient Client() =>
        new(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = Address };

    /// <summary>One that asks for pages, as a browser does.</summary>
    public HttpClient Browser()
    {
        var client = Client();
        client.DefaultRequestHeaders.Accept.ParseAdd("text/html");
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null) await _app.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private T Service<T>()
        where T : notnull => _app!.Services.GetRequiredService<T>();

    private async Task RunAsync(TimeProvider clock, IEnumerable<(string Key, string Value)> settings)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Data:Path"] = Path.Combine(_folder.FullName, "data"),
            ["Definitions:Path"] = Definitions,
            ["Git:AllowedProtocols:0"] = "http",
            ["Api:Tokens:0:Value"] = Admin,
            ["Api:Tokens:0:Name"] = "ann",
            ["Api:Tokens:1:Value"] = Viewer,
            ["Api:Tokens:1:Role"] = "viewer",
            ["Api:Tokens:2:Value"] = Scoped,
            ["Api:Tokens:2:Scope"] = "main/company",
        });
        builder.Configuration.AddInMemoryCollection(settings.Select(s => KeyValuePair.Create<string, string?>(s.Key, s.Value)));
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(clock);
        builder.Services.AddAccess(builder.Configuration).BindSection<PublicAddress>(builder.Configuration, "Http");
        builder.Services.AddStorage(builder.Configuration);
        builder.Services.AddGitHub(builder.Configuration);
        builder.Services.AddSingleton<Func<IReadOnlyList<(string File, byte[] Content)>, DefinitionCatalog, DefinitionCatalog>>(
            (_, _) => new(Catalog));
        builder.Services.AddSingleton<IJobScheduler>(Scheduler);
        builder.Services.AddSingleton<Digests>();
        builder.Services.AddSingleton<PauseDesk>();
        builder.Services.AddSingleton<SyncDesk>().AddSingleton<RepositoryBook>();
        builder.Services.AddGit(builder.Configuration).AddKestra(builder.Configuration);
        var options = new KestraStandInOptions();
        Target = builder.Configuration["Kestra:Url"] is { } url
            ? new("", new(url), "main", new(options.Username, new Secret(options.Password), null)) : new("", new("http://127.0.0.1:9"), "main", KestraAuth.None);
        builder.Services.AddSingleton(new DefinitionEnvironment(
            "main", new Dictionary<string, KestraTarget> { [""] = Target }, name => name == "WEBHOOK_KEY" ? "a-key" : null, _ => null));
        builder.Services.AddSingleton<KvReader>().AddSingleton<KnownTasks>().AddSingleton<RepositoryCheck>().AddSingleton<DriftCheck>().AddSingleton<ReplayDesk>().AddSingleton<ChangeDesk>()
            .AddSingleton<CheckoutSync>().AddSingleton<FirstPlan>();
        builder.Services.AddSingleton<UndoDesk>().AddSingleton<DefinitionsPull>();
        builder.Services.AddSingleton<ApprovalDesk>();
        builder.Services.AddSingleton<RollbackDesk>();
        builder.Services.AddDashboard();
        _app = builder.Build();
        _app.UseRouting();
        _app.UseAccess();
        _app.MapDashboard();
        await _app.StartAsync();
        Address = new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    /// <summary>A scheduler that knows when, and wakes nobody.</summary>
    internal sealed class FixedScheduler : IJobScheduler
    {
        public Dictionary<SyncKey, DateTimeOffset> Next { get; } = [];

        public ValueTask WakeAsync(SyncKey sync, TimeSpan delay, CancellationToken ct) => ValueTask.CompletedTask;

        public ValueTask<DateTimeOffset?> NextFireAsync(SyncKey sync, CancellationToken ct) => new(Next.TryGetValue(sync, out var at) ? at : null);
    }
}
