using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using KestraGitHub.IntegrationTests.EndToEnd;
using KestraGitHub.StandIns.Git;
using KestraGitHub.StandIns.GitHub;

namespace KestraGitHub.IntegrationTests.StandIns;

public sealed class GitHubStandInTests : IAsyncLifetime, IDisposable
{
    private const string Name = "acme/flows.git";
    private const string Hooks = "repos/acme/flows/hooks";
    private readonly GitSandbox _git = new();
    private readonly HttpClient _http = new();
    private HookReceiver _receiver = null!;
    private GitHubStandIn _github = null!;

    public async Task InitializeAsync()
    {
        _git.Create(Name);
        _git.Commit(Name, "main", Files(("a.yml", "a"), ("b.yml", "b")));
        _receiver = await HookReceiver.StartAsync();
        _github = await GitHubStandIn.StartAsync(new GitHubStandInOptions { Root = _git.Root, Secret = "s3cret", Token = "ghp_good" });
        _http.BaseAddress = _github.BaseUrl;
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("tests", "1"));
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "ghp_good");
    }

    public async Task DisposeAsync()
    {
        await _github.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    public void Dispose()
    {
        _http.Dispose();
        _git.Dispose();
    }

    [Fact]
    public async Task A_push_over_http_reaches_every_hook_signed_with_one_guid_and_says_what_changed()
    {
        await CreateHookAsync("json", "/one");
        await CreateHookAsync("form", "/two");
        var before = _git.Tip(Name, "main")!;
        var clone = Path.Combine(_git.Root, "clone");
        var url = new UriBuilder(_github.CloneUrl("acme", "flows")) { UserName = "bea", Password = "ghp_good" }.Uri.AbsoluteUri;
        GitSandbox.Run(_git.Root, ["clone", "--quiet", url, clone]);
        await File.WriteAllTextAsync(Path.Combine(clone, "a.yml"), "changed");
        File.Delete(Path.Combine(clone, "b.yml"));
        await File.WriteAllTextAsync(Path.Combine(clone, "é.yml"), "new");
        GitSandbox.Run(clone, ["add", "--all"]);
        GitSandbox.Run(clone, ["commit", "--quiet", "-m", "Change ✓"]);
        GitSandbox.Run(clone, ["push", "--quiet", "origin", "main"]);

        var pushes = await DeliveredAsync("push", 2);
        Assert.Single(pushes.Select(d => d.DeliveryId).Distinct());
        Assert.All(pushes, d => Assert.Equal((200, "OK", false), (d.StatusCode, d.Status, d.Redelivery)));
        foreach (var call in _receiver.Calls)
        {
            Assert.Equal("sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData("s3cret"u8, call.Body)), call.Headers["X-Hub-Signature-256"]);
            Assert.StartsWith("GitHub-Hookshot/", call.Headers["User-Agent"], StringComparison.Ordinal);
        }

        var json = Assert.Single(_receiver.Calls, c => c is { Path: "/one", Event: "push" });
        var push = JsonNode.Parse(json.Body)!;
        var form = Assert.Single(_receiver.Calls, c => c is { Path: "/two", Event: "push" });
        Assert.Equal("application/x-www-form-urlencoded", form.Headers["Content-Type"]);
        Assert.Equal(Encoding.UTF8.GetString(json.Body), WebUtility.UrlDecode(Encoding.UTF8.GetString(form.Body)["payload=".Length..]));
        Assert.Equal(("refs/heads/main", before, _git.Tip(Name, "main")), (Text(push, "ref"), Text(push, "before"), Text(push, "after")));
        var commit = Assert.Single(push["commits"]!.AsArray())!;
        Assert.Equal("""["\u00E9.yml"]|["b.yml"]|["a.yml"]""", $"{commit["added"]!.ToJsonString()}|{commit["removed"]!.ToJsonString()}|{commit["modified"]!.ToJsonString()}");
        Assert.Equal(("Change ✓", "acme/flows", "bea"), (Text(push["head_commit"]!, "message"), Text(push["repository"]!, "full_name"), Text(push["pusher"]!, "name")));
        Assert.Equal("false,false,false", $"{push["created"]},{push["deleted"]},{push["forced"]}");
    }

    [Fact]
    public async Task Branches_and_tags_that_come_go_or_are_forced_are_told_as_such()
    {
        await CreateHookAsync("json", "/");
        var repository = _git.PathOf(Name);
        var first = _git.Tip(Name, "main")!;
        GitSandbox.Run(repository, ["branch", "topic", "main"]);
        GitSandbox.Run(repository, ["tag", "-a", "v1", "-m", "one", "main"]);
        await DeliveredAsync("push", 2);
        var second = _git.Commit(Name, "main", Files(("other.yml", "x")), orphan: true);
        await DeliveredAsync("push", 3);
        GitSandbox.Run(repository, ["branch", "-D", "topic"]);
        await DeliveredAsync("push", 4);

        var pushes = _receiver.Calls.Where(c => c.Event == "push").Select(c => JsonNode.Parse(c.Body)!).ToList();
        var tag = pushes.Single(p => Text(p, "ref") == "refs/tags/v1");
        Assert.NotEqual(first, Text(tag, "after"));
        Assert.Equal(first, Text(tag["head_commit"]!, "id"));
        var created = pushes.Single(p => Text(p, "ref") == "refs/heads/topic" && p["created"]!.GetValue<bool>());
        Assert.Equal(("refs/heads/main", new string('0', 40), 0), (Text(created, "base_ref"), Text(created, "before"), created["commits"]!.AsArray().Count));
        var forced = pushes.Single(p => Text(p, "ref") == "refs/heads/main");
        Assert.True(forced["forced"]!.GetValue<bool>());
        Assert.Equal((first, second), (Text(forced, "before"), Text(forced, "after")));
        var deleted = pushes.Single(p => p["deleted"]!.GetValue<bool>());
        Assert.Equal(new string('0', 40), Text(deleted, "after"));
        Assert.Null(deleted["head_commit"]);
    }

    [Fact]
    public async Task A_failed_delivery_is_not_tried_again_until_someone_asks()
    {
        _receiver.Status = 503;
        var hook = await CreateHookAsync("json", "/");
        _git.Commit(Name, "main", Files(("a.yml", "later")));
        var failed = Assert.Single(await DeliveredAsync("push", 1));
        await Task.Delay(400);
        Assert.Single(_receiver.Calls, c => c.Event == "push");
        var failures = (await _http.GetFromJsonAsync<JsonArray>($"{Hooks}/{hook}/deliveries?status=failure&per_page=1"))!;
        Assert.Equal((failed.Id, 503), (failures[0]!["id"]!.GetValue<long>(), failures[0]!["status_code"]!.GetValue<int>()));

        _receiver.Status = 202;
        using var asked = await _http.PostAsync($"{Hooks}/{hook}/deliveries/{failed.Id}/attempts", null);
        Assert.Equal(HttpStatusCode.Accepted, asked.StatusCode);
        var again = (await DeliveredAsync("push", 2))[^1];
        Assert.Equal((failed.DeliveryId, true, 202), (again.DeliveryId, again.Redelivery, again.StatusCode));
        var whole = (await _http.GetFromJsonAsync<JsonObject>($"{Hooks}/{hook}/deliveries/{again.Id}"))!;
        Assert.Equal("refs/heads/main", Text(whole["request"]!["payload"]!, "ref"));
        Assert.Equal(failed.DeliveryId, Text(whole["request"]!["headers"]!, "X-GitHub-Delivery"));
    }

    [Fact]
    public async Task Statuses_are_kept_newest_first_and_combined_by_context()
    {
        var sha = _git.Tip(Name, "main")!;
        foreach (var (state, context) in new[] { ("pending", "sync"), ("success", "SYNC"), ("failure", "plan") })
        {
            using var made = await _http.PostAsJsonAsync($"repos/acme/flows/statuses/{sha}", new { state, context, description = "d", target_url = "https://example.org/1" });
            Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        }

        using var tooLong = await _http.PostAsJsonAsync($"repos/acme/flows/statuses/{sha}", new { state = "success", description = new string('x', 141) });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, tooLong.StatusCode);
        using var absent = await _http.PostAsJsonAsync($"repos/acme/flows/statuses/{new string('1', 40)}", new { state = "success" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, absent.StatusCode);
        var all = (await _http.GetFromJsonAsync<JsonArray>("repos/acme/flows/commits/main/statuses"))!;
        Assert.Equal(["plan", "SYNC", "sync"], all.Select(s => Text(s!, "context")));
        var combined = (await _http.GetFromJsonAsync<JsonObject>("repos/acme/flows/commits/main/status"))!;
        Assert.Equal(("failure", 2), (Text(combined, "state"), combined["total_count"]!.GetValue<int>()));
        Assert.Equal(3, _github.Statuses.Count);
    }

    [Fact]
    public async Task Callers_are_turned_away_as_GitHub_turns_them_away()
    {
        using var repository = await _http.GetAsync("repos/acme/flows");
        Assert.Equal("4999", Assert.Single(repository.Headers.GetValues("x-ratelimit-remaining")));
        using var again = new HttpRequestMessage(HttpMethod.Get, "repos/acme/flows/hooks");
        using var hooks = await _http.GetAsync("repos/acme/flows/hooks");
        again.Headers.IfNoneMatch.Add(hooks.Headers.ETag!);
        using var unchanged = await _http.SendAsync(again);
        Assert.Equal((HttpStatusCode.NotModified, "4998"), (unchanged.StatusCode, Assert.Single(unchanged.Headers.GetValues("x-ratelimit-remaining"))));

        _http.DefaultRequestHeaders.Authorization = null;
        Assert.Equal(HttpStatusCode.NotFound, (await _http.GetAsync("repos/acme/flows")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await _http.GetAsync("meta")).StatusCode);
        Assert.Throws<InvalidOperationException>(() => GitSandbox.Run(_git.Root, ["-c", "core.askPass=true", "ls-remote", _github.CloneUrl("acme", "flows").AbsoluteUri]));
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "ghp_bad");
        using var bad = await _http.GetAsync("repos/acme/flows");
        Assert.Equal((HttpStatusCode.Unauthorized, "Bad credentials"), (bad.StatusCode, Text((await bad.Content.ReadFromJsonAsync<JsonObject>())!, "message")));

        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "ghp_good");
        Assert.Equal(HttpStatusCode.NotFound, (await _http.GetAsync("repos/acme/flows/pulls?state=open")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _http.PutAsync("repos/acme/flows", null)).StatusCode);
        Assert.Equal([new("GET", "/repos/acme/flows/pulls", "state=open"), new("PUT", "/repos/acme/flows", "")], _github.UnknownCalls);
        _http.DefaultRequestHeaders.UserAgent.Clear();
        Assert.Equal(HttpStatusCode.Forbidden, (await _http.GetAsync("meta")).StatusCode);
    }

    private static Dictionary<string, SandboxFile> Files(params (string Path, string Text)[] files) => files.ToDictionary(f => f.Path, f => SandboxFile.Of(f.Text));

    private static string? Text(JsonNode json, string name) => (string?)json[name];

    private async Task<long> CreateHookAsync(string contentType, string path)
    {
        var pings = _github.Deliveries.Count(d => d.Event == "ping");
        using var made = await _http.PostAsJsonAsync(Hooks, new { config = new { url = _receiver.Url + path, content_type = contentType } });
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var hook = (await made.Content.ReadFromJsonAsync<JsonObject>())!;
        Assert.Equal("********", Text(hook["config"]!, "secret"));
        await DeliveredAsync("ping", pings + 1);
        return hook["id"]!.GetValue<long>();
    }

    private async Task<IReadOnlyList<HookDelivery>> DeliveredAsync(string githubEvent, int count)
    {
        IReadOnlyList<HookDelivery> Found() => [.. _github.Deliveries.Where(d => d.Event == githubEvent)];
        await Wait.UntilAsync(() => Task.FromResult(Found().Count >= count), TimeSpan.FromSeconds(20), () => $"{Found().Count} of {count} {githubEvent} deliveries");
        return Found();
    }
}
