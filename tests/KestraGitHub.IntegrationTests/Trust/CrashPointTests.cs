using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using KestraGitHub.IntegrationTests.Endurance;
using KestraGitHub.IntegrationTests.EndToEnd;
using KestraGitHub.StandIns.Git;
using KestraGitHub.StandIns.Kestra;
using Xunit.Abstractions;

namespace KestraGitHub.IntegrationTests.Trust;

/// <summary>
/// The service dies before or after each write, each commit of its database and each git of a run, as its own traces name them, and is started again. Which
/// points are tried: every <c>KESTRA_GITHUB_CRASH_STEP</c>th.
/// </summary>
[Collection("Endurance")]
public sealed class CrashPointTests(ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly int Step = int.TryParse(Environment.GetEnvironmentVariable("KESTRA_GITHUB_CRASH_STEP"), CultureInfo.InvariantCulture, out var step) ? step : 12;
    private readonly string _crash = Path.Combine(Path.GetTempPath(), $"kestra-github-crash-{Guid.NewGuid():N}");
    private House _house = null!;

    public async Task InitializeAsync()
    {
        _house = await House.OpenAsync(
            ("DOTNET_STARTUP_HOOKS", typeof(CrashPointTests).Assembly.Location), (StartupHook.FileVariable, _crash), ("Runs__RetryDelay", "00:00:00.2"), ("Runs__MaxAttempts", "2"));
        await _house.Service.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _house.DisposeAsync();
        File.Delete(_crash);
        File.Delete(_crash + ".passed");
    }

    [Fact]
    public async Task Wherever_a_run_dies_the_next_worker_gets_it_to_its_end() => await TryAllAsync("forward", async (sync, id) =>
    {
        await _house.EndOfAsync(id);
        AssertHolds(sync, After(sync));
        // What it remembers is right: there is nothing left to do, and everything counts.
        var again = await _house.EndOfAsync(await AskAsync(sync));
        Assert.Equal((0, 0, 0, 5), (House.Count(again, "added"), House.Count(again, "updated"), House.Count(again, "deleted"), House.Count(again, "unchanged")));
    });

    [Fact]
    public async Task Wherever_a_run_dies_that_cannot_get_through_everything_is_put_back()
    {
        _house.Kestra.Faults.Add(new FaultRule { Effect = FaultEffect.Status, Status = 422, Method = "DELETE", PathContains = "/gone" });
        await TryAllAsync("back", async (sync, id) =>
        {
            var ended = await _house.EndOfAsync(id, "failed");
            Assert.Contains("put back", ended.GetProperty("error").GetString(), StringComparison.Ordinal);
            AssertHolds(sync, Before(sync));
        });
    }

    private async Task TryAllAsync(string name, Func<string, string, Task> check)
    {
        var died = 0;
        for (var at = 1; ; at += Step)
        {
            var sync = string.Create(CultureInfo.InvariantCulture, $"{name}-{at}");
            await PrepareAsync(sync);
            File.Delete(_crash + ".passed");
            await File.WriteAllTextAsync(_crash, at.ToString(CultureInfo.InvariantCulture));
            var id = await AskAsync(sync);
            var dead = await DiesAsync(id);
            File.Delete(_crash);
            if (dead)
            {
                died++;
                await _house.Service.WaitForExitAsync();
                await _house.Service.StartAsync();
            }

            if (id.Length == 0) id = await StoredAsync(sync) ?? await AskAsync(sync);
            try
            {
                await check(sync, id);
            }
            catch (Exception e)
            {
                throw new Xunit.Sdk.XunitException($"crash point {at} of '{name}' ({(await File.ReadAllLinesAsync(_crash + ".passed"))[^1]}): {e.Message}");
            }

            if (dead) continue;
            output.WriteLine($"{name}: died at {died} of {(await File.ReadAllLinesAsync(_crash + ".passed")).Length} points");
            Assert.True(died > 40 / Step, $"it died at {died} points only");
            return;
        }
    }

    /// <summary>The run whose answer did not come; null when it was not stored, which nobody was told either.</summary>
    private async Task<string?> StoredAsync(string sync)
    {
        var runs = await _house.AllAsync($"/api/v1/runs?tenant=main&namespace=system&flow={sync}");
        return runs.Count > 1 ? runs[0].GetProperty("id").GetString() : null;
    }

    /// <summary>True when the process is gone, false when the run has ended first.</summary>
    private async Task<bool> DiesAsync(string id)
    {
        while (true)
        {
            try
            {
                if (id.Length == 0) return true;
                if ((await _house.RunAsync(id)).GetProperty("finishedAt").ValueKind != JsonValueKind.Null) return false;
                await Task.Delay(50);
            }
            catch (HttpRequestException)
            {
                return true;
            }
        }
    }

    private static string Space(string sync) => $"crash.{sync.Replace('-', '_')}";

    private static string Flow(string sync, string id, string message) => $"id: {id}\nnamespace: {Space(sync)}\ntasks:\n  - id: hello\n    type: io.kestra.plugin.core.log.Log\n    message: {message}\n";

    private static Dictionary<string, string> Before(string sync) => new()
    {
        ["changed"] = Flow(sync, "changed", "old"), ["gone"] = Flow(sync, "gone", "old"), ["same"] = Flow(sync, "same", "same"), ["script.py"] = "print('old')\n",
    };

    private static Dictionary<string, string> After(string sync) => new()
    {
        ["changed"] = Flow(sync, "changed", "new"), ["fresh"] = Flow(sync, "fresh", "new"), ["same"] = Flow(sync, "same", "same"), ["script.py"] = "print('new')\n", ["more.py"] = "print('more')\n",
    };

    private async Task PrepareAsync(string sync)
    {
        _house.Repositories.Create($"{sync}.git");
        Commit(sync, Before(sync));
        await File.WriteAllTextAsync(Path.Combine(_house.Service.DefinitionsPath, $"{sync}.yml"), $"""
            id: {sync}
            namespace: system
            tasks:
              - id: files
                type: io.kestra.plugin.git.SyncNamespaceFiles
                url: {_house.Git.Url}/{sync}.git
                branch: main
                namespace: {Space(sync)}
                gitDirectory: files
                delete: true
              - id: flows
                type: io.kestra.plugin.git.SyncFlows
                url: {_house.Git.Url}/{sync}.git
                branch: main
                targetNamespace: {Space(sync)}
                gitDirectory: flows
                delete: true
            """);
        await Wait.UntilAsync(
            async () => (await _house.Service.Http.GetAsync($"/api/v1/main/syncs/system/{sync}")).StatusCode == HttpStatusCode.OK, House.Patience, () => $"{sync} was not taken\n{_house.Service.Output}");
        await _house.EndOfAsync(await AskAsync(sync));
        AssertHolds(sync, Before(sync));
        Commit(sync, After(sync));
    }

    private void Commit(string sync, Dictionary<string, string> texts) => _house.Repositories.Commit(
        $"{sync}.git", "main", texts.ToDictionary(t => t.Key.EndsWith(".py", StringComparison.Ordinal) ? $"files/{t.Key}" : $"flows/{t.Key}.yml", t => (SandboxFile)t.Value));

    private async Task<string> AskAsync(string sync)
    {
        try
        {
            using var answer = await _house.Service.Http.PostAsJsonAsync($"/api/v1/main/syncs/system/{sync}/runs", new { });
            return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
        }
        catch (HttpRequestException) when (File.Exists(_crash))
        {
            return ""; // it died over the very request; the run may be stored
        }
    }

    private void AssertHolds(string sync, Dictionary<string, string> texts)
    {
        var held = _house.Kestra.State.ListFlows().Where(f => f.Namespace == Space(sync)).ToDictionary(f => f.Id, f => f.Source);
        foreach (var path in _house.Kestra.State.ListFiles(Space(sync))) held[path.TrimStart('/')] = System.Text.Encoding.UTF8.GetString(_house.Kestra.State.GetFile(Space(sync), path)!);
        Assert.Equal(texts.OrderBy(t => t.Key, StringComparer.Ordinal), held.OrderBy(t => t.Key, StringComparer.Ordinal));
    }
}
