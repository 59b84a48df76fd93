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
}
