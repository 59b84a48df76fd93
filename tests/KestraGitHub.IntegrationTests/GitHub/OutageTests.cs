using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using KestraGitHub.IntegrationTests.EndToEnd;
using KestraGitHub.IntegrationTests.Endurance;
using KestraGitHub.StandIns.Git;
using KestraGitHub.StandIns.GitHub;

namespace KestraGitHub.IntegrationTests.GitHub;

/// <summary>The service is down while GitHub calls, and GitHub never calls again: what was sent is found in its list.</summary>
[Collection("Endurance")]
public sealed class OutageTests : IAsyncLifetime
{
    /// <summary>A day's pushes; fewer where the machine is slow.</summary>
    private static readonly int Pushes = int.Parse(Environment.GetEnvironmentVariable("KESTRA_GITHUB_OUTAGE_PUSHES") ?? "500", CultureInfo.InvariantCulture);

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("kestra-github-outage-");
    private GitSandbox _repositories = null!;
    private GitHubStandIn _github = null!;
    private House _house = null!;

    public async Task InitializeAsync()
    {
        _repositories = new GitSandbox(_root.FullName);
        Directory.CreateDirectory(Path.Combine(_root.FullName, "acme"));
        _repositories.Create("acme/flows.git");
        _github = await GitHubStandIn.StartAsync(new GitHubStandInOptions { Root = _root.FullName, PollInterval = TimeSpan.FromMinutes(10) });
        _house = await House.OpenAsync(("GitHub__ApiUrl", _github.BaseUrl.GetLeftPart(UriPartial.Authority)), ("GitHub__Token", "a-token"), ("GitHub__PollInterval", "PT5S"));
        _house.Define("one", url: _github.CloneUrl("acme", "flows").AbsoluteUri);
        _house.Define("two", url: _github.CloneUrl("Acme", "Flows").AbsoluteUri.ToLowerInvariant());
        Commit("before"); // before the hook: the stand-in tells of what it sees moving afterwards
        await HookAsync("/webhook/github");
    }

    public async Task DisposeAsync()
    {
        await _house.DisposeAsync();
        await _github.DisposeAsync();
        _root.Delete(recursive: true);
    }

    [Fact]
    public async Task Of_a_days_pushes_into_an_outage_none_is_lost_and_none_counts_twice()
    {
        await _house.Service.StartAsync();
        _github.Emit("acme", "flows", "push", Push(0));
        await Wait.UntilAsync(async () => (await DeliveriesAsync()).Count == 2, House.Patience, () => $"the first push did not come\n{_house.Service.Output}");
        await _house.Service.StopAsync();

        var guids = Enumerable.Range(1, Pushes).Select(i => _github.Emit("acme", "flows", "push", Push(i))).ToList();
        await Wait.UntilAsync(() => Task.FromResult(_github.Deliveries.Count(d => d.Event == "push" && d.StatusCode == 0) == Pushes), House.Patience, () => "not all were sent");
        Commit("after");
        await _house.Service.StartAsync();
        await Wait.UntilAsync(
            async () => (await DeliveriesAsync()).Count >= 2 * (Pushes + 1), TimeSpan.FromMinutes(3), () => $"not all were recovered\n{_house.Service.Output}");

        // Another look, or two, must find nothing.
        await Task.Delay(TimeSpan.FromSeconds(11));
        foreach (var sync in (string[])["one", "two"])
        {
            var rows = (await DeliveriesAsync()).Where(d => d.GetProperty("flow").GetString() == sync && d.GetProperty("outcome").GetString() == "recovered").ToList();
            Assert.Equal(guids.Order(StringComparer.Ordinal), rows.Select(d => d.GetProperty("deliveryId").GetString()).Order(StringComparer.Ordinal));
            var runs = await _house.AllAsync($"/api/v1/runs?tenant=main&namespace=system&flow={sync}");
            Assert.All(rows, d => Assert.Contains(d.GetProperty("runId").GetString(), runs.Select(r => r.GetProperty("id").GetString())));
            foreach (var run in runs) await _house.EndOfAsync(run.GetProperty("id").GetString()!);
            Assert.Equal("after", Assert.Single(_house.Kestra.State.ListFlows(), f => f.Namespace == House.Namespace(sync)).Source.Split("message: ")[1].Trim());
        }
    }

    [Fact]
    public async Task A_hook_of_one_sync_is_looked_through_too_and_a_delivery_that_came_is_not_asked_for()
    {
        await HookAsync(House.Hook("one"));
        await _house.Service.StartAsync();
        var came = _github.Emit("acme", "flows", "push", Push(0));
        await Wait.UntilAsync(async () => (await DeliveriesAsync()).Count == 2, House.Patience, () => _house.Service.Output);
        await _house.Service.StopAsync();
        var lost = _github.Emit("acme", "flows", "push", Push(1));
        _github.Emit("acme", "flows", "pull_request", Push(2));
        await Wait.UntilAsync(() => Task.FromResult(_github.Deliveries.Count(d => d.StatusCode == 0 && d.DeliveryId == lost) == 2), House.Patience, () => "not sent");
        await _house.Service.StartAsync();
        List<JsonElement> listed = [];
        await Wait.UntilAsync(async () => (listed = await DeliveriesAsync()).Count == 4, House.Patience, () => string.Join('\n', listed));
        await Task.Delay(TimeSpan.FromSeconds(7));

        var rows = await DeliveriesAsync();
        Assert.Equal(4, rows.Count);
        Assert.All(rows, d => Assert.Equal(d.GetProperty("deliveryId").GetString() == came, d.GetProperty("outcome").GetString() != "recovered"));
        Assert.DoesNotContain("key-of-one", _house.Service.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("a-token", _house.Service.Output, StringComparison.Ordinal);
    }

    private void Commit(string message) =>
        _repositories.Commit("acme/flows.git", "main", new Dictionary<string, SandboxFile> { ["flows/flow.yml"] = $"id: flow\nnamespace: team.one\ntasks:\n  - id: hello\n    type: io.kestra.plugin.core.log.Log\n    message: {message}\n" });

    private async Task HookAsync(string path)
    {
        using var http = new HttpClient { DefaultRequestHeaders = { { "User-Agent", "tests" } } };
        var hook = new JsonObject
        {
            ["name"] = "web", ["events"] = new JsonArray("push", "pull_request"),
            ["config"] = new JsonObject { ["url"] = new Uri(_house.Service.BaseUrl, path).AbsoluteUri, ["content_type"] = "json", ["secret"] = ServiceProcess.WebhookSecret },
        };
        using var answer = await http.PostAsJsonAsync(new Uri(_github.BaseUrl, "/repos/acme/flows/hooks"), hook);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    private JsonObject Push(int number)
    {
        var url = $"{_github.BaseUrl.GetLeftPart(UriPartial.Authority)}/acme/flows";
        return new JsonObject
        {
            ["ref"] = "refs/heads/main", ["before"] = Commit(number), ["after"] = Commit(number + 1), ["created"] = false, ["deleted"] = false, ["commits"] = new JsonArray(),
            ["repository"] = new JsonObject { ["id"] = 7, ["full_name"] = "acme/flows", ["html_url"] = url, ["clone_url"] = url + ".git" },
            ["pusher"] = new JsonObject { ["name"] = "bea" },
        };

        static string Commit(int number) => number.ToString("x40", CultureInfo.InvariantCulture);
    }

    private async Task<List<JsonElement>> DeliveriesAsync() => [.. (await _house.AllAsync("/api/v1/deliveries")).Where(d => d.GetProperty("event").GetString() == "push")];
}
