using System.Text.Json;
using KestraGitHub.Webhooks;

namespace KestraGitHub.Tests.Webhooks;

public sealed class PayloadValuesTests
{
    private const string Body = """
        {"ref":"refs/heads/main","repository":{"full_name":"o/r","topics":null,"size":3},"commits":[{"id":"a"},{"id":"b"}],"with space":{"a-b":true}}
        """;

    [Theory]
    [InlineData("body.ref", "\"refs/heads/main\"")]
    [InlineData("body.repository.full_name", "\"o/r\"")]
    [InlineData("body.repository.size", "3")]
    [InlineData("body.repository.topics", "null")]
    [InlineData("body.commits[0].id", "\"a\"")]
    [InlineData("body.commits[1]", """{"id":"b"}""")]
    [InlineData("body.commits.1.id", "\"b\"")]
    [InlineData("body['with space'].a-b", "true")]
    [InlineData("headers.x-github-event", "\"push\"")]
    public void A_value_is_kept_as_JSON(string path, string expected) => Assert.Equal(expected, Find(path));

    [Theory]
    [InlineData("")]
    [InlineData("body.missing")]
    [InlineData("body.ref.more")]
    [InlineData("body.commits[2].id")]
    [InlineData("body.commits[-1].id")]
    [InlineData("body.commits[99999999999].id")]
    [InlineData("body.commits.id")]
    [InlineData("body[")]
    [InlineData("body..ref")]
    [InlineData("headers")]
    [InlineData("headers.x-hub-signature-256")]
    [InlineData("other.ref")]
    public void What_is_not_there_is_left_out(string path) => Assert.Null(Find(path));

    [Fact]
    public void A_run_is_no_place_for_a_whole_payload()
    {
        using var document = JsonDocument.Parse($$"""{"big":"{{new string('x', 20_000)}}"}""");

        Assert.Empty(PayloadValues.Of(["body", "body.big"], document.RootElement, new Dictionary<string, string>()));
    }

    private static string? Find(string path)
    {
        using var document = JsonDocument.Parse(Body);
        return PayloadValues.Of([path], document.RootElement, new Dictionary<string, string> { ["x-github-event"] = "push" }).GetValueOrDefault(path);
    }
}
