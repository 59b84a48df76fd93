using System.Net;
using KestraGitHub.Access;
using KestraGitHub.Dashboard;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace KestraGitHub.Tests.Dashboard;

/// <summary>A proxy that signs people in, and everybody else who says the same.</summary>
public sealed class ProxySignInTests
{
    private static readonly (string, string)[] Proxy =
    [
        ("Http:TrustedProxies:0", "127.0.0.1"), ("Http:SignIn:UserHeader", "X-Forwarded-User"), ("Http:SignIn:GroupsHeader", "X-Forwarded-Groups"),
        ("Http:SignIn:Groups:0:Name", "platform"), ("Http:SignIn:Groups:0:Role", "admin"),
        ("Http:SignIn:Groups:1:Name", "team-a"), ("Http:SignIn:Groups:1:Role", "operator"), ("Http:SignIn:Groups:1:Scope", "main/company"),
    ];

    [Fact]
    public async Task Whom_the_proxy_names_is_in_with_the_rights_of_his_group_and_no_token()
    {
        await using var host = await DashboardHost.StartAsync(DashboardSeed.FillAsync, null, Proxy);
        using var client = Client(host, "zoe@example.org", "others, platform");
        var page = WebUtility.HtmlDecode(await client.GetStringAsync("/"));
        Assert.Contains("zoe@example.org · admin", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Sign out", page, StringComparison.Ordinal);

        var started = await PageTests.PostAsync(client, Links.Sync(DashboardSeed.Failing), Links.StartRun(DashboardSeed.Failing), ("dryRun", "true"));
        Assert.Equal(HttpStatusCode.SeeOther, started.StatusCode);
        var row = Assert.Single((await host.Audit.QueryAsync(10, null, default)).Items);
        Assert.Equal(("zoe@example.org", "admin", "run"), (row.Actor, row.Role, row.Action));
    }

    [Fact]
    public async Task A_group_sees_its_scope_and_its_role_only()
    {
        await using var host = await DashboardHost.StartAsync(DashboardSeed.FillAsync, null, Proxy);
        using var client = Client(host, "ann", "team-a");
        Assert.DoesNotContain("nightly_push", await client.GetStringAsync("/"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(Links.Sync(DashboardSeed.Failing))).StatusCode);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("others")]
    [InlineData("Platform")]
    [InlineData("platform2,plat form")]
    public async Task Who_is_in_none_of_the_groups_is_told_so_and_sees_nothing(string? groups)
    {
        await using var host = await DashboardHost.StartAsync(DashboardSeed.FillAsync, null, Proxy);
        using var client = Client(host, "ann", groups);
        using var answer = await client.GetAsync("/");
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        var page = await answer.Content.ReadAsStringAsync();
        Assert.Contains("Http:SignIn:Groups", page, StringComparison.Ordinal);
        Assert.DoesNotContain("nightly_push", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Anybody_else_who_says_who_he_is_stands_at_the_door()
    {
        await using var host = await DashboardHost.StartAsync(DashboardSeed.FillAsync, null, [("Http:TrustedProxies:0", "10.0.0.0/8"), .. Proxy.Skip(1)]);
        using var client = Client(host, "ann", "platform");
        client.DefaultRequestHeaders.TryAddWithoutValidation("X-Forwarded-For", "10.0.0.7");
        Assert.StartsWith("/sign-in", (await client.GetAsync("/")).Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_no_header_is_configured_none_is_believed()
    {
        await using var host = await DashboardHost.StartAsync(DashboardSeed.FillAsync, null, [("Http:TrustedProxies:0", "127.0.0.1")]);
        using var client = Client(host, "ann", "platform");
        Assert.StartsWith("/sign-in", (await client.GetAsync("/")).Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_names_are_none_and_past_the_proxy_a_token_still_counts()
    {
        await using var host = await DashboardHost.StartAsync(DashboardSeed.FillAsync, null, Proxy);
        using var client = Client(host, "ann", "platform");
        client.DefaultRequestHeaders.TryAddWithoutValidation("X-Forwarded-User", "bob");
        Assert.StartsWith("/sign-in", (await client.GetAsync("/")).Headers.Location!.OriginalString, StringComparison.Ordinal);

        using var past = host.Client();
        past.DefaultRequestHeaders.Authorization = new("Bearer", DashboardHost.Admin);
        Assert.Contains("ann · admin", WebUtility.HtmlDecode(await past.GetStringAsync("/")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/runs", false, ProxyHandler.Name)]
    [InlineData("GET", "/api/v1/runs", false, ProxyHandler.Name)]
    [InlineData("POST", "/api/v1/main/syncs/a/b/runs", false, BearerHandler.Name)]
    [InlineData("GET", "/runs", true, BearerHandler.Name)]
    internal void A_browser_that_the_proxy_speaks_for_never_writes_through_the_API(string method, string path, bool token, string scheme)
    {
        var options = new HttpOptions { SignIn = new() { UserHeader = "X-Forwarded-User" } };
        var context = new DefaultHttpContext { RequestServices = new ServiceCollection().AddSingleton(options).BuildServiceProvider() };
        (context.Request.Method, context.Request.Path) = (method, path);
        context.Request.Headers["X-Forwarded-User"] = "ann";
        if (token) context.Request.Headers.Authorization = "Bearer x";
        Assert.Equal(scheme, AccessRules.SchemeFor(context));
    }

    private static HttpClient Client(DashboardHost host, string user, string? groups)
    {
        var client = host.Browser();
        client.DefaultRequestHeaders.TryAddWithoutValidation("X-Forwarded-User", user);
        if (groups is not null) client.DefaultRequestHeaders.TryAddWithoutValidation("X-Forwarded-Groups", groups);
        return client;
    }
}
