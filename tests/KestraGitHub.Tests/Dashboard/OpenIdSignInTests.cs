using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using KestraGitHub.Dashboard;
using KestraGitHub.StandIns.OpenId;

namespace KestraGitHub.Tests.Dashboard;

/// <summary>The door by way of an OpenID Connect provider: one that is right, and one that is wrong in each way that must be noticed.</summary>
public sealed class OpenIdSignInTests
{
    private static readonly OpenIdUser Zoe = new("17", "zoe", "zoe@example.org", "others", "platform");
    private static readonly OpenIdUser Ann = new("18", "ann", null, "team-a");
    private static readonly OpenIdUser Bob = new("19", "bob", null, "others");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Whom_the_provider_names_comes_where_he_wanted_to_with_the_rights_of_his_group(bool groupsInToken)
    {
        await using var provider = await OpenIdStandIn.StartAsync(Zoe);
        provider.GroupsInToken = groupsInToken;
        await using var host = await StartAsync(provider);
        provider.Callbacks = [new Uri(host.Address, "/sign-in/callback").ToString()];
        using var client = host.Browser();
        Assert.Contains("Sign in with The Works", await client.GetStringAsync("/sign-in"), StringComparison.Ordinal);

        Assert.Equal("/runs?state=failed", await EnterAsync(client, "/runs?state=failed"));
        var page = WebUtility.HtmlDecode(await client.GetStringAsync("/"));
        Assert.Contains("zoe · admin", page, StringComparison.Ordinal);
        Assert.Contains("Sign out", page, StringComparison.Ordinal);
        var started = await PageTests.PostAsync(client, Links.Sync(DashboardSeed.Failing), Links.StartRun(DashboardSeed.Failing), ("dryRun", "true"));
        Assert.Equal(HttpStatusCode.SeeOther, started.StatusCode);
        var row = Assert.Single((await host.Audit.QueryAsync(10, null, default)).Items);
        Assert.Equal(("zoe", "admin", "run"), (row.Actor, row.Role, row.Action));

        await PageTests.PostAsync(client, "/", Links.SignOut);
        Assert.StartsWith("/sign-in", (await client.GetAsync("/")).Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Empty(provider.Faults);
    }

    [Fact]
    public async Task A_group_sees_its_scope_and_who_is_in_none_is_told_so()
    {
        await using var provider = await OpenIdStandIn.StartAsync(Ann);
        await using var host = await StartAsync(provider);
        using var ann = host.Browser();
        await EnterAsync(ann, "/");
        Assert.DoesNotContain("nightly_push", await ann.GetStringAsync("/"), StringComparison.Ordinal);

        provider.Users = [Bob];
        using var bob = host.Browser();
        await EnterAsync(bob, "/");
        using var answer = await bob.GetAsync("/");
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        var page = await answer.Content.ReadAsStringAsync();
        Assert.Contains("Http:SignIn:Groups", page, StringComparison.Ordinal);
        Assert.Contains("Sign out", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("issuer")]
    [InlineData("audience")]
    [InlineData("expired")]
    [InlineData("nonce")]
    [InlineData("key")]
    [InlineData("unsigned")]
    [InlineData("another")]
    public async Task A_token_that_is_wrong_lets_nobody_in(string wrong)
    {
        await using var provider = await OpenIdStandIn.StartAsync(Zoe);
        (provider.SignsWithAnotherKey, provider.SignsNothing) = (wrong == "key", wrong == "unsigned");
        provider.Tamper = claims => Spoil(claims, wrong);
        await using var host = await StartAsync(provider);
        using var client = host.Browser();
        var back = await EnterAsync(client, "/runs");
        Assert.StartsWith("/sign-in?problem=Refused", back, StringComparison.Ordinal);
        var (status, page) = await ReadAsync(client, back);
        Assert.Equal(HttpStatusCode.Unauthorized, status);
        Assert.Contains("the service's log says why", page, StringComparison.Ordinal);
        Assert.StartsWith("/sign-in", (await client.GetAsync("/")).Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whom_the_provider_refuses_is_told_so_and_can_try_again()
    {
        await using var provider = await OpenIdStandIn.StartAsync(Zoe);
        provider.Denies = true;
        await using var host = await StartAsync(provider);
        using var client = host.Browser();
        var back = await EnterAsync(client, "/runs");
        Assert.Equal("/sign-in?problem=Denied&returnUrl=%2Fruns", back);
        Assert.Contains("did not let you in", (await ReadAsync(client, back)).Page, StringComparison.Ordinal);

        provider.Denies = false;
        Assert.Equal("/runs", await EnterAsync(client, "/runs"));
    }

    [Theory]
    [InlineData("/sign-in/callback")]
    [InlineData("/sign-in/callback?code=stolen&state=made-up")]
    public async Task An_answer_to_a_question_that_this_browser_did_not_ask_lets_nobody_in(string path)
    {
        await using var provider = await OpenIdStandIn.StartAsync(Zoe);
        await using var host = await StartAsync(provider);
        using var client = host.Browser();
        using var answer = await client.GetAsync(path);
        Assert.StartsWith("/sign-in?problem=", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.StartsWith("/sign-in", (await client.GetAsync("/")).Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_answer_to_another_browser_s_question_lets_nobody_in()
    {
        await using var provider = await OpenIdStandIn.StartAsync(Zoe);
        await using var host = await StartAsync(provider);
        using var attacker = host.Browser();
        using var victim = host.Browser();
        var answer = await AnswerAsync(attacker, "/");
        using var got = await victim.GetAsync(answer);
        Assert.Equal("/sign-in?problem=Stale", got.Headers.Location!.OriginalString);
        Assert.StartsWith("/sign-in", (await victim.GetAsync("/")).Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_the_provider_is_away_the_door_says_so_and_takes_tokens()
    {
        var provider = await OpenIdStandIn.StartAsync(Zoe);
        await provider.DisposeAsync();
        await using var host = await StartAsync(provider);
        using var client = host.Browser();
        var (status, page) = await ReadAsync(client, "/sign-in/openid?returnUrl=%2Fruns");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("does not answer", page, StringComparison.Ordinal);
        var entered = await PageTests.PostAsync(client, "/sign-in", "/sign-in", ("token", DashboardHost.Admin), ("returnUrl", "/runs"));
        Assert.Equal("/runs", entered.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task A_session_ends_when_the_provider_is_to_be_asked_again_however_much_it_is_used()
    {
        await using var provider = await OpenIdStandIn.StartAsync(Zoe);
        // The tokens are of today whatever the clock says.
        var clock = new ManualClock();
        clock.Advance(DateTimeOffset.UtcNow - clock.Now);
        await using var host = await StartAsync(provider, clock);
        using var client = host.Browser();
        await EnterAsync(client, "/");
        for (var hour = 0; hour < 7; hour++)
        {
            clock.Advance(TimeSpan.FromHours(1));
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/")).StatusCode);
        }

        clock.Advance(TimeSpan.FromHours(1.1));
        Assert.StartsWith("/sign-in", (await client.GetAsync("/")).Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_public_address_is_what_people_are_sent_back_to()
    {
        await using var provider = await OpenIdStandIn.StartAsync(Zoe);
        await using var host = await StartAsync(provider, null, ("Http:PublicUrl", "https://kg.example.org/base/"));
        using var client = host.Browser();
        using var sent = await client.GetAsync("/sign-in/openid");
        Assert.Contains("redirect_uri=https%3A%2F%2Fkg.example.org%2Fbase%2Fsign-in%2Fcallback&", sent.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Below_a_base_path_the_way_there_and_back_has_it_too()
    {
        await using var provider = await OpenIdStandIn.StartAsync(Zoe);
        await using var host = await StartAsync(provider, null, ("Http:PathBase", "/kg"));
        provider.Callbacks = [new Uri(host.Address, "/kg/sign-in/callback").ToString()];
        using var client = host.Browser();
        Assert.Equal("/kg/runs", await EnterAsync(client, "/runs", "/kg"));
        provider.Denies = true;
        using var other = host.Browser();
        Assert.Equal("/kg/sign-in?problem=Denied&returnUrl=%2Fruns", await EnterAsync(other, "/runs", "/kg"));
        Assert.Empty(provider.Faults);
    }

    [Fact]
    public async Task The_door_leads_to_no_other_house()
    {
        await using var provider = await OpenIdStandIn.StartAsync(Zoe);
        await using var host = await StartAsync(provider);
        using var client = host.Browser();
        Assert.Equal("/", await EnterAsync(client, "//evil.example"));
    }

    [Fact]
    public async Task Where_no_provider_is_configured_there_is_no_such_door()
    {
        await using var host = await DashboardHost.StartAsync();
        using var client = host.Browser();
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/sign-in/openid")).StatusCode);
        Assert.DoesNotContain("Sign in with", await client.GetStringAsync("/sign-in"), StringComparison.Ordinal);
    }

    private static void Spoil(JsonObject claims, string wrong)
    {
        if (wrong == "issuer") claims["iss"] = "https://login.example.org";
        if (wrong == "audience") claims["aud"] = "another-client";
        if (wrong == "expired") claims["exp"] = DateTimeOffset.UtcNow.AddHours(-1).ToUnixTimeSeconds();
        if (wrong == "nonce") claims["nonce"] = "another";
        // Userinfo then tells of somebody else than the token does.
        if (wrong == "another") claims["sub"] = "somebody-else";
    }

    private static Task<DashboardHost> StartAsync(OpenIdStandIn provider, TimeProvider? clock = null, params IEnumerable<(string, string)> more) => DashboardHost.StartAsync(
        DashboardSeed.FillAsync,
        clock,
        [
            ("Http:SignIn:OpenId:Authority", provider.Authority), ("Http:SignIn:OpenId:ClientId", OpenIdStandIn.ClientId), ("Http:SignIn:OpenId:ClientSecret", OpenIdStandIn.ClientSecret),
            ("Http:SignIn:OpenId:Label", "The Works"),
            ("Http:SignIn:Groups:0:Name", "platform"), ("Http:SignIn:Groups:0:Role", "admin"),
            ("Http:SignIn:Groups:1:Name", "team-a"), ("Http:SignIn:Groups:1:Role", "operator"), ("Http:SignIn:Groups:1:Scope", "main/company"),
            .. more,
        ]);

    /// <summary>To the provider and back.</summary>
    /// <returns>Where the service then sends the browser.</returns>
    private static async Task<string> EnterAsync(HttpClient client, string wish, string start = "")
    {
        using var back = await client.GetAsync(await AnswerAsync(client, wish, start));
        Assert.Equal(HttpStatusCode.Redirect, back.StatusCode);
        return back.Headers.Location!.OriginalString;
    }

    /// <summary>The address that the provider sends the browser back to, not yet gone to.</summary>
    private static async Task<Uri> AnswerAsync(HttpClient client, string wish, string start = "")
    {
        using var sent = await client.GetAsync(string.Create(CultureInfo.InvariantCulture, $"{start}/sign-in/openid?returnUrl={Uri.EscapeDataString(wish)}"));
        Assert.Equal(HttpStatusCode.Redirect, sent.StatusCode);
        using var answer = await client.GetAsync(sent.Headers.Location);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return answer.Headers.Location!;
    }

    private static async Task<(HttpStatusCode Status, string Page)> ReadAsync(HttpClient client, string path)
    {
        using var answer = await client.GetAsync(path);
        return (answer.StatusCode, WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync()));
    }
}
