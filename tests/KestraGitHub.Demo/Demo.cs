using System.Diagnostics;
using System.Globalization;
using KestraGitHub.StandIns.Git;
using KestraGitHub.StandIns.GitHub;
using KestraGitHub.StandIns.Kestra;

namespace KestraGitHub.Demo;

/// <summary>The real service between two stand-ins, from nothing to the first sync and on.</summary>
internal sealed class Demo(Screen screen, bool once) : IAsyncDisposable
{
    public const string KestraUser = "demo@example.org";
    private const string Repository = "acme/flows.git";
    private readonly string _folder = Directory.CreateTempSubdirectory("kestra-github-demo-").FullName;
    private readonly DemoSecrets _secrets = DemoSecrets.Make();
    private GitSandbox _git = null!;
    private KestraStandIn? _kestra;
    private GitHubStandIn? _github;
    private ServiceChild? _service;
    private ServiceApi? _api;

    public async Task<int> RunAsync(CancellationToken ct)
    {
        try
        {
            await StartAsync(ct);
            var held = await PushAsync(
                "A commit with three flows and two files is pushed", "Flows and files of company.team", DemoContent.First(), ct);
            foreach (var line in held.Lines) screen.Note("  " + line);
            if (once) return 0;
            await PushAsync("One line of one flow is changed and pushed", "Greet politely", DemoContent.Second(), ct);
            Invite();
            await _service!.WaitForEndAsync(ct);
            throw new DemoFailure("The service ended by itself.");
        }
        catch (DemoFailure e)
        {
            screen.Bad(e.Message);
            ShowLog();
            return 1;
        }
        catch (OperationCanceledException)
        {
            screen.Line("\nStopping; the demo's files are removed.");
            return once ? 1 : 0;
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or HttpRequestException or UnauthorizedAccessException)
        {
            screen.Bad($"The demo could not be set up: {e.Message}");
            ShowLog();
            return 1;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _api?.Dispose();
        if (_service is not null) await _service.DisposeAsync();
        if (_github is not null) await _github.DisposeAsync();
        if (_kestra is not null) await _kestra.DisposeAsync();

        // Git's objects are read-only, which keeps Windows from removing them.
        if (OperatingSystem.IsWindows())
            foreach (var file in Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories)) File.SetAttributes(file, FileAttributes.Normal);
        Directory.Delete(_folder, recursive: true);
    }

    private async Task StartAsync(CancellationToken ct)
    {
        screen.Title("KestraGitHub, with a stand-in Kestra and a stand-in GitHub");
        _git = new GitSandbox(Path.Combine(_folder, "github"));
        _git.Create(Repository);
        _kestra = await KestraStandIn.StartAsync(new KestraStandInOptions { Username = KestraUser, Password = _secrets.KestraPassword });
        _github = await GitHubStandIn.StartAsync(new GitHubStandInOptions { Root = _git.Root, Token = _secrets.GitToken });
        var clock = Stopwatch.StartNew();
        _service = new ServiceChild(_folder, _secrets, _kestra.BaseUrl, anyPort: once); // Several may end after the first sync at the same time.
        await File.WriteAllTextAsync(Path.Combine(_service.Definitions, "sync_from_git.yml"), DemoContent.Definition(CloneUrl.AbsoluteUri), ct);
        _service.Start();
        _api = new ServiceApi(_service.Url, _secrets.SignInToken);
        await _api.WaitForSyncAsync(_service, ct);
        screen.Fact("Kestra", $"{Plain(_kestra.BaseUrl)}  empty");
        screen.Fact("GitHub", $"{CloneUrl}  empty, too");
        screen.Fact("Service", $"{Plain(_service.Url)}  ready after {Seconds(clock.Elapsed)}");

        screen.Step("The webhook is registered with GitHub");
        using var hooks = new HookSetup(_github.BaseUrl, _secrets.GitToken);
        var hookUrl = new Uri(_service.Url, $"/webhook/main/system/sync_from_git/{_secrets.HookKey}");
        await hooks.CreateAsync("acme/flows", hookUrl, _secrets.HookSecret, ct);
        var ping = await DeliveryAsync(d => d.Event == "ping", ct);
        screen.Good($"ping {screen.Arrow} {Answer(ping)}");
    }

    private Uri CloneUrl => _github!.CloneUrl("acme", "flows");

    private async Task<Holdings> PushAsync(string title, string message, Dictionary<string, SandboxFile> files, CancellationToken ct)
    {
        _kestra!.ClearCalls();
        var commit = _git.Commit(Repository, "main", files, message);
        screen.Step(title);
        screen.Note($"main is at {commit[..7]} \"{message}\"");
        var delivery = await DeliveryAsync(d => d.Event == "push" && d.Payload.Contains($"\"after\":\"{commit}\"", StringComparison.Ordinal), ct);
        if (delivery.StatusCode != 202)
            throw new DemoFailure($"The push was answered with {Answer(delivery)}, and not with 202: {delivery.ResponseBody}");
        screen.Good($"signed push {screen.Arrow} {Answer(delivery)}");
        var run = DemoRun.Of(await _api!.WaitForRunAsync(DemoRun.IdIn(delivery.ResponseBody), ct));
        if (run.State != "succeeded") throw new DemoFailure($"The run {run.Id} {run.State}: {run.Error}");
        screen.Good($"run {run.Id} succeeded in {Seconds(run.Took)}: {run.Summary}");
        var writes = _kestra.Calls.Count(c => c.Method is not "GET" && !c.Path.EndsWith("/validate", StringComparison.Ordinal));
        screen.Note($"{_kestra.Calls.Count} calls of Kestra, {writes} of them writes");

        var (git, kestra) = (Holdings.OfGit(_git.PathOf(Repository), commit), Holdings.OfKestra(_kestra.State));
        if (kestra.Differences(git) is { Count: > 0 } differences)
            throw new DemoFailure($"Kestra does not hold what Git holds:\n  {string.Join("\n  ", differences)}");
        screen.Good("Kestra holds exactly what Git holds");
        return kestra;
    }

    private void Invite()
    {
        screen.Step("Your turn");
        screen.Fact("Dashboard", Plain(_service!.Url));
        screen.Fact("Token", $"{_secrets.SignInToken}  (sign-in, and bearer token of {Plain(_service.Url)}/swagger)");
        screen.Fact("Clone", $"git clone {new UriBuilder(CloneUrl) { UserName = "you", Password = _secrets.GitToken }.Uri.AbsoluteUri}");
        screen.Fact("", "change something, commit, push: the hook does the rest");
        screen.Fact("Log", _service.LogPath);
        screen.Line("\nCtrl-C ends it all and removes every file.");
    }

    private Task<HookDelivery> DeliveryAsync(Func<HookDelivery, bool> which, CancellationToken ct) =>
        ServiceApi.UntilAsync(() => Task.FromResult(_github!.Deliveries.LastOrDefault(which)), "GitHub delivered nothing", ct);

    private void ShowLog()
    {
        if (_service is null) return;
        using var reader = new StreamReader(File.Open(_service.LogPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        Console.Error.WriteLine($"The last the service said:\n{string.Join('\n', reader.ReadToEnd().TrimEnd().Split('\n').TakeLast(30))}");
    }

    private static string Answer(HookDelivery d) => $"{(d.StatusCode == 0 ? d.Status : d.StatusCode)} in {d.Duration.TotalMilliseconds:0} ms";

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s");

    private static string Plain(Uri url) => url.GetLeftPart(UriPartial.Authority);
}
