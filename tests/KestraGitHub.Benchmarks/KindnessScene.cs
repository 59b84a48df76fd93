using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using KestraGitHub.StandIns.Git;
using KestraGitHub.StandIns.Kestra;

namespace KestraGitHub.Benchmarks;

/// <summary>The real service with one sync of many flows that has never run, between a Git server and a stand-in Kestra.</summary>
internal sealed class KindnessScene : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kestra-github-kindness-");
    private readonly GitSandbox _repositories = new();
    private readonly HttpClient _http = new();
    private GitHttpServer _git = null!;
    private Process _service = null!;

    private KindnessScene()
    {
    }

    /// <summary>Of 0.9 KB, as those that the figures of real servers were taken with.</summary>
    public static string Flow(string team, int number) =>
        $"id: flow{number}\nnamespace: {team}\ndescription: {new string('x', 780)}\ntasks:\n  - id: hello\n    type: io.kestra.plugin.core.log.Log\n    message: hello\n";

    public static async Task<KindnessScene> OpenAsync(KestraStandIn kestra, int flows, string writesAtOnce)
    {
        var scene = new KindnessScene();
        scene._repositories.Create("kind.git");
        scene._repositories.Commit("kind.git", "main", Enumerable.Range(0, flows).ToDictionary(i => $"flows/flow{i}.yml", i => SandboxFile.Of(Flow("team", i))));
        scene._git = await GitHttpServer.StartAsync(scene._repositories.Root);
        var definitions = Directory.CreateDirectory(Path.Combine(scene._folder.FullName, "definitions")).FullName;
        await File.WriteAllTextAsync(Path.Combine(definitions, "kind.yml"), $"""
            id: kind
            namespace: system
            tasks:
              - id: git
                type: io.kestra.plugin.git.SyncFlows
                url: {scene._git.Url}/kind.git
                branch: main
                targetNamespace: team
                gitDirectory: flows
            """);
        var url = $"http://127.0.0.1:{FreePort()}";
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "kestra-github.dll"), $"--Urls={url}", $"--Data:Path={Path.Combine(scene._folder.FullName, "data")}",
            $"--Definitions:Path={definitions}", $"--Kestra:Url={kestra.BaseUrl}", "--Kestra:Username=admin@kestra.io", $"--Kestra:WritesAtOnce={writesAtOnce}",
        ];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        start.Environment["Kestra__Password"] = "Kestra1234";
        start.Environment["Api__Tokens__0"] = "a-token-for-measuring";
        start.Environment["Git__AllowedProtocols__0"] = "http";
        scene._service = Process.Start(start)!;
        scene._service.OutputDataReceived += (_, _) => { };
        scene._service.ErrorDataReceived += (_, _) => { };
        scene._service.BeginOutputReadLine();
        scene._service.BeginErrorReadLine();
        scene._http.BaseAddress = new Uri(url);
        scene._http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "a-token-for-measuring");
        while (!await scene.IsReadyAsync()) await Task.Delay(100);
        return scene;
    }

    /// <summary>Runs the sync to its end: how long it wrote, and how long it took as a whole.</summary>
    public async Task<(TimeSpan Writing, TimeSpan Whole)> SyncAsync()
    {
        using var asked = await _http.PostAsync(new Uri("/api/v1/main/syncs/system/kind/runs", UriKind.Relative), null);
        var id = (await asked.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString();
        JsonElement run;
        do
        {
            await Task.Delay(250);
            run = await _http.GetFromJsonAsync<JsonElement>($"/api/v1/runs/{id}");
        }
        while (run.GetProperty("finishedAt").ValueKind == JsonValueKind.Null);
        if (run.GetProperty("state").GetString() != "succeeded") throw new InvalidOperationException($"the sync did not succeed: {run.GetProperty("error")}");
        var events = (await _http.GetFromJsonAsync<JsonElement>($"/api/v1/runs/{id}/events")).GetProperty("items").EnumerateArray().ToList();
        var writing = At("applied") - At("validated");
        return (writing, run.GetProperty("finishedAt").GetDateTimeOffset() - run.GetProperty("startedAt").GetDateTimeOffset());

        DateTimeOffset At(string step) => events.First(e => e.GetProperty("step").GetString() == step).GetProperty("at").GetDateTimeOffset();
    }

    public async ValueTask DisposeAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", _service.Id.ToString(CultureInfo.InvariantCulture)])) await kill.WaitForExitAsync();
        await _service.WaitForExitAsync();
        _service.Dispose();
        _http.Dispose();
        await _git.DisposeAsync();
        _repositories.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task<bool> IsReadyAsync()
    {
        if (_service.HasExited) throw new InvalidOperationException($"the service ended with {_service.ExitCode}");
        try
        {
            using var answer = await _http.GetAsync(new Uri("/health/ready", UriKind.Relative));
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
