using KestraGitHub.Dashboard;

namespace KestraGitHub.Tests.Dashboard;

public sealed class YamlInkTests
{
    [Theory]
    [InlineData("id: hello", "key=id|mark=:|= hello")]
    [InlineData("  - id: hello # why", "mark=  - |key=id|mark=:|= hello |comment=# why")]
    [InlineData("# all of it: 1", "comment=# all of it: 1")]
    [InlineData("retries: 3", "key=retries|mark=:|number= 3")]
    [InlineData("on: true", "key=on|mark=:|number= true")]
    [InlineData("key: \"{{ secret('A') }}\"", "key=key|mark=:|text= \"|template={{ secret('A') }}|text=\"")]
    [InlineData("url: https://a.b/c#d", "key=url|mark=:|= https://a.b/c#d")]
    [InlineData("text: 'a # b'", "key=text|mark=:|text= 'a # b'")]
    [InlineData("- plain", "mark=- |=plain")]
    [InlineData("", "")]
    public void A_line_is_coloured(string line, string expected) =>
        Assert.Equal(expected, string.Join('|', YamlInk.Of(line).Select(p => $"{p.Ink}={p.Text}")));

    [Theory]
    [InlineData("a: {{ x }} # {{ y")]
    [InlineData("\"<script>\": '</pre>' #\t- -")]
    [InlineData("   - - - : : #")]
    [InlineData("a:b:c{{}}{{}}")]
    public void Nothing_is_lost(string line) => Assert.Equal(line, string.Concat(YamlInk.Of(line).Select(p => p.Text)));
}
