using KestraGitHub.Webhooks;

namespace KestraGitHub.Tests.Webhooks;

public sealed class HookAddressTests
{
    [Theory]
    [InlineData("https://sync.example/webhook/github", "/webhook/github", "")]
    [InlineData("https://proxy.example/kestra-github/webhook/github/", "/webhook/github", "")]
    [InlineData("https://sync.example/webhook/main/company.team/flow/the-key", "main/company.team/flow", "the-key")]
    [InlineData("http://10.0.0.1:5080/base/webhook/main/system/flow/k%2Fey", "main/system/flow", "k%2Fey")]
    [InlineData("https://sync.example/webhook/main/system/flow/k%2Bey%252F", "main/system/flow", "k+ey%2F")]
    [InlineData("https://sync.example/api/v1/main/executions/webhook/system/flow/key?x=1", "main/system/flow", "key")]
    public void An_address_of_ours_is_known_by_its_path(string url, string shown, string key)
    {
        var address = HookAddress.Of(url)!;
        Assert.Equal((shown, key), (address.ToString(), address.Key));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("https://ci.example/github-webhook/")]
    [InlineData("https://ci.example/webhook")]
    [InlineData("https://ci.example/webhook/github/more")]
    [InlineData("https://ci.example/?to=/webhook/github")]
    [InlineData("ftp://ci.example/webhook/github")]
    [InlineData("/webhook/github")]
    public void Any_other_is_none(string? url) => Assert.Null(HookAddress.Of(url));

    [Fact]
    public void It_never_shows_its_key() => Assert.DoesNotContain("s3cr3t", HookAddress.Of("https://sync.example/webhook/main/system/flow/s3cr3t")!.ToString(), StringComparison.Ordinal);
}
