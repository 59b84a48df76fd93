using System.Net;
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
    [InlineData("10.0.0.7", true)]
    [InlineData("::ffff:10.0.0.7", true)]
    [InlineData("10.0.0.8", false)]
    [InlineData("::1", false)]
    public void Only_who_is_named_is_trusted(string address, bool trusted) =>
        Assert.Equal(trusted, HttpOptions.Trust(new() { TrustedProxies = ["10.0.0.7"] })(IPAddress.Parse(address)));
}
