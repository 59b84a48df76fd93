using KestraGitHub.Configuration;

namespace KestraGitHub.Tests.Configuration;

public sealed class OutboundTests
{
    [Theory]
    [InlineData(null, true)]
    [InlineData(" ", true)]
    [InlineData("none", true)]
    [InlineData("http://proxy.example:3128", true)]
    [InlineData("http://robot:p%40ss@proxy.example:3128/", true)]
    [InlineData("proxy.example:3128", false)]
    [InlineData("socks5://proxy.example:1080", false)]
    [InlineData("http://proxy.example:3128/path", false)]
    public void A_proxy_is_an_address_or_none(string? proxy, bool taken)
    {
        var faults = Outbound.Of(null, proxy).Faults("Git").ToList();
        if (taken) Assert.Empty(faults);
        else Assert.StartsWith("Git:Proxy must be", Assert.Single(faults), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_without_certificates_is_refused_and_a_password_is_not_printed()
    {
        Assert.StartsWith(
            "Kestra:CertificateAuthorityFile must name", Assert.Single(Outbound.Of("/nowhere/ca.pem", null).Faults("Kestra")), StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", $"{Outbound.Of(null, "http://u:hidden@x:1")}", StringComparison.Ordinal);
    }
}
