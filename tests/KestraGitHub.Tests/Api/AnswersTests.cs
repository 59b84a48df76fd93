using System.Net;
using System.Text;
using System.Text.Json;
using KestraGitHub.Storage;

namespace KestraGitHub.Tests.Api;

public sealed class AnswersTests(ApiServer server) : IClassFixture<ApiServer>
{
    private static readonly CancellationToken None = CancellationToken.None;

    private static string Path => $"/api/v1/main/syncs/{ApiServer.Sync.Namespace}/{ApiServer.Sync.Flow}";

    [Fact]
    public async Task A_run_is_started_without_a_body_and_found_where_the_answer_says()
    {
        using var client = server.Client();
        var answer = await client.PostAsync($"{Path}/runs", null);
        var run = await ApiServer.JsonOf(answer);

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var id = run.GetProperty("id").GetString();
        Assert.Equal($"/api/v1/runs/{id}", answer.Headers.Location!.OriginalString);
        Assert.Equal("queued", run.GetProperty("state").GetString());
        Assert.Equal("""{"tenant":"main","namespace":"company.team","flow":"sync-flows"}""", run.GetProperty("sync").GetRawText());
        Assert.Equal("api", run.GetProperty("trigger").GetProperty("kind").GetString());
        Assert.Equal("admin token 1", run.GetProperty("trigger").GetProperty("by").GetString());
        Assert.Equal(JsonValueKind.Null, run.GetProperty("error").ValueKind);
        Assert.EndsWith("Z", run.GetProperty("createdAt").GetString());

        var read = await ApiServer.JsonOf(await client.GetAsync(answer.Headers.Location));
        Assert.Equal(run.GetRawText(), read.GetRawText());
        Assert.Equal(
            ["added", "updated", "deleted", "unchanged", "kept", "skipped", "ignored", "protected", "conflict", "invalid", "failed"],
            read.GetProperty("counts").EnumerateObject().Select(p => p.Name));
    }

    [Theory]
    [InlineData("{}", false, null)]
    [InlineData("null", false, null)]
    [InlineData("{\"dryRun\":true,\"revision\":\"main\"}", true, "main")]
    public async Task A_run_takes_its_wishes_from_the_body(string body, bool dryRun, string? revision)
    {
        using var client = server.Client();
        var answer = await client.PostAsync($"{Path}/runs", ApiServer.Json(body));
        var run = await ApiServer.JsonOf(answer);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal(dryRun, run.GetProperty("dryRun").GetBoolean());
        Assert.Equal(revision, run.GetProperty("requestedRevision").GetString());
    }

    [Fact]
    public async Task An_empty_form_is_no_body()
    {
        using var client = server.Client();
        using var form = new FormUrlEncodedContent([]);
        Assert.Equal(HttpStatusCode.Accepted, (await client.PostAsync($"{Path}/runs", form)).StatusCode);
    }

    [Theory]
    [InlineData("{\"dryrun\":true,\"x\":1}", 400, "dryrun is unknown; known are dryRun, revision, force and onConflict. x is unknown")]
    [InlineData("{\"dryRun\":\"yes\"}", 400, "dryRun must be true or false")]
    [InlineData("{\"revision\":7}", 400, "revision must be a text")]
    [InlineData("{\"revision\":\"--upload-pack=x\"}", 400, "revision")]
    [InlineData("[]", 400, "object")]
    [InlineData("{", 400, "not JSON")]
    [InlineData("{\"revision\":\"\\ud800\"}", 400, "no Unicode text: the one that begins at byte 13")]
    [InlineData("{\"\\ud800\":1}", 400, "no Unicode text: the one that begins at byte 2")]
    [InlineData("{\"revision\":\"a\\u0000\"}", 400, "no Unicode text")]
    public async Task A_body_that_is_none_is_refused_by_name(string body, int status, string says)
    {
        using var client = server.Client();
        var problem = await ProblemAsync(await client.PostAsync($"{Path}/runs", ApiServer.Json(body)), status);
        Assert.Contains(says, problem.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("/api/v1/runs/{run}/undo", "{\"objects\":[]}", "objects is empty: leave it out for all, or name some.")]
    [InlineData("/api/v1/runs/{run}/restore", "{\"objects\":[]}", "objects is empty: leave it out for all, or name some.")]
    [InlineData("/api/v1/runs/{run}/approve", "{\"plan\":\"\"}", "plan is empty: leave it out, or name the plan.")]
    [InlineData("/api/v1/runs/{run}/undo", "{\"objects\":[\"\\ud800\"]}", "no Unicode text")]
    [InlineData("/api/v1/runs/{run}/approve", "{\"plan\":\"\u00ff\"}", "no Unicode text")]
    [InlineData("/api/v1/main/syncs/company.team/sync-flows/suspend", "{\"reason\":\"\u00ff\"}", "no Unicode text")]
    [InlineData("/api/v1/main/syncs/company.team/sync-flows/rollback", "{\"\u00ff\":1}", "no Unicode text")]
    public async Task What_is_empty_or_no_text_is_not_taken_for_something(string path, string latin, string says)
    {
        using var client = server.Client();
        var run = await server.EnqueueAsync(ApiServer.Other, dryRun: true);
        using var body = new ByteArrayContent(Encoding.Latin1.GetBytes(latin)) { Headers = { ContentType = new("application/json") } };
        var problem = await ProblemAsync(await client.PostAsync(path.Replace("{run}", run.Id, StringComparison.Ordinal), body), 400);
        Assert.Contains(says, problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task A_body_that_is_too_large_or_of_another_kind_is_refused()
    {
        using var client = server.Client();
        await ProblemAsync(await client.PostAsync($"{Path}/runs", ApiServer.Json($"{{\"revision\":\"{new string('a', 70_000)}\"}}")), 413);
        await ProblemAsync(await client.PostAsync($"{Path}/runs", new StringContent("dryRun: true")), 415);
    }

    [Fact]
    public async Task A_definition_that_does_not_load_answers_with_its_faults()
    {
        using var client = server.Client();
        var problem = await ProblemAsync(await client.PostAsync("/api/v1/main/syncs/company.team/broken/runs", null), 409);
        Assert.Equal(
            """[{"file":"flows/broken.yaml","line":3,"column":5,"message":"tasks is missing.","cure":"Add a task."}]""",
            problem.GetProperty("faults").GetRawText());
    }

    [Theory]
    [InlineData("GET", "/api/v1/main/syncs/company.team/nothing", 404)]
    [InlineData("POST", "/api/v1/main/syncs/company.team/nothing/runs", 404)]
    [InlineData("GET", "/api/v1/runs/nothing", 404)]
    [InlineData("POST", "/api/v1/runs/nothing/cancel", 404)]
    [InlineData("GET", "/api/v1/runs/nothing/events", 404)]
    [InlineData("GET", "/api/nothing/at/all", 404)]
    [InlineData("DELETE", "/api/v1/runs", 405)]
    [InlineData("GET", "/api/v1/runs?limit=0", 400)]
    [InlineData("GET", "/api/v1/runs?limit=501", 400)]
    [InlineData("GET", "/api/v1/runs?limit=many", 400)]
    [InlineData("GET", "/api/v1/runs?state=Queued", 400)]
    [InlineData("GET", "/api/v1/runs?state=1", 400)]
    [InlineData("GET", "/api/v1/runs?cursor=%27", 400)]
    [InlineData("GET", "/api/v1/main/syncs?cursor=main/company.team/sync", 400)]
    [InlineData("GET", "/api/v1/main/syncs?cursor=AAAA", 400)]
    [InlineData("GET", "/api/v1/definitions/history?limit=0", 400)]
    [InlineData("GET", "/api/v1/deliveries?limit=x", 400)]
    [InlineData("GET", "/api/v1/deliveries?cursor=x", 400)]
    [InlineData("GET", "/api/v1/explode", 500)]
    public async Task A_refusal_is_a_problem(string method, string path, int status)
    {
        using var client = server.Client();
        using var request = new HttpRequestMessage(new(method), path);
        request.Headers.Add("Accept", "text/html");
        var problem = await ProblemAsync(await client.SendAsync(request), status);
        Assert.DoesNotContain("inside of the service", problem.GetRawText());
        Assert.NotEmpty(problem.GetProperty("traceId").GetString()!);
        if (path.Contains('?')) Assert.StartsWith(path.Split('?', '=')[1] + " must", problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task A_sync_is_told_without_its_key()
    {
        using var client = server.Client();
        var text = await client.GetStringAsync(Path);
        var sync = JsonDocument.Parse(text).RootElement;
        Assert.DoesNotContain("a-key-nobody-sees", text);
        Assert.Equal("/webhook/main/company.team/sync-flows/{key}", sync.GetProperty("webhookPath").GetString());
        Assert.Equal("unknown", sync.GetProperty("state").GetString());
        Assert.Equal("""[{"id":"sync","type":"io.kestra.plugin.git.SyncFlows","standing":"runs"}]""", sync.GetProperty("tasks").GetRawText());
        Assert.Equal(
            """[{"id":"hook","type":"webhook","cron":null,"timezone":null,"disabled":false},{"id":"nightly","type":"schedule","cron":"0 3 * * *","timezone":"UTC","disabled":false}]""",
            sync.GetProperty("triggers").GetRawText());
        Assert.Equal("2026-01-02T03:00:00.000Z", sync.GetProperty("nextFire").GetString());
    }

    [Fact]
    public async Task Syncs_are_listed_the_broken_ones_too()
    {
        using var client = server.Client();
        var items = (await ApiServer.JsonOf(await client.GetAsync("/api/v1/main/syncs"))).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(["sync-flows", "sync-other", "broken"], items.Select(i => i.GetProperty("flow").GetString()));
        Assert.Equal("broken", items[2].GetProperty("state").GetString());
        Assert.Equal("[]", (await ApiServer.JsonOf(await client.GetAsync("/api/v1/elsewhere/syncs"))).GetProperty("items").GetRawText());
    }

    [Fact]
    public async Task Runs_are_paged_newest_first_and_their_list_leaves_changes_out()
    {
        using var client = server.Client();
        var made = new List<string?>();
        for (var i = 0; i < 3; i++) made.Insert(0, (await server.EnqueueAsync(ApiServer.Other)).Id);

        var read = new List<string?>();
        for (string? cursor = "", path = "/api/v1/runs?flow=sync-other&state=queued&limit=2"; cursor is not null;)
        {
            var page = await ApiServer.JsonOf(await client.GetAsync(path + (cursor.Length > 0 ? $"&cursor={cursor}" : "")));
            read.AddRange(page.GetProperty("items").EnumerateArray().Select(r => r.GetProperty("id").GetString()));
            Assert.All(page.GetProperty("items").EnumerateArray(), r => Assert.False(r.TryGetProperty("changes", out _)));
            cursor = page.GetProperty("next").GetString();
        }
        Assert.Equal(made, read);
    }

    [Fact]
    public async Task What_waits_is_cancelled_at_once_and_only_once()
    {
        using var client = server.Client();
        var run = await server.EnqueueAsync(ApiServer.Other, dryRun: true);
        var answer = await client.PostAsync($"/api/v1/runs/{run.Id}/cancel", null);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("cancelled", (await ApiServer.JsonOf(answer)).GetProperty("state").GetString());
        await ProblemAsync(await client.PostAsync($"/api/v1/runs/{run.Id}/cancel", null), 409);
    }

    [Fact]
    public async Task Events_are_read_on_from_a_line()
    {
        using var client = server.Client();
        var run = await server.EnqueueAsync(ApiServer.Other, dryRun: true);
        var at = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        await server.Runs.AppendAsync(run.Id, [new(1, at, "info", "received", "one"), new(2, at, "error", "", "two")], None);
        var items = (await ApiServer.JsonOf(await client.GetAsync($"/api/v1/runs/{run.Id}/events?after=1"))).GetProperty("items");
        Assert.Equal("""[{"seq":2,"at":"2026-01-02T03:04:05.000Z","level":"error","step":"","message":"two"}]""", items.GetRawText());
    }

    [Fact]
    public async Task Deliveries_are_told_with_what_the_sender_was_told()
    {
        using var client = server.Client();
        await server.Deliveries.AcceptAsync(Delivery("guid-1"), null, None);
        await server.Deliveries.AcceptAsync(Delivery("guid-2"), null, None);
        var page = await ApiServer.JsonOf(await client.GetAsync("/api/v1/deliveries?limit=1"));
        var one = page.GetProperty("items")[0];
        Assert.Equal("guid-2", one.GetProperty("deliveryId").GetString());
        Assert.Equal("ignored", one.GetProperty("status").GetString());
        Assert.Equal("a branch nobody watches", one.GetProperty("reason").GetString());
        Assert.Equal("push", one.GetProperty("headers").GetProperty("x-github-event").GetString());
        Assert.False(one.TryGetProperty("body", out _));
        Assert.NotNull(page.GetProperty("next").GetString());
    }

    private static DeliveryRow Delivery(string guid) => new(
        guid, ApiServer.Sync, "hook", DateTimeOffset.UtcNow, "push", null, "refs/heads/x", "a", "b", "acme/flows", "octo",
        new Dictionary<string, string> { ["x-github-event"] = "push" }, 2, "00", 1, "ignored", "a branch nobody watches", null);

    private static async Task<JsonElement> ProblemAsync(HttpResponseMessage answer, int status)
    {
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = await ApiServer.JsonOf(answer);
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        return problem;
    }
}
