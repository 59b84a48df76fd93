using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace KestraGitHub.Tests.Api;

public sealed partial class HeadTests(ApiServer server) : IClassFixture<ApiServer>
{
    [Fact]
    public async Task HEAD_is_answered_as_GET_is_without_a_body_and_leaves_no_row_in_the_audit()
    {
        using var client = server.Client();
        var run = await server.EnqueueAsync(ApiServer.Sync);
        var routes = server.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains("GET") == true && e.RoutePattern.RawText is not ("/forgotten" or "/api/v1/explode"));
        List<string> paths = ["/openapi/v1.json", $"/api/v1/runs/{run.Id}", "/api/v1/main/syncs/company.team/sync-flows", .. routes.Select(r => Place().Replace(r.RoutePattern.RawText!, "x"))];
        Assert.Superset(new HashSet<string> { "/health/live", "/health/ready", "/metrics", "/problems/", "/api/v1/runs/", "/api/v1/x/clones/x/x/x.zip" }, paths.ToHashSet());
        foreach (var path in paths)
        {
            var got = await client.GetAsync(path);
            using var request = new HttpRequestMessage(HttpMethod.Head, path);
            var head = await client.SendAsync(request);
            Assert.True(head.StatusCode == got.StatusCode, $"{path}: GET {got.StatusCode}, HEAD {head.StatusCode}");
            Assert.Equal(got.Content.Headers.ContentType, head.Content.Headers.ContentType);
            Assert.Empty(await head.Content.ReadAsByteArrayAsync());
        }

        var audit = await ApiServer.JsonOf(await client.GetAsync("/api/v1/audit"));
        Assert.Empty(audit.GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task The_document_does_not_list_it()
    {
        using var client = server.Client();
        var paths = (await ApiServer.JsonOf(await client.GetAsync("/openapi/v1.json"))).GetProperty("paths");
        Assert.All(paths.EnumerateObject(), p => Assert.False(p.Value.TryGetProperty("head", out _)));
    }

    [GeneratedRegex("{[^}]+}")]
    private static partial Regex Place();
}
