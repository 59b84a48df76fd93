using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using KestraGitHub.Access;

namespace KestraGitHub.Tests.Api;

public sealed class IdempotencyTests(ApiServer server) : IClassFixture<ApiServer>
{
    private const string Start = "/api/v1/main/syncs/company.team/sync-flows/runs";

    [Fact]
    public async Task The_same_request_again_gets_the_first_answer_and_is_not_done_twice()
    {
        var key = Guid.NewGuid().ToString();
        var first = await PostAsync(Start, key, """{"dryRun": true}""");
        var again = await PostAsync(Start, key, """{"dryRun": true}""");
        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.Accepted), (first.StatusCode, again.StatusCode));
        Assert.Equal(await first.Content.ReadAsStringAsync(), await again.Content.ReadAsStringAsync());
        Assert.Equal((first.Headers.Location, "true"), (again.Headers.Location, again.Headers.GetValues("Idempotency-Replayed").Single()));
        Assert.Equal(first.Content.Headers.ContentType, again.Content.Headers.ContentType);
        Assert.NotEqual(await IdOf(first), await IdOf(await PostAsync(Start, Guid.NewGuid().ToString(), """{"dryRun": true}""")));
        // Somebody else's key of the same name is another one.
        Assert.NotEqual(await IdOf(first), await IdOf(await PostAsync(Start, key, """{"dryRun": true}""", ApiServer.ScopedToken)));
        Assert.NotEqual(await IdOf(first), await IdOf(await PostAsync(Start, key, """{"dryRun": true}""", ApiServer.NamesakeToken)));
    }

    [Fact]
    public async Task An_answer_that_is_told_again_is_no_new_change_in_the_audit()
    {
        var key = Guid.NewGuid().ToString();
        var before = await AuditedAsync();
        for (var i = 0; i < 3; i++) await PostAsync(Start, key, """{"dryRun": true}""");
        Assert.Equal(before + 1, await AuditedAsync());
    }

    [Theory]
    [InlineData("text/html")]
    [InlineData("text/plain")]
    [InlineData("text/event-stream")]
    [InlineData("application/gzip")]
    [InlineData("application/openmetrics-text;version=1.0.0,text/plain;q=0.5")]
    public async Task A_problem_has_its_type_whatever_the_caller_says_it_accepts(string accept)
    {
        using var client = server.Client();
        client.DefaultRequestHeaders.TryAddWithoutValidation("Accept", accept);
        var answer = await client.GetAsync("/api/v1/runs/none");
        Assert.Equal(("application/problem+json", "/problems/not-found"), (answer.Content.Headers.ContentType!.MediaType, await TypeOf(answer)));
    }

    [Theory]
    [InlineData(Start, """{"dryRun": false}""")]
    [InlineData(Start + "?x=1", """{"dryRun": true}""")]
    [InlineData("/api/v1/main/syncs/company.team/sync-flows/suspend", """{"dryRun": true}""")]
    public async Task A_key_of_another_request_is_refused(string path, string body)
    {
        var key = Guid.NewGuid().ToString();
        await PostAsync(Start, key, """{"dryRun": true}""");
        var other = await PostAsync(path, key, body);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
        Assert.Equal("/problems/key-reused", (await ApiServer.JsonOf(other)).GetProperty("type").GetString());
    }

    [Fact]
    public async Task A_refusal_is_an_answer_too_and_a_wrong_key_a_bad_request()
    {
        var key = Guid.NewGuid().ToString();
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync("/api/v1/main/syncs/no/such/runs", key, "")).StatusCode);
        Assert.True((await PostAsync("/api/v1/main/syncs/no/such/runs", key, "")).Headers.Contains("Idempotency-Replayed"));
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(Start, "two words", "")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(Start, new string('x', 256), "")).StatusCode);
        // What is wrong with a request is no answer to it: mended, it may keep its key.
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(Start, key + "2", "{")).StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(Start, key + "2", """{"dryRun": true}""")).StatusCode);
    }

    [Fact]
    public async Task Ten_at_once_make_one_run()
    {
        var key = Guid.NewGuid().ToString();
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => PostAsync(Start, key, """{"dryRun": true}""")));
        var done = answers.Where(a => a.StatusCode == HttpStatusCode.Accepted).ToList();
        Assert.NotEmpty(done);
        Assert.All(answers.Except(done), a => Assert.Equal(HttpStatusCode.Conflict, a.StatusCode));
        Assert.Single((await Task.WhenAll(done.Select(IdOf))).Distinct());
    }

    [Fact]
    public async Task An_answer_that_did_not_change_is_spared()
    {
        using var client = server.Client();
        var run = await server.EnqueueAsync(ApiServer.Other, dryRun: true);
        var path = $"/api/v1/runs/{run.Id}";
        var first = await client.GetAsync(path);
        var tag = first.Headers.ETag!;
        Assert.Equal("private, no-cache", string.Join(", ", first.Headers.GetValues("Cache-Control").SelectMany(v => v.Split(", ")).Order().Reverse()));
        Assert.Equal(HttpStatusCode.NotModified, (await GetAsync(path, tag.ToString())).StatusCode);
        Assert.Empty(await (await GetAsync(path, $"\"other\", W/{tag}")).Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(path, "\"other\"")).StatusCode);
        await client.PostAsync($"{path}/cancel", null);
        var changed = await GetAsync(path, tag.ToString());
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        Assert.Equal("cancelled", (await ApiServer.JsonOf(changed)).GetProperty("state").GetString());
        Assert.NotNull((await client.GetAsync("/api/v1/main/syncs")).Headers.ETag);
    }

    [Fact]
    public async Task Syncs_come_in_pages_where_that_is_asked_for()
    {
        using var client = server.Client();
        var all = (await client.GetFromJsonAsync<JsonElement>("/api/v1/main/syncs")).GetProperty("items").EnumerateArray().Select(NameOf).ToList();
        Assert.Equal(3, all.Count);
        var seen = new List<string>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await client.GetFromJsonAsync<JsonElement>($"/api/v1/main/syncs?limit=2&cursor={Uri.EscapeDataString(cursor)}");
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(NameOf));
            cursor = page.GetProperty("next").GetString();
        }

        Assert.Equal(all.Order(StringComparer.Ordinal), seen);

        static string NameOf(JsonElement sync) => $"{sync.GetProperty("namespace").GetString()}/{sync.GetProperty("flow").GetString()}";
    }

    [Fact]
    public async Task The_type_of_every_problem_has_a_page_that_is_open()
    {
        using var stranger = server.Client(null);
        foreach (var kind in ProblemKinds.All)
        {
            var page = await stranger.GetAsync(kind.Address);
            Assert.Equal(HttpStatusCode.OK, page.StatusCode);
            Assert.Contains(kind.Name, await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        foreach (var index in (string[])["/problems", "/problems/"]) Assert.Contains("href=\"/problems/sign-in\"", await stranger.GetStringAsync(index), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.GetAsync("/problems/none")).StatusCode);
        using var client = server.Client();
        Assert.Equal("/problems/sign-in", await TypeOf(await stranger.GetAsync("/api/v1/runs")));
        Assert.Equal("/problems/not-found", await TypeOf(await client.GetAsync("/api/v1/runs/none")));
        Assert.Equal("/problems/not-found", await TypeOf(await client.GetAsync("/api/v1/nothing")));
        Assert.Equal("/problems/bad-request", await TypeOf(await client.GetAsync("/api/v1/runs?limit=x")));
        Assert.Equal("/problems/method-not-allowed", await TypeOf(await client.DeleteAsync("/api/v1/runs")));
        Assert.Equal("/problems/definition-broken", await TypeOf(await client.PostAsync("/api/v1/main/syncs/company.team/broken/runs", null)));
        Assert.Equal("/problems/fault", await TypeOf(await client.GetAsync("/api/v1/explode")));
        using var viewer = server.Client(ApiServer.ViewerToken);
        Assert.Equal("/problems/forbidden", await TypeOf(await viewer.PostAsync(Start, null)));
    }

    private async Task<int> AuditedAsync()
    {
        using var client = server.Client();
        return (await client.GetFromJsonAsync<JsonElement>("/api/v1/audit?limit=500")).GetProperty("items").GetArrayLength();
    }

    private async Task<HttpResponseMessage> PostAsync(string path, string key, string body, string token = ApiServer.AdminToken)
    {
        using var client = server.Client(token);
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = body.Length == 0 ? null : ApiServer.Json(body) };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return await client.SendAsync(request);
    }

    private async Task<HttpResponseMessage> GetAsync(string path, string tag)
    {
        using var client = server.Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("If-None-Match", tag);
        return await client.SendAsync(request);
    }

    private static async Task<string> IdOf(HttpResponseMessage answer) => (await ApiServer.JsonOf(answer)).GetProperty("id").GetString()!;

    private static async Task<string?> TypeOf(HttpResponseMessage answer) => (await ApiServer.JsonOf(answer)).GetProperty("type").GetString();
}
