using System.Net;
using System.Security.Claims;
using KestraGitHub.Access;
using KestraGitHub.Definitions;
using KestraGitHub.Tests.Api;
using KestraGitHub.Tests.Storage;

namespace KestraGitHub.Tests.Access;

public sealed class DoorTests
{
    [Fact]
    public async Task Without_tokens_one_is_made_in_a_private_file_and_kept()
    {
        var server = new ApiServer();
        server.Settings.Clear();
        await server.InitializeAsync();
        var file = Path.Combine(server.DataPath, "admin-token");
        var token = (await File.ReadAllTextAsync(file)).Trim();
        using var client = server.Client(token);

        Assert.True(token.Length >= 32);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, TempFolder.ModeOf(file));
        Assert.Equal(HttpStatusCode.Accepted, (await client.PostAsync("/api/v1/main/syncs/company.team/sync-flows/runs", null)).StatusCode);
        await server.DisposeAsync();
    }

    [Fact]
    public async Task After_ten_wrong_tokens_an_address_waits_even_with_the_right_one()
    {
        var server = new ApiServer();
        await server.InitializeAsync();
        using var client = server.Client(null);
        for (var i = 0; i < 10; i++) Assert.Equal("401", await Try("wrong"));
        Assert.Equal("429", await Try(ApiServer.AdminToken));
        await server.DisposeAsync();

        async Task<string> Try(string token) => await (await client.PostAsync($"/sign-in?token={token}", null)).Content.ReadAsStringAsync();
    }

    [Fact]
    public void Right_tokens_cost_nothing()
    {
        using var limiter = new SignInLimiter();
        for (var i = 0; i < 9; i++) limiter.CountWrong(IPAddress.Loopback);
        for (var i = 0; i < 20; i++) Assert.Null(limiter.Blocked(IPAddress.Loopback));
        limiter.CountWrong(IPAddress.Loopback);
        Assert.InRange(limiter.Blocked(IPAddress.Loopback)!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
        Assert.Null(limiter.Blocked(IPAddress.Parse("192.0.2.7")));
    }

    [Theory]
    [InlineData("/runs?a=b", "/runs?a=b")]
    [InlineData(null, "/")]
    [InlineData("", "/")]
    [InlineData("//evil.example", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("https://evil.example", "/")]
    [InlineData("/\t/evil.example", "/")]
    public void The_door_leads_only_into_the_house(string? wish, string leads) => Assert.Equal(leads, SignIn.LocalUrl(wish));

    [Theory]
    [InlineData("", "main", "company.team", true)]
    [InlineData("main", "main", "anything", true)]
    [InlineData("main", "other", "anything", false)]
    [InlineData("main/company", "main", "company", true)]
    [InlineData("main/company", "main", "company.team", true)]
    [InlineData("main/company", "main", "companyteam", false)]
    [InlineData("main/company", "other", "company", false)]
    public void A_scope_is_a_tenant_or_a_namespace_and_those_below(string scope, string tenant, string @namespace, bool allowed)
    {
        var user = new ClaimsPrincipal(new ClaimsIdentity([new(AccessScope.ClaimType, scope)], "test"));
        Assert.Equal(allowed, AccessScope.Of(user).Allows(new SyncKey(tenant, @namespace, "flow")));
    }

    [Fact]
    public void Nobody_sees_nothing() => Assert.False(AccessScope.Of(new ClaimsPrincipal()).Allows(new SyncKey("main", "a", "b")));
}
