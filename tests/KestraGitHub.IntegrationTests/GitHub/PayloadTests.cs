using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using KestraGitHub.IntegrationTests.EndToEnd;
using KestraGitHub.IntegrationTests.Endurance;

namespace KestraGitHub.IntegrationTests.GitHub;

/// <summary>Every payload that Octokit collected, and those that its collection lacks, at the edge of one service: none of them is an error.</summary>
public sealed class PayloadTests : IAsyncLifetime
{
    private const string ForAll = "/webhook/github";
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private House _house = null!;
    private IReadOnlyList<PayloadExample> _examples = [];

    public async Task InitializeAsync()
    {
        _examples = await PayloadExamples.FetchAsync();
        _house = await House.OpenAsync(("GitHub__PollInterval", "PT0S"));
        // The repository of most examples. Suspended: what they ask for is queued, and nobody goes to look for it.
        _house.Define("hello", url: "https://github.com/Codertocat/Hello-World");
        var file = Path.Combine(_house.Service.DefinitionsPath, "hello.yml");
        var text = (await File.ReadAllTextAsync(file)).Replace("branch: main", "branch: master", StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, text + "\n  pullRequests: { forks: true }\n  branches: [\"**\"]\n");
        await _house.Service.StartAsync();
        using var suspended = await _house.Service.Http.PostAsJsonAsync("/api/v1/main/syncs/system/hello/suspend", new { reason = "a test" });
        Assert.True(suspended.IsSuccessStatusCode, await suspended.Content.ReadAsStringAsync());
    }

    public async Task DisposeAsync() => await _house.DisposeAsync();

    [Fact]
    public async Task Every_example_is_taken_at_both_addresses_and_so_is_what_the_collection_lacks()
    {
        Assert.InRange(_examples.Count, 300, int.MaxValue);
        var (wrong, answers) = (new List<string>(), new Dictionary<string, int>(StringComparer.Ordinal));
        foreach (var example in _examples)
        foreach (var address in (string[])[ForAll, House.Hook("hello")])
        {
            var (status, answer) = await SendAsync(address, example.Event, example.Payload);
            var said = status is 200 or 202 ? answer.GetProperty("status").GetString()! : "?";
            if (said == "?") wrong.Add($"{example} at {address}: {status} {answer}");
            answers[$"{example.Event} {said}"] = answers.GetValueOrDefault($"{example.Event} {said}") + 1;
        }

        Assert.Empty(wrong);
        Assert.Equal(2 * _examples.Count(e => e.Event == "ping"), answers["ping pong"]);
        Assert.All(answers.Keys.Where(k => !k.StartsWith("push ", StringComparison.Ordinal) && !k.StartsWith("pull_request ", StringComparison.Ordinal) && k != "ping pong"), k => Assert.EndsWith(" ignored", k, StringComparison.Ordinal));
        Assert.True(answers.GetValueOrDefault("push queued") > 0 && answers.GetValueOrDefault("pull_request queued") > 0, string.Join(", ", answers));

        await LacksAsync();
        Assert.DoesNotContain("in a way that it should not", _house.Service.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("could not be stored", _house.Service.Output, StringComparison.Ordinal);
    }

    private async Task LacksAsync()
    {
        var push = _examples.Last(e => e.Event == "push" && (string?)e.Payload["repository"]!["full_name"] == "Codertocat/Hello-World" && ((string)e.Payload["ref"]!).StartsWith("refs/heads/", StringComparison.Ordinal)).Payload;
        var pull = _examples.First(e => e.Event == "pull_request" && (string?)e.Payload["action"] == "opened" && (string?)e.Payload["repository"]!["full_name"] == "Codertocat/Hello-World").Payload;
        var zeros = new string('0', 40);
        JsonObject Commit(int i) => new()
        {
            ["id"] = $"{i:x40}", ["distinct"] = true, ["message"] = "Übersicht für 東京 🚀", ["added"] = new JsonArray($"flows/{i}.yml"), ["modified"] = new JsonArray("flows/ä.yml"), ["removed"] = new JsonArray("flows/weg.yml"),
        };
        JsonArray Commits(int count) => new([.. Enumerable.Range(1, count).Select(i => (JsonNode)Commit(i))]);
        JsonObject Push(params (string Name, JsonNode? Value)[] members) => With(push, [("ref", "refs/heads/master"), ("before", new string('1', 40)), ("after", new string('2', 40)), ("created", false), ("deleted", false), ("forced", false), .. members]);

        await TakesAsync("queued", "push", Push(("commits", Commits(3))));
        await TakesAsync("queued", "push", Push(("commits", Commits(2048))));
        await TakesAsync("queued", "push", Push(("commits", Commits(0)), ("created", true), ("before", zeros)));
        await TakesAsync("queued", "push", Push(("forced", true)));
        await TakesAsync("queued", "push", Push(("commits", Commits(1))), form: true);
        await TakesAsync("ignored", "push", Push(("deleted", true), ("after", zeros), ("head_commit", null), ("commits", Commits(0))));
        await TakesAsync("ignored", "push", Push(("ref", "refs/heads/gh-readonly-queue/master/pr-1-abc")));
        var custom = With((JsonObject)push["repository"]!, [("custom_properties", new JsonObject { ["team"] = new JsonArray("a", "b"), ["cost"] = null })]);
        await TakesAsync("queued", "push", Push(("sender", null), ("pusher", new JsonObject { ["name"] = "bea" }), ("repository", custom)), "X-GitHub-Enterprise-Host: ghe.example.org", "X-GitHub-Enterprise-Version: 3.19.0");

        var gone = With((JsonObject)pull["pull_request"]!, [("head", With((JsonObject)pull["pull_request"]!["head"]!, [("repo", null)])), ("number", 99)]);
        await TakesAsync("queued", "pull_request", With(pull, [("pull_request", gone), ("number", 99)]));
        await TakesAsync("ignored", "pull_request", With(pull, [("action", "stacked")]));
        foreach (var reason in (string[])["merged", "invalidated", "dequeued"])
            await TakesAsync("ignored", "merge_group", With(pull, [("action", "destroyed"), ("reason", reason), ("merge_group", new JsonObject { ["head_sha"] = new string('3', 40) })]));
        await TakesAsync("ignored", "an_event_of_2030", new JsonObject { ["action"] = "dreamt" });
    }

    private async Task TakesAsync(string expected, string @event, JsonObject payload, params string[] headers) => await TakesAsync(expected, @event, payload, form: false, headers);

    private async Task TakesAsync(string expected, string @event, JsonObject payload, bool form, params string[] headers)
    {
        foreach (var address in (string[])[ForAll, House.Hook("hello")])
        {
            var (status, answer) = await SendAsync(address, @event, payload, form, headers);
            Assert.True(status is 200 or 202 && answer.GetProperty("status").GetString() == expected, $"{@event} {payload["action"]} at {address}: {status} {answer}");
        }
    }

    private static JsonObject With(JsonObject of, (string Name, JsonNode? Value)[] members)
    {
        var copy = of.DeepClone().AsObject();
        foreach (var (name, value) in members) copy[name] = value?.DeepClone();
        return copy;
    }

    private async Task<(int Status, JsonElement Answer)> SendAsync(string address, string @event, JsonObject payload, bool form = false, params string[] headers)
    {
        var json = payload.ToJsonString(Plain);
        var body = Encoding.UTF8.GetBytes(form ? $"payload={Uri.EscapeDataString(json)}" : json);
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(form ? "application/x-www-form-urlencoded" : "application/json");
        request.Headers.Add("X-GitHub-Event", @event);
        request.Headers.Add("X-GitHub-Delivery", Guid.NewGuid().ToString());
        request.Headers.Add("X-Hub-Signature-256", $"sha256={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(ServiceProcess.WebhookSecret), body))}");
        foreach (var header in headers) request.Headers.Add(header.Split(": ")[0], header.Split(": ")[1]);
        using var answer = await _house.Service.Http.SendAsync(request);
        return ((int)answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }
}
