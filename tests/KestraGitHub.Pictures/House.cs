using KestraGitHub.Definitions;
using KestraGitHub.Runs;
using KestraGitHub.StandIns.Git;
using KestraGitHub.StandIns.Kestra;
using KestraGitHub.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace KestraGitHub.Pictures;

/// <summary>The real service on SQLite, between stand-ins, with a month behind it. Its Git server is reached by a name, through a proxy setting.</summary>
internal sealed class House : IAsyncDisposable
{
    public const string Token = "the-token-of-the-pictures";
    public const string GitHost = "http://git.acme.example";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Nobody listens there: the door only names it.</summary>
    private static readonly string[] Provider =
    [
        "--Http:SignIn:OpenId:Authority=https://login.acme.example", "--Http:SignIn:OpenId:ClientId=kestra-github", "--Http:SignIn:OpenId:Label=Acme", "--Http:SignIn:Groups:0:Name=platform",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("kestra-github-pictures-").FullName;
    private readonly List<KestraStandIn> _servers = [];
    private GitHttpServer _gitServer = null!;
    private WebApplication _app = null!;

    public GitSandbox Git { get; private set; } = null!;

    /// <summary>The server that most syncs write to.</summary>
    public KestraStandIn Kestra => _servers[0];

    public Uri Address { get; private set; } = null!;

    /// <param name="fromGit">Its definitions come from a repository, and nothing is behind it.</param>
    public static async Task<House> StartAsync(bool fromGit = false)
    {
        var house = new House();
        try
        {
            await house.OpenAsync(fromGit);
            return house;
        }
        catch
        {
            await house.DisposeAsync();
            throw;
        }
    }

    public T Service<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    public Task WaitAsync() => _app.WaitForShutdownAsync();

    /// <summary>Runs a sync until its run has ended, or waits for a person.</summary>
    public async Task<RunRow> RunAsync(SyncKey sync, bool dryRun = false, string by = "ann")
    {
        var asked = await Service<SyncDesk>().RequestRunAsync(sync, dryRun, null, new RunTrigger("dashboard", By: by), default);
        var id = asked.Run?.Id ?? throw new InvalidOperationException($"{sync} takes no run: {asked.Outcome} {string.Join(' ', asked.Faults.Select(f => f.Message))}");
        for (var until = DateTimeOffset.UtcNow + Patience; DateTimeOffset.UtcNow < until; await Task.Delay(50))
            if (await Service<RunStore>().GetAsync(id, default) is { } run && (run.Ended || run.WaitingFor == "approval")) return run;
        throw new InvalidOperationException($"The run {id} of {sync} did not end.");
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null) await _app.DisposeAsync();
        foreach (var server in _servers) await server.DisposeAsync();
        if (_gitServer is not null) await _gitServer.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task OpenAsync(bool fromGit)
    {
        Git = new GitSandbox(Path.Combine(_folder, "git"));
        foreach (var name in (string[])["flows", "marketing", "dbt", "files", "teams", "ops"]) Git.Create($"acme/{name}.git");
        Scenes.FirstCommits(Git);
        _gitServer = await GitHttpServer.StartAsync(Git.Root);
        _servers.Add(await KestraStandIn.StartAsync());
        _servers.Add(await KestraStandIn.StartAsync(new KestraStandInOptions { Version = "1.3" }));
        var (data, definitions) = (Path.Combine(_folder, "data"), Directory.CreateDirectory(Path.Combine(_folder, "definitions")).FullName);
        Directory.CreateDirectory(data);
        foreach (var (file, text) in Files.All())
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(definitions, file))!);
            await File.WriteAllTextAsync(Path.Combine(definitions, file), text);
        }

        if (!fromGit) await History.WriteAsync(Path.Combine(data, "kestra-github.db"));
        _app = KestraGitHubHost.Create(
        [
            "--Urls=http://127.0.0.1:0", $"--Data:Path={data}", $"--Definitions:Path={definitions}", $"--Api:Tokens:0:Value={Token}", "--Api:Tokens:0:Name=ann",
            $"--Kestra:Url={_servers[0].BaseUrl}", "--Kestra:Username=admin@kestra.io", "--Kestra:Password=Kestra1234",
            $"--Kestra:Targets:staging:Url={_servers[1].BaseUrl}", "--Kestra:Targets:staging:Username=admin@kestra.io", "--Kestra:Targets:staging:Password=Kestra1234",
            "--Kestra:Targets:laboratory:Url=http://127.0.0.1:9", "--Kestra:Targets:laboratory:ApiToken=nobody-listens",
            "--Git:AllowedProtocols:0=http", $"--Git:Proxy={_gitServer.Url}", "--Kestra:Proxy=none", "--GitHub:PollInterval=PT0S", "--Logging:LogLevel:Default=Warning",
            .. fromGit ? [$"--Definitions:Git:Url={GitHost}/{Scenes.Ops}", "--Definitions:Git:Branch=main", "--Definitions:Git:Directory=kestra", .. Provider] : Array.Empty<string>(),
        ]);
        await _app.Services.OpenStorageAsync();
        await _app.StartAsync();
        Address = new Uri(_app.Urls.First());
    }
}
