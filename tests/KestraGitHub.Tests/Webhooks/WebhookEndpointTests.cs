using System.Net;
using System.Text;
using System.Text.Json;
using KestraGitHub.Access;
using KestraGitHub.Webhooks;

namespace KestraGitHub.Tests.Webhooks;

public sealed class WebhookEndpointTests : IAsyncLifetime
{
    private const string Push = """
        {"ref":"refs/heads/main","before":"1111111111111111111111111111111111111111","after":"2222222222222222222222222222222222222222",
        "repository":{"full_name":"Some/Repo"},"sender":{"login":"mona"},"pusher":{"name":"lisa"},"commits":[]}
        """;

    private WebhookServer _server = null!;

    public async Task InitializeAsync() => _server = await WebhookServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData(WebhookServer.Path)]
    [InlineData(WebhookServer.KestraPath)]
    public async Task A_signed_push_is_stored_with_its_run_and_answered_202(string path)
    {
        var response = await _server.Http.SendAsync(WebhookServer.Call(Push, path: path));
        var answer = await JsonAsync(response);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal("/api/v1/runs/run-0", response.Headers.Location?.OriginalString);
        Assert.Equal(["status", "deliveryId", "runId"], answer.EnumerateObject().Select(p => p.Name));
        Assert.Equal(("queued", Some.Guid, "run-0"), (answer.Text("status"), answer.Text("deliveryId"), answer.Text("runId")));

        var (delivery, run) = Assert.Single(_server.Stored);
        Assert.Equal(
            (Some.Guid, Some.Sync, "github", "push", "refs/heads/main", "Some/Repo", "mona", 1, "queued", (string?)null),
            (delivery.DeliveryId, delivery.Sync, delivery.TriggerId, delivery.Event, delivery.Ref, delivery.Repository, delivery.Sender, delivery.Secret,
                delivery.Outcome, delivery.Reason));
        Assert.Equal((Encoding.UTF8.GetByteCount(Push), 64, (byte[]?)null), ((int)delivery.Size, delivery.Sha256.Length, delivery.Body));
        Assert.DoesNotContain(delivery.Headers.Keys, name => name.Contains("signature", StringComparison.Ordinal));
        Assert.Equal(("webhook", "github", "lisa", Some.Guid, new string('2', 40)), (run!.Trigger.Kind, run.Trigger.Id, run.Trigger.By, run.Trigger.DeliveryId, run.Trigger.Commit));
        Assert.True(run.Mergeable);
        Assert.Equal(TimeSpan.FromSeconds(2), run.Delay);

        var woken = await _server.Woken.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(Some.Sync, woken.Sync);
    }

    [Theory]
    [InlineData("/webhook")]
    [InlineData("/webhook/main/system/sync")]
    [InlineData(WebhookServer.Path + "/more")]
    [InlineData("/api/v1/main/executions/webhook/system/sync")]
    [InlineData(WebhookServer.KestraPath + "/more")]
    public async Task A_mistyped_address_is_answered_like_an_unknown_sync(string path)
    {
        var mistyped = await _server.Http.SendAsync(WebhookServer.Call(Push, path: path));
        var unknown = await _server.Http.SendAsync(WebhookServer.Call(Push, path: "/webhook/a/b/c/d"));
        Assert.Equal(HttpStatusCode.NotFound, mistyped.StatusCode);
        Assert.Equal(await unknown.Content.ReadAsStringAsync(), await mistyped.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task The_same_guid_again_is_a_duplicate_in_any_spelling_and_another_guid_a_run_of_its_own()
    {
        await _server.Http.SendAsync(WebhookServer.Call(Push));
        var again = await _server.Http.SendAsync(WebhookServer.Call(Push, guid: Some.Guid.ToUpperInvariant()));
        var other = await _server.Http.SendAsync(WebhookServer.Call(Push, guid: Guid.NewGuid().ToString()));
        var answer = await JsonAsync(again);

        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal(("duplicate", "run-0"), (answer.Text("status"), answer.Text("runId")));
        Assert.NotNull(answer.Text("reason"));
        Assert.Equal((HttpStatusCode.Accepted, "queued"), (other.StatusCode, (await JsonAsync(other)).Text("status")));
    }

    [Theory]
    [InlineData("ping", """{"zen":"Keep it logically awesome."}""", "pong")]
    [InlineData("push", """{"ref":"refs/heads/other"}""", "ignored")]
    [InlineData("push", """{"ref":"refs/tags/v1"}""", "ignored")]
    [InlineData("push", """{"ref":"refs/heads/../../x"}""", "ignored")]
    [InlineData("push", """{"ref":"refs/heads/main","deleted":true}""", "ignored")]
    [InlineData("installation", """{"action":"created"}""", "ignored")]
    [InlineData("pull_request", """{"action":"stacked","ref":"refs/heads/main"}""", "ignored")]
    public async Task What_starts_no_run_is_stored_with_its_reason(string @event, string body, string status)
    {
        var response = await _server.Http.SendAsync(WebhookServer.Call(body, @event));
        var answer = await JsonAsync(response);

        Assert.Equal((HttpStatusCode.OK, status), (response.StatusCode, answer.Text("status")));
        Assert.Equal(["status", "reason"], answer.EnumerateObject().Select(p => p.Name));
        var (delivery, run) = Assert.Single(_server.Stored);
        Assert.Null(run);
        Assert.Equal((status, answer.Text("reason")), (delivery.Outcome, delivery.Reason));
    }

    [Fact]
    public async Task A_form_is_taken_as_JSON_is()
    {
        var form = $"payload={Uri.EscapeDataString(Push)}";

        var response = await _server.Http.SendAsync(WebhookServer.Call(form, type: "application/x-www-form-urlencoded"));

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal(form.Length, _server.Stored.Single().Delivery.Size);
    }

    [Theory]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("Application/JSON;charset=\"UTF-8\"")]
    public async Task A_charset_changes_nothing(string type) =>
        Assert.Equal(HttpStatusCode.Accepted, (await _server.Http.SendAsync(WebhookServer.Call(Push, type: type))).StatusCode);

    [Theory]
    [InlineData("")]
    [InlineData("text/plain")]
    [InlineData("application/jsonx")]
    [InlineData("application/vnd.github+json")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("application/json, application/json")]
    [InlineData(";")]
    public async Task Another_media_type_is_415(string type) =>
        await AssertProblemAsync(WebhookServer.Call(Push, type: type), HttpStatusCode.UnsupportedMediaType);

    [Fact]
    public async Task A_compressed_body_is_415()
    {
        var call = WebhookServer.Call(Push);
        call.Content!.Headers.ContentEncoding.Add("gzip");

        await AssertProblemAsync(call, HttpStatusCode.UnsupportedMediaType);
    }

    [Theory]
    [InlineData("", "not JSON")]
    [InlineData("not json", "not JSON")]
    [InlineData("[]", "not an object")]
    [InlineData("{}", "no ref")]
    [InlineData("""{"ref":{}}""", "no ref")]
    public async Task A_body_that_is_no_push_is_400(string body, string detail) =>
        Assert.Contains(detail, (await AssertProblemAsync(WebhookServer.Call(body), HttpStatusCode.BadRequest)).Text("detail"), StringComparison.Ordinal);

    [Fact]
    public async Task What_is_no_UTF8_or_nested_too_deep_is_400()
    {
        var latin = WebhookServer.Call([.. "{\"ref\":\""u8, 0xFF, .. "\"}"u8]);
        var escaped = WebhookServer.Call("payload=%7B%22a%22:%22%FF%22%7D", type: "application/x-www-form-urlencoded");
        var deep = WebhookServer.Call($"{{\"ref\":{new string('[', 100_000)}{new string(']', 100_000)}}}");

        Assert.Equal("The body is not UTF-8.", (await AssertProblemAsync(latin, HttpStatusCode.BadRequest)).Text("detail"));
        Assert.Equal("The body is not UTF-8.", (await AssertProblemAsync(escaped, HttpStatusCode.BadRequest)).Text("detail"));
        Assert.Contains("nested", (await AssertProblemAsync(deep, HttpStatusCode.BadRequest)).Text("detail"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", Some.Guid)]
    [InlineData("push, push", Some.Guid)]
    [InlineData("push", "")]
    [InlineData("push", "1")]
    [InlineData("push", Some.Guid + ", " + Some.Guid)]
    public async Task Without_one_event_and_one_guid_it_is_400(string @event, string delivery) =>
        await AssertProblemAsync(WebhookServer.Call(Push, @event, delivery), HttpStatusCode.BadRequest);

    [Theory]
    [InlineData("/webhook/main/company.team/sync_flows/wrong")]
    [InlineData("/webhook/main/company.team/unknown/" + Some.Key)]
    [InlineData("/webhook/other/company.team/sync_flows/" + Some.Key)]
    [InlineData("/webhook/main/company.team/sync_flows/" + Some.Key + "%20")]
    [InlineData("/api/v1/main/executions/webhook/company.team/sync_flows/wrong")]
    public async Task Unknown_sync_and_wrong_key_are_the_same_404(string path)
    {
        var unknown = await _server.Http.SendAsync(WebhookServer.Call(Push, path: "/webhook/a/b/c/d"));
        var response = await _server.Http.SendAsync(WebhookServer.Call(Push, path: path, secret: ""));

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (unknown.StatusCode, response.StatusCode));
        Assert.Equal(await unknown.Content.ReadAsStringAsync(), await response.Content.ReadAsStringAsync());
        Assert.Equal(unknown.Headers.Select(h => h.Key), response.Headers.Select(h => h.Key));
        Assert.Empty(_server.Stored);
    }

    [Theory]
    [InlineData("ab/c+d=", "ab%2Fc+d=")]
    [InlineData("ab/c+d=", "ab%2fc%2Bd%3D")]
    [InlineData("a%2Fb", "a%252Fb")]
    [InlineData("a%2Fb", "a%2Fb")]
    public async Task A_key_may_hold_a_slash(string key, string written)
    {
        _server.Definitions[Some.Sync] = Some.Definition(triggers: [Some.Trigger(key: key)]);
        var (one, other) = (WebhookServer.Path.Replace(Some.Key, written, StringComparison.Ordinal), WebhookServer.KestraPath.Replace(Some.Key, written, StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.Accepted, (await _server.Http.SendAsync(WebhookServer.Call(Push, path: one))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await _server.Http.SendAsync(WebhookServer.Call(Push, path: other))).StatusCode);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("PATCH")]
    [InlineData("OPTIONS")]
    public async Task Other_methods_are_405(string method)
    {
        foreach (var path in new[] { WebhookServer.Path, WebhookServer.KestraPath, "/webhook/a/b/c/d" })
        {
            var response = await _server.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

            Assert.Equal((HttpStatusCode.MethodNotAllowed, "POST"), (response.StatusCode, response.Content.Headers.Allow.Single()));
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        }
    }

    [Fact]
    public async Task What_is_disabled_is_ignored_but_only_for_who_may_call()
    {
        _server.Definitions[Some.Sync] = Some.Definition(disabled: true);

        await AssertProblemAsync(WebhookServer.Call(Push, secret: "wrong"), HttpStatusCode.Unauthorized);
        var answer = await JsonAsync(await _server.Http.SendAsync(WebhookServer.Call(Push)));

        Assert.Equal(("ignored", "The sync is disabled."), (answer.Text("status"), answer.Text("reason")));
    }

    [Fact]
    public async Task Only_the_values_that_the_definition_uses_go_with_the_run()
    {
        _server.Definitions[Some.Sync] = Some.Definition(payload: ["body.repository.full_name", "headers.x-github-event", "headers.x-hub-signature-256"]);

        await _server.Http.SendAsync(WebhookServer.Call(Push));

        Assert.Equal(
            new Dictionary<string, string> { ["body.repository.full_name"] = "\"Some/Repo\"", ["headers.x-github-event"] = "\"push\"" },
            _server.Stored.Single().Run!.Payload);
    }

    private async Task<JsonElement> AssertProblemAsync(HttpRequestMessage call, HttpStatusCode status)
    {
        var response = await _server.Http.SendAsync(call);

        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Empty(_server.Stored);
        var problem = await JsonAsync(response);
        Assert.Equal(ProblemKinds.Of((int)status)!.Address, problem.Text("type"));
        return problem;
    }

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage response)
    {
        using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return document.RootElement.Clone();
    }
}
