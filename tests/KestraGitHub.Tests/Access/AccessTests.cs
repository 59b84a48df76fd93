using System.Net;
using System.Text.RegularExpressions;
using KestraGitHub.Tests.Api;
using KestraGitHub.Tests.Storage;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace KestraGitHub.Tests.Access;

public sealed partial class AccessTests(ApiServer server) : IClassFixture<ApiServer>
{
    [Fact]
    public async Task Every_route_is_shut_but_those_that_are_open_by_name()
    {
        using var client = server.Client(null);
        var open = new List<string>();
        foreach (var endpoint in server.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
        {
            var method = endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods[0] ?? "GET";
            if (endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
            {
                open.Add(endpoint.RoutePattern.RawText!);
                continue;
            }
            using var request = new HttpRequestMessage(new(method), Place().Replace(endpoint.RoutePattern.RawText!, "x"));
            var answer = await client.SendAsync(request);
            Assert.True(answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Redirect, $"{request.RequestUri} answers {answer.StatusCode}");
        }
        Assert.Equal(["/health/live", "/health/ready", "/problems/", "/problems/{name}", "/sign-in"], open.Order());
    }

    [Theory]
    [InlineData("/api/v1/runs")]
    [InlineData("/api/nothing")]
    [InlineData("/metrics")]
    [InlineData("/openapi/v1.json")]
    public async Task A_machine_without_a_token_is_told_what_to_send(string path)
    {
        using var client = server.Client(null);
        var answer = await client.GetAsync(path);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.ToString());
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
    }

    [Theory]
    [InlineData("/forgotten?a=b", "/sign-in?returnUrl=%2Fforgotten%3Fa%3Db")]
    [InlineData("/swagger/index.html", "/sign-in?returnUrl=%2Fswagger%2Findex.html")]
    [InlineData("/nothing", "/sign-in?returnUrl=%2Fnothing")]
    [InlineData("/", "/sign-in")]
    public async Task A_person_is_led_to_the_door(string path, string to)
    {
        using var client = server.Client(null);
        var answer = await client.GetAsync(path);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal(to, answer.Headers.Location!.OriginalString);
        Assert.Contains("frame-ancestors 'none'", answer.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
    }

    [Theory]
    [InlineData("wrong")]
    [InlineData("")]
    [InlineData(ApiServer.AdminToken + "x")]
    [InlineData("an-admin")]
    public async Task A_wrong_token_opens_nothing(string token)
    {
        using var client = server.Client(null);
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", "Bearer " + token);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/api/v1/runs")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/forgotten")).StatusCode);
    }

    [Fact]
    public async Task A_viewer_starts_nothing()
    {
        using var client = server.Client(ApiServer.ViewerToken);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/v1/runs")).StatusCode);
        var answer = await client.PostAsync("/api/v1/main/syncs/company.team/sync-flows/runs", null);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task A_scope_hides_what_lies_outside_it()
    {
        var inside = await server.EnqueueAsync(ApiServer.Sync);
        var outside = await server.EnqueueAsync(ApiServer.Other);
        using var client = server.Client(ApiServer.ScopedToken);

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync($"/api/v1/runs/{inside.Id}")).StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, (await client.PostAsync("/api/v1/main/syncs/company.team/sync-flows/runs", null)).StatusCode);
        foreach (var hidden in (string[])[$"runs/{outside.Id}", $"runs/{outside.Id}/events", "main/syncs/company.other/sync-other"])
            Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/api/v1/" + hidden)).StatusCode);
        foreach (var hidden in (string[])[$"runs/{outside.Id}/cancel", "main/syncs/company.other/sync-other/runs"])
            Assert.Equal(HttpStatusCode.NotFound, (await client.PostAsync("/api/v1/" + hidden, null)).StatusCode);
        Assert.DoesNotContain("sync-other", await client.GetStringAsync("/api/v1/main/syncs"));
        Assert.DoesNotContain("sync-other", await client.GetStringAsync("/api/v1/runs"));
        Assert.DoesNotContain("sync-other", await client.GetStringAsync("/api/v1/runs?namespace=company.other"));
    }

    [Fact]
    public async Task A_cookie_reads_but_never_writes_through_the_api()
    {
        using var client = server.Client(null);
        var door = await client.PostAsync($"/sign-in?token={ApiServer.AdminToken}", null);
        var cookie = door.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("kestra-github=", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie);
        Assert.Contains("samesite=lax", cookie);
        client.DefaultRequestHeaders.Add("Cookie", cookie.Split(';')[0]);

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/forgotten")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/v1/runs")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.PostAsync("/api/v1/main/syncs/company.team/sync-flows/runs", null)).StatusCode);
    }

    [Fact]
    public async Task A_wrong_method_is_told_before_a_token_is_asked_for()
    {
        using var client = server.Client(null);
        var answer = await client.PostAsync("/health/live", null);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        Assert.Equal(["GET", "HEAD"], answer.Content.Headers.Allow);
    }

    [Fact]
    public async Task Keys_lie_in_a_folder_of_their_owner()
    {
        using var client = server.Client(null);
        await client.PostAsync($"/sign-in?token={ApiServer.AdminToken}", null);
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(server.DataPath, "keys")));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, TempFolder.ModeOf(Path.Combine(server.DataPath, "keys")));
    }

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Place();
}
