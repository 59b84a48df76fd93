using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KestraGitHub.IntegrationTests.EndToEnd;
using KestraGitHub.IntegrationTests.Endurance;

namespace KestraGitHub.IntegrationTests.GitHub;

/// <summary>One hook for all: the built service, real git, and deliveries as an organisation's hook sends them.</summary>
public sealed class AppWideHookTests : IAsyncLifetime
{
    private const string Address = "/webhook/github";
    private House _house = null!;

    public async Task InitializeAsync() => _house = await House.OpenAsync();

    public async Task DisposeAsync() => await _house.DisposeAsync();

    [Fact]
    public async Task A_push_starts_every_sync_that_reads_the_repository_and_a_second_one_of_its_guid_starts_none()
    {
        _house.Define("one");
        _house.Define("two", url: Url("one").Replace("http://", "HTTP://", StringComparison.Ordinal)[..^4]);
        _house.Define("other");
        _house.Commit("one", 1, "hello");
        _house.Commit("other", 1, "hello");
        await _house.Service.StartAsync();

        var (status, answer) = await SendAsync("push", Push("one"), guid: "11111111-0000-0000-0000-000000000001");
        Assert.Equal((HttpStatusCode.Accepted, "queued"), (status, Text(answer, "status")));
        Assert.Equal(["main/system/one", "main/system/two"], answer.GetProperty("runs").EnumerateArray().Select(r => Text(r, "sync")).Order(StringComparer.Ordinal));
        foreach (var run in answer.GetProperty("runs").EnumerateArray()) await _house.EndOfAsync(Text(run, "runId")!);
        _house.AssertEqual("one");
        Assert.Empty(await _house.AllAsync("/api/v1/runs?tenant=main&namespace=system&flow=other"));

        var (again, duplicate) = await SendAsync("push", Push("one"), guid: "11111111-0000-0000-0000-000000000001");
        Assert.Equal((HttpStatusCode.OK, "duplicate", Text(answer, "runId")), (again, Text(duplicate, "status"), Text(duplicate, "runId")));
        Assert.Equal(2, (await _house.AllAsync("/api/v1/runs")).Count);

        // The same event on the sync's own hook has the same guid.
        using var own = await GitHubHook.SendAsync(
            _house.Service.Http, House.Hook("one"), "push", Push("one"), "11111111-0000-0000-0000-000000000001", ServiceProcess.WebhookSecret);
        Assert.Contains("duplicate", await own.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_a_rename_the_old_url_still_matches_by_the_repositorys_number()
    {
        _house.Define("old");
        _house.Commit("old", 1, "hello");
        await _house.Service.StartAsync();
        var (_, first) = await SendAsync("push", Push("old", id: 77));
        await _house.EndOfAsync(Text(first, "runId")!);

        var (status, renamed) = await SendAsync("push", Push("new-name", id: 77));
        Assert.Equal((HttpStatusCode.Accepted, "main/system/old"), (status, Text(renamed.GetProperty("runs")[0], "sync")));
        var (_, stranger) = await SendAsync("push", Push("new-name", id: 78));
        Assert.Equal("ignored", Text(stranger, "status"));
    }

    [Fact]
    public async Task What_starts_nothing_is_acknowledged_and_listed()
    {
        _house.Define("one");
        await _house.Service.StartAsync();
        var (_, ping) = await SendAsync("ping", """{"zen":"Keep it logically awesome.","hook_id":1,"organization":{"login":"acme"}}"""u8.ToArray());
        Assert.Equal("pong", Text(ping, "status"));
        var (_, request) = await SendAsync("pull_request", Push("one"));
        Assert.Equal(("ignored", "Only a push starts a sync; this was pull_request."), (Text(request, "status"), Text(request, "reason")));
        var (_, feature) = await SendAsync("push", Push("one", branch: "feature"));
        Assert.Equal("main/system/one: this sync watches main", Text(feature, "reason"));
        var (_, unknown) = await SendAsync("push", Push("nobody", id: 9));
        Assert.Equal("No sync reads acme/nobody.", Text(unknown, "reason"));

        Assert.Equal(["push", "push", "pull_request", "ping"], (await _house.AllAsync("/api/v1/deliveries")).Select(d => Text(d, "event")));
        Assert.Empty(await _house.AllAsync("/api/v1/runs"));
        Assert.All(await _house.AllAsync("/api/v1/deliveries"), d => Assert.Equal("", Text(d, "flow")));
    }

    [Fact]
    public async Task Without_the_services_own_signature_nothing_is_looked_at()
    {
        _house.Define("one");
        File.AppendAllText(Path.Combine(_house.Service.DefinitionsPath, "one.yml"), "\n  webhookSecrets: [the-definitions-own]\n");
        await _house.Service.StartAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync("push", Push("one"), secret: "the-definitions-own")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync("push", Push("one"), secret: "wrong")).Status);
        using var get = await _house.Service.Http.GetAsync(Address);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, get.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync("push", "{}"u8.ToArray())).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync("push", Push("one"), guid: "no-guid")).Status);
        Assert.Empty(await _house.AllAsync("/api/v1/deliveries"));
        Assert.Equal(HttpStatusCode.Accepted, (await SendAsync("push", Push("one"))).Status);
    }

    [Fact]
    public async Task A_url_that_only_a_run_knows_is_matched_by_what_the_last_run_read()
    {
        _house.Define("open", url: $"\"{{{{ trigger.body.repository.clone_url ?? '{Url("open")}' }}}}\"");
        _house.Commit("open", 1, "hello");
        await _house.Service.StartAsync();
        Assert.Equal("ignored", Text((await SendAsync("push", Push("open"))).Answer, "status"));

        using var asked = await _house.Service.Http.PostAsJsonAsync("/api/v1/main/syncs/system/open/runs", new { });
        await _house.EndOfAsync(Text(await asked.Content.ReadFromJsonAsync<JsonElement>(), "id")!);
        Assert.Equal("queued", Text((await SendAsync("push", Push("open"))).Answer, "status"));
    }

    private string Url(string name) => $"{_house.Git.Url}/{name}.git";

    private byte[] Push(string name, long id = 1, string branch = "main") => Encoding.UTF8.GetBytes(new JsonObject
    {
        ["ref"] = $"refs/heads/{branch}", ["before"] = new string('1', 40), ["after"] = new string('2', 40), ["commits"] = new JsonArray(),
        ["repository"] = new JsonObject { ["id"] = id, ["full_name"] = $"acme/{name}", ["clone_url"] = Url(name), ["html_url"] = Url(name)[..^4] },
        ["sender"] = new JsonObject { ["login"] = "bea" },
    }.ToJsonString());

    private async Task<(HttpStatusCode Status, JsonElement Answer)> SendAsync(string @event, byte[] body, string? guid = null, string secret = ServiceProcess.WebhookSecret)
    {
        using var answer = await GitHubHook.SendAsync(_house.Service.Http, Address, @event, body, guid ?? Guid.NewGuid().ToString(), secret);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;
}
