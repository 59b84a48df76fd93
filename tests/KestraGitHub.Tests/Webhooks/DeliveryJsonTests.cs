using System.Text;
using System.Text.Json;
using KestraGitHub.Webhooks;

namespace KestraGitHub.Tests.Webhooks;

public sealed class DeliveryJsonTests
{
    [Theory]
    [InlineData("{}")]
    [InlineData("\uFEFF{}")]
    [InlineData("{\"a\":1}\r\n")]
    [InlineData("""{"t":"déploiement 🚀"}""")]
    [InlineData("""{"ref":"a","ref":"b"}""")]
    public void An_object_is_read(string text)
    {
        using var document = DeliveryJson.Parse(Encoding.UTF8.GetBytes(text), out var fault);

        Assert.NotNull(document);
        Assert.Empty(fault);
    }

    [Theory]
    [InlineData("", "not JSON")]
    [InlineData("null", "not an object")]
    [InlineData("[]", "not an object")]
    [InlineData("\"text\"", "not an object")]
    [InlineData("{", "not JSON")]
    [InlineData("{} {}", "not JSON")]
    [InlineData("{\"a\":1,}", "not JSON")]
    [InlineData("// {}", "not JSON")]
    [InlineData("payload={}", "not JSON")]
    public void Anything_else_is_refused(string text, string fault)
    {
        Assert.Null(DeliveryJson.Parse(Encoding.UTF8.GetBytes(text), out var said));
        Assert.Contains(fault, said, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_UTF8_is_refused()
    {
        Assert.Null(DeliveryJson.Parse((byte[])[.. "{\"a\":\""u8, 0xFF, .. "\"}"u8], out var fault));
        Assert.Equal("The body is not UTF-8.", fault);
    }

    [Theory]
    [InlineData("{\"a\":", "}")]
    [InlineData("[", "]")]
    public void What_is_nested_too_deep_is_refused(string open, string close)
    {
        var text = new StringBuilder("{\"x\":");
        for (var i = 0; i < 100_000; i++) text.Append(open);
        text.Append('1');
        for (var i = 0; i < 100_000; i++) text.Append(close);
        text.Append('}');

        Assert.Null(DeliveryJson.Parse(Encoding.UTF8.GetBytes(text.ToString()), out var fault));
        Assert.Contains("nested deeper", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"ref":1}""", null)]
    [InlineData("""{"ref":null}""", null)]
    [InlineData("""{"ref":["refs/heads/main"]}""", null)]
    [InlineData("""{"ref":{"a":1}}""", null)]
    [InlineData("""{"ref":"\ud800"}""", null)]
    [InlineData("""{"REF":"x"}""", null)]
    [InlineData("""{"ref":"a","ref":"b"}""", "b")]
    [InlineData("""{"\ud800":1,"ref":"a"}""", "a")]
    [InlineData("""{"\u0072ef":"a"}""", "a")]
    public void A_field_of_another_type_is_absent(string text, string? expected)
    {
        using var document = DeliveryJson.Parse(Encoding.UTF8.GetBytes(text), out _);

        Assert.Equal(expected, document!.RootElement.Text("ref"));
    }

    [Theory]
    [InlineData("""{"\ud800xyz":1,"\udc00":2,"x\ud800":3}""")]
    [InlineData("""{"repository":[],"sender":"me","pusher":3,"deleted":"true","created":1,"forced":null,"ref":{},"before":[],"after":0}""")]
    public void Facts_of_nonsense_are_absent(string text)
    {
        using var document = JsonDocument.Parse(text);
        var facts = DeliveryFacts.Of(document.RootElement);

        Assert.Equal(new DeliveryFacts(null, null, null, null, false, false, false, null, null, null), facts);
    }
}
