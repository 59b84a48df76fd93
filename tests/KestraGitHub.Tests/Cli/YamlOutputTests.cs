using System.Text.Json;
using KestraGitHub.Cli;

namespace KestraGitHub.Tests.Cli;

public sealed class YamlOutputTests
{
    [Theory]
    [InlineData("yes")]
    [InlineData("No")]
    [InlineData("on")]
    [InlineData("y")]
    [InlineData("2026-01-01")]
    [InlineData("2026-01-01T06:00:00Z")]
    [InlineData("2026-01-01 06:00:00")]
    [InlineData("12:30:45")]
    [InlineData("1_000")]
    [InlineData("0b11")]
    [InlineData("0x1F")]
    [InlineData("017")]
    [InlineData("-1.5e3")]
    [InlineData("+12")]
    [InlineData(".5")]
    [InlineData("-.inf")]
    [InlineData("=")]
    [InlineData("<<")]
    [InlineData("~")]
    public void A_text_that_older_readers_take_for_something_else_is_quoted(string text)
    {
        Assert.Equal($"a: \"{text}\"\n", YamlOutput.Of(JsonSerializer.Serialize(new Dictionary<string, string> { ["a"] = text })));
        Assert.Equal($"\"{text}\": b\n", YamlOutput.Of(JsonSerializer.Serialize(new Dictionary<string, string> { [text] = "b" })));
    }

    [Theory]
    [InlineData("a.yaml")]
    [InlineData("new in Git")]
    [InlineData("yesterday")]
    public void Other_texts_stay_plain(string text) => Assert.Equal($"a: {text}\n", YamlOutput.Of(JsonSerializer.Serialize(new Dictionary<string, string> { ["a"] = text })));

    [Fact]
    public void Numbers_and_switches_stay_what_they_are() => Assert.Equal("count: 1\nshare: 1.5\ndone: true\n", YamlOutput.Of("""{"count": 1, "share": 1.5, "done": true}"""));
}
