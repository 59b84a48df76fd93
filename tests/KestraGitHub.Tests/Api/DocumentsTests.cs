using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using KestraGitHub.Access;
using KestraGitHub.Api;
using Microsoft.Extensions.DependencyInjection;

namespace KestraGitHub.Tests.Api;

public sealed class DocumentsTests(ApiServer server) : IClassFixture<ApiServer>
{
    [Fact]
    public async Task The_committed_document_is_what_the_service_serves()
    {
        using var client = server.Client();
        var served = JsonNode.Parse(await client.GetStringAsync("/openapi/v1.json"))!;
        var committed = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Root(), "openapi", "kestra-github.json")))!;
        foreach (var (group, name) in (IEnumerable<(string, string)>)[.. Names(served, "paths"), .. Names(served["components"]!, "schemas")])
            if (name != "/api/v1/explode")
                Assert.True(JsonNode.DeepEquals(At(served, group, name), At(committed, group, name)), $"{name} has changed. Build, and commit openapi/.");
        // Webhooks are not on this server.
        var gone = Names(committed, "paths").Except(Names(served, "paths")).Where(n => !n.Name.Contains("webhook", StringComparison.Ordinal));
        Assert.Empty(gone);
    }

    [Fact]
    public async Task Real_answers_are_as_the_document_says_null_where_it_allows_it()
    {
        using var client = server.Client();
        var run = await server.EnqueueAsync(ApiServer.Sync);
        await client.PostAsync("/api/v1/suspend", null);
        await client.PostAsync("/api/v1/resume", null);
        var document = JsonNode.Parse(await client.GetStringAsync("/openapi/v1.json"))!;
        foreach (var (path, url) in new (string, string)[]
        {
            ("/api/v1/{tenant}/syncs", "/api/v1/main/syncs"), ("/api/v1/{tenant}/syncs/{namespace}/{flow}", "/api/v1/main/syncs/company.other/sync-other"),
            ("/api/v1/{tenant}/syncs/{namespace}/{flow}", "/api/v1/main/syncs/company.team/broken"), ("/api/v1/runs", "/api/v1/runs"),
            ("/api/v1/runs/{id}", $"/api/v1/runs/{run.Id}"), ("/api/v1/runs/{id}/events", $"/api/v1/runs/{run.Id}/events"),
            ("/api/v1/audit", "/api/v1/audit"), ("/api/v1/definitions", "/api/v1/definitions"), ("/health/ready", "/health/ready"),
        })
        {
            var schema = document["paths"]![path]!["get"]!["responses"]!["200"]!["content"]!["application/json"]!["schema"]!;
            Assert.Empty(SchemaCheck.Faults(document, schema, JsonNode.Parse(await client.GetStringAsync(url))));
        }

        foreach (var (name, schema) in document["components"]!["schemas"]!.AsObject())
            foreach (var example in schema!["examples"] as JsonArray ?? []) Assert.Empty(SchemaCheck.Faults(document, schema, example, name));
        foreach (var (schema, member) in new[] { ("Journal", "before"), ("RunWish", "onConflict"), ("Definitions", "held"), ("Audit", "sync"), ("Sync", "note") })
            Assert.Contains(document["components"]!["schemas"]![schema]!["properties"]![member]!["oneOf"]!.AsArray(), w => w!["type"]?.GetValue<string>() == "null");
    }

    [Fact]
    public async Task Every_refusal_that_an_operation_names_has_a_page_and_a_body()
    {
        using var client = server.Client();
        var document = JsonNode.Parse(await client.GetStringAsync("/openapi/v1.json"))!;
        foreach (var (path, methods) in document["paths"]!.AsObject())
            foreach (var (method, operation) in methods!.AsObject())
            {
                var answers = operation!["responses"]!.AsObject();
                foreach (var (status, answer) in answers.Where(a => a.Key[0] is '4' or '5' && (path, a.Key) != ("/health/ready", "503")))
                {
                    Assert.NotNull(ProblemKinds.Of(int.Parse(status, CultureInfo.InvariantCulture)));
                    Assert.True(answer!["content"]?["application/problem+json"] is not null, $"{method} {path} {status} has no body");
                }

                string[] named = [.. operation["security"] is null ? [] : (string[])["401", "403"], .. method == "post" ? (string[])["400", "422"] : [],
                    .. operation["requestBody"] is null ? [] : (string[])["413", "415"], .. path.Contains("/clones/", StringComparison.Ordinal) ? (string[])["412", "416", "504"] : []];
                Assert.True(named.All(answers.ContainsKey), $"{method} {path} does not name all of {string.Join(", ", named)}");
            }
    }

    [Fact]
    public async Task The_page_of_the_document_works_under_its_own_policy()
    {
        using var client = server.Client();
        var page = await client.GetAsync("/swagger/index.html");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Contains("unsafe-inline", page.Headers.GetValues("Content-Security-Policy").Single());
        Assert.DoesNotContain("script-src", page.Headers.GetValues("Content-Security-Policy").Single());
        var html = await page.Content.ReadAsStringAsync();
        Assert.DoesNotMatch("<script(?![^>]*src=)", html);
    }

    [Fact]
    public async Task Health_is_open_and_names_nothing()
    {
        using var client = server.Client(null);
        Assert.Equal("""{"status":"ok"}""", await client.GetStringAsync("/health/live"));
        var ready = await client.GetStringAsync("/health/ready");
        Assert.StartsWith("""{"status":"ready","definitions":{"loaded":2,"broken":1},"kestra":{"targets":0,"unreachable":0},"queue":{"syncs":""", ready);
    }

    [Fact]
    public async Task Ready_says_so_when_the_database_does_not_answer()
    {
        var own = new ApiServer();
        await own.InitializeAsync();
        using var client = own.Client(null);
        await own.App.Services.GetRequiredService<KestraGitHub.Storage.Database>().DisposeAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.GetAsync("/health/ready")).StatusCode);
        using var admin = own.Client();
        var refused = await admin.GetAsync("/api/v1/runs");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        await own.DisposeAsync();
    }

    [Fact]
    public async Task Metrics_are_Prometheus_text()
    {
        using var client = server.Client();
        await server.EnqueueAsync(ApiServer.Sync);
        await client.GetAsync("/api/v1/runs");
        var answer = await client.GetAsync("/metrics");
        var text = await answer.Content.ReadAsStringAsync();
        Assert.Equal("text/plain", answer.Content.Headers.ContentType!.MediaType);
        Assert.Contains("# TYPE kestra_github_commit_duration_seconds histogram\n", text);
        Assert.Contains("kestra_github_commit_duration_seconds_bucket{le=\"+Inf\"} ", text);
        Assert.Matches("kestra_github_write_queue_depth \\d", text);
        Assert.Contains("http_server_request_duration_seconds_count{", text);
        Assert.All(text.Split('\n').Where(l => l.Length > 0 && l[0] != '#'), l => Assert.Matches("^[a-zA-Z_:][a-zA-Z0-9_:]*(\\{.*\\})? [^ ]+$", l));
    }

    [Fact]
    public async Task Metrics_are_not_for_a_token_with_a_scope()
    {
        using var client = server.Client(ApiServer.ScopedToken);
        var answer = await client.GetAsync("/metrics");
        var problem = await ApiServer.JsonOf(answer);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal("Metrics are of the whole service; this token is limited to main/company.team.", problem.GetProperty("detail").GetString());
        Assert.Equal("/problems/forbidden", problem.GetProperty("type").GetString());
    }

    [Fact]
    public void Names_and_labels_are_made_safe()
    {
        Assert.Equal("kestra_github_runs_total", PrometheusText.Name("kestra_github.runs", "{run}", MetricKind.Counter));
        Assert.Equal("a_b_seconds_total", PrometheusText.Name("a.b", "s", MetricKind.Counter));
        Assert.Equal("a_seconds", PrometheusText.Name("a_seconds", "s", MetricKind.Histogram));
        Assert.Equal("a_b=\"\\\"x\\\\\\n\"", PrometheusText.Labels([new("a.b", "\"x\\\n")]));
    }

    private static IEnumerable<(string Group, string Name)> Names(JsonNode document, string group) =>
        document[group]!.AsObject().Select(member => (group, member.Key));

    private static JsonNode? At(JsonNode document, string group, string name) =>
        group == "paths" ? document[group]![name] : document["components"]![group]![name];

    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));
}
