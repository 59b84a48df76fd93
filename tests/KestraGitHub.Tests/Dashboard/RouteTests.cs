using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;

namespace KestraGitHub.Tests.Dashboard;

public sealed partial class PageTests
{
    [Fact]
    public async Task Every_route_is_decided_on_and_every_form_is_checked()
    {
        using var stranger = _host.Client();
        using var viewer = await SignedInAsync(DashboardHost.Viewer);
        using var admin = await SignedInAsync();
        var open = new List<string>();
        foreach (var route in _host.Routes)
        {
            var path = RouteValue().Replace(route.RoutePattern.RawText!, "x");
            var get = route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Contains("GET");
            if (route.Metadata.GetMetadata<IAllowAnonymous>() is not null) open.Add($"{(get ? "GET" : "POST")} {route.RoutePattern.RawText}");
            else Assert.StartsWith("/sign-in", (await (get ? stranger.GetAsync(path) : stranger.PostAsync(path, Form()))).Headers.Location!.OriginalString, StringComparison.Ordinal);
            if (get) continue;
            Assert.Equal(HttpStatusCode.BadRequest, (await admin.PostAsync(path, Form())).StatusCode);
            if (!open.Contains($"POST {route.RoutePattern.RawText}")) Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync(viewer, "/", path)).StatusCode);
        }

        Assert.Equal(["GET /assets/{digest}/{name}", "GET /favicon.ico", "GET /sign-in", "GET /sign-in/openid", "POST /sign-in", "POST /sign-out"], open.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task HEAD_is_answered_as_GET_is_without_a_body()
    {
        using var admin = await SignedInAsync();
        foreach (var route in _host.Routes.Where(r => r.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Contains("GET")))
        {
            var path = RouteValue().Replace(route.RoutePattern.RawText!, "x");
            using var request = new HttpRequestMessage(HttpMethod.Head, path);
            var (got, head) = (await admin.GetAsync(path), await admin.SendAsync(request));
            Assert.True(head.StatusCode == got.StatusCode, $"{path}: GET {got.StatusCode}, HEAD {head.StatusCode}");
            Assert.Empty(await head.Content.ReadAsByteArrayAsync());
        }
    }

    [Fact]
    public async Task The_stream_of_a_run_has_a_head_that_ends_and_says_what_is_wrong_as_a_problem()
    {
        using var admin = await SignedInAsync();
        var run = (await _host.Runs.QueryAsync(new(null, null, null, null, 50, null), default)).Items.First(r => !r.Ended);
        using var request = new HttpRequestMessage(HttpMethod.Head, $"/runs/{run.Id}/stream");
        var head = await admin.SendAsync(request);
        Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (head.StatusCode, head.Content.Headers.ContentType!.MediaType));
        foreach (var (path, status, type) in new[] { ("/runs/none/stream", HttpStatusCode.NotFound, "not-found"), ($"/runs/{run.Id}/stream?after=x", HttpStatusCode.BadRequest, "bad-request") })
        {
            using var ask = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept", "text/event-stream" } } };
            var answer = await admin.SendAsync(ask);
            Assert.Equal((status, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
            Assert.Contains($"\"/problems/{type}\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [GeneratedRegex("{[^}]+}")]
    private static partial Regex RouteValue();
}
