using KestraGitHub.Webhooks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace KestraGitHub.Tests.Webhooks;

public sealed class DeliveryHeadersTests
{
    [Theory]
    [InlineData("push", "push")]
    [InlineData("merge_group", "merge_group")]
    [InlineData("", null)]
    [InlineData("push, ping", null)]
    [InlineData("push\u00a0", null)]
    [InlineData("../x", null)]
    public void An_event_is_one_name(string header, string? expected) =>
        Assert.Equal(expected, DeliveryHeaders.Event(new HeaderDictionary { ["X-GitHub-Event"] = header }));

    [Theory]
    [InlineData("72d3162e-cc78-11e3-81ab-4c9367dc0958", "72d3162e-cc78-11e3-81ab-4c9367dc0958")]
    [InlineData("72D3162E-CC78-11E3-81AB-4C9367DC0958", "72d3162e-cc78-11e3-81ab-4c9367dc0958")]
    [InlineData("72d3162ecc7811e381ab4c9367dc0958", null)]
    [InlineData("{72d3162e-cc78-11e3-81ab-4c9367dc0958}", null)]
    [InlineData("72d3162e-cc78-11e3-81ab-4c9367dc0958,72d3162e-cc78-11e3-81ab-4c9367dc0958", null)]
    [InlineData("1", null)]
    [InlineData("", null)]
    public void A_delivery_is_one_guid(string header, string? expected) =>
        Assert.Equal(expected, DeliveryHeaders.DeliveryId(new HeaderDictionary { ["X-GitHub-Delivery"] = header }));

    [Fact]
    public void Missing_and_doubled_headers_are_none()
    {
        var twice = new HeaderDictionary
        {
            ["X-GitHub-Event"] = new StringValues(["push", "push"]),
            ["X-GitHub-Delivery"] = new StringValues([Some.Guid, Some.Guid]),
        };

        Assert.Null(DeliveryHeaders.Event(twice));
        Assert.Null(DeliveryHeaders.DeliveryId(twice));
        Assert.Null(DeliveryHeaders.Event(new HeaderDictionary()));
        Assert.Null(DeliveryHeaders.DeliveryId(new HeaderDictionary()));
    }

    [Fact]
    public void Only_harmless_headers_are_kept()
    {
        var kept = DeliveryHeaders.Kept(new HeaderDictionary
        {
            ["X-GitHub-Event"] = "push",
            ["X-GitHub-Hook-ID"] = "1\n2",
            ["User-Agent"] = "GitHub-Hookshot/" + new string('x', 1000),
            ["Content-Type"] = "application/json",
            ["X-Hub-Signature-256"] = "sha256=1",
            ["X-Hub-Signature"] = "sha1=1",
            ["X-GitHub-Token"] = "ghp_1",
            ["X-GitHub-Hook-Secret"] = "1",
            ["Authorization"] = "Bearer 1",
            ["Cookie"] = "a=1",
            ["X-Forwarded-For"] = "10.0.0.1",
        });

        Assert.Equal(["content-type", "user-agent", "x-github-event", "x-github-hook-id"], kept.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("1\uFFFD2", kept["x-github-hook-id"]);
        Assert.Equal(256, kept["user-agent"].Length);
    }

    [Theory]
    [InlineData("plain", 10, "plain")]
    [InlineData("cut here", 3, "cut")]
    [InlineData("a\u001b[31mb", 10, "a\uFFFD[31mb")]
    [InlineData("a\u202eb\u2028c\u200bd", 10, "a\uFFFDb\uFFFDc\uFFFDd")]
    [InlineData("ab🚀", 3, "ab")]
    [InlineData("ab🚀", 4, "ab🚀")]
    public void A_strangers_text_is_made_plain(string text, int longest, string expected) => Assert.Equal(expected, PlainText.Of(text, longest));
}
