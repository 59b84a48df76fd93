using System.Text;
using KestraGitHub.Webhooks;

namespace KestraGitHub.Tests.Webhooks;

public sealed class FormPayloadTests
{
    [Theory]
    [InlineData("payload=%7B%22zen%22%3A%22Keep+it+logically+awesome.%22%7D", """{"zen":"Keep it logically awesome."}""")]
    [InlineData("a=b&payload={}&c", "{}")]
    [InlineData("payload=%7b%7D", "{}")]
    [InlineData("payload=%F0%9F%9A%80", "🚀")]
    [InlineData("payload=", "")]
    [InlineData("payload=a=b", "a=b")]
    public void The_field_is_decoded(string form, string expected)
    {
        Assert.True(FormPayload.TryDecode(Encoding.UTF8.GetBytes(form), out var payload));
        Assert.Equal(expected, Encoding.UTF8.GetString(payload.Span));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("payload")]
    [InlineData("Payload={}")]
    [InlineData("xpayload={}")]
    [InlineData("payload={}&payload={}")]
    [InlineData("payload=%")]
    [InlineData("payload=%7")]
    [InlineData("payload=%%%")]
    [InlineData("payload=a%")]
    [InlineData("payload=%%41")]
    [InlineData("payload=%zz")]
    [InlineData("payload=%+1")]
    [InlineData("payload=%u0041")]
    public void Anything_else_is_refused(string form) => Assert.False(FormPayload.TryDecode(Encoding.UTF8.GetBytes(form), out _));

    [Fact]
    public void Bytes_stay_bytes()
    {
        Assert.True(FormPayload.TryDecode("payload=%FF"u8, out var payload));
        Assert.Equal([0xFF], payload.ToArray());
    }
}
