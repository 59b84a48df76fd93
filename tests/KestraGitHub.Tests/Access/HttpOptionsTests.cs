using System.Net;
using System.Xml;
using KestraGitHub.Access;

namespace KestraGitHub.Tests.Access;

public sealed class HttpOptionsTests
{
    [Theory]
    [InlineData("", null)]
    [InlineData("/kestra-github", null)]
    [InlineData("/tools/sync", null)]
    [InlineData("/", "begin with a slash and end without one")]
    [InlineData("sync", "begin with a slash and end without one")]
    [InlineData("/sync/", "begin with a slash and end without one")]
    [InlineData("//evil.example", "begin with a slash and end without one")]
    [InlineData("/a?b", "begin with a slash and end without one")]
    [InlineData("/runs", "choose another name")]
    [InlineData("/API/x", "choose another name")]
    public void A_base_that_cannot_be_is_refused(string path, string? fault)
    {
        var faults = HttpOptions.Validate(new() { PathBase = path }).ToList();
        if (fault is null) Assert.Empty(faults);
        else Assert.Contains(fault, Assert.Single(faults), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.0.0.7", "10.0.0.7/32")]
    [InlineData("10.1.2.3/8", "10.0.0.0/8")]
    [InlineData("0.0.0.0/0", "0.0.0.0/0")]
    [InlineData("fd00::1/8", "fd00::/8")]
    [InlineData("::1", "::1/128")]
    [InlineData("10.0.0.0/33", null)]
    [InlineData("10.0.0.0/8/8", null)]
    [InlineData("proxy.example.com", null)]
    public void Proxies_are_addresses_and_networks(string text, string? network)
    {
        Assert.Equal(network is null ? null : IPNetwork.Parse(network), HttpOptions.Network(text));
        Assert.Equal(network is null ? 1 : 0, HttpOptions.Validate(new() { TrustedProxies = [text] }).Count());
    }

    [Theory]
    [InlineData("X-Forwarded-User", "X-Forwarded-Groups", "platform", null, true, null)]
    [InlineData("X-Forwarded-User", "", "*", "main/company", true, null)]
    [InlineData("", "", null, null, false, null)]
    [InlineData("X-Forwarded-User", "", "*", null, false, "needs Http:TrustedProxies")]
    [InlineData("X-Forwarded-User", "", "platform", null, true, "Http:SignIn:Groups:0:Name names a group")]
    [InlineData("X-Forwarded-User", "X-Forwarded-Groups", null, null, true, "Http:SignIn:Groups is empty")]
    [InlineData("X-Forwarded-User", "X-Forwarded-Groups", "", null, true, "Http:SignIn:Groups:0:Name is missing")]
    [InlineData("X-Forwarded-User", "", "*", "a/b/c", true, "Http:SignIn:Groups:0:Scope")]
    [InlineData("X Forwarded User", "", "*", null, true, "Http:SignIn:UserHeader must be the name of a header")]
    [InlineData("Authorization", "", "*", null, true, "cannot be Authorization")]
    [InlineData("", "X-Forwarded-Groups", null, null, true, "Http:SignIn:UserHeader is missing")]
    public void A_proxy_that_signs_people_in_is_trusted_and_says_what_they_may(string user, string groups, string? name, string? scope, bool trusted, string? fault)
    {
        var options = new HttpOptions
        {
            TrustedProxies = trusted ? ["10.0.0.7"] : [],
            SignIn = new() { UserHeader = user, GroupsHeader = groups, Groups = name is null ? [] : [new() { Name = name, Scope = scope }] },
        };
        var faults = HttpOptions.Validate(options).ToList();
        if (fault is null) Assert.Empty(faults);
        else Assert.Contains(fault, Assert.Single(faults), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://login.example.org/realms/work", "kg", "s", "PT8H", null)]
    [InlineData("http://127.0.0.1:8080", "kg", null, "PT8H", null)]
    [InlineData("http://login.example.org", "kg", "s", "PT8H", "Http:SignIn:OpenId:Authority must begin with https://")]
    [InlineData("https://a:b@login.example.org", "kg", "s", "PT8H", "Http:SignIn:OpenId:Authority must begin with https://")]
    [InlineData("login.example.org", "kg", "s", "PT8H", "Http:SignIn:OpenId:Authority must begin with https://")]
    [InlineData("https://login.example.org", "", "s", "PT8H", "Http:SignIn:OpenId:ClientId is missing")]
    [InlineData("https://login.example.org", "kg", " ", "PT8H", "Http:SignIn:OpenId:ClientSecret is empty")]
    [InlineData("https://login.example.org", "kg", "s", "PT1S", "Http:SignIn:OpenId:Session must lie between")]
    [InlineData("", "kg", null, "PT8H", "Http:SignIn:OpenId:Authority is missing")]
    public void A_provider_has_an_address_and_knows_the_service(string authority, string client, string? secret, string session, string? fault)
    {
        var provider = new OpenIdOptions { Authority = authority, ClientId = client, ClientSecret = secret is null ? null : new(secret), Session = XmlConvert.ToTimeSpan(session) };
        var options = new HttpOptions { SignIn = new() { OpenId = provider, Groups = authority.Length == 0 ? [] : [new() { Name = "platform" }] } };
        var faults = HttpOptions.Validate(options).ToList();
        if (fault is null) Assert.Empty(faults);
        else Assert.StartsWith(fault, Assert.Single(faults), StringComparison.Ordinal);
    }

    [Fact]
    public void Groups_are_of_somebody_who_signs_people_in()
    {
        Assert.Contains("Http:SignIn:Groups is for whom", Assert.Single(HttpOptions.Validate(new() { SignIn = new() { Groups = [new() { Name = "*" }] } })), StringComparison.Ordinal);
        var provider = new OpenIdOptions { Authority = "https://login.example.org", ClientId = "kg" };
        Assert.Contains("Http:SignIn:Groups is empty", Assert.Single(HttpOptions.Validate(new() { SignIn = new() { OpenId = provider } })), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.0.0.7", true)]
    [InlineData("::ffff:10.0.0.7", true)]
    [InlineData("10.0.0.8", false)]
    [InlineData("::1", false)]
    public void Only_who_is_named_is_trusted(string address, bool trusted) =>
        Assert.Equal(trusted, HttpOptions.Trust(new() { TrustedProxies = ["10.0.0.7"] })(IPAddress.Parse(address)));
}
