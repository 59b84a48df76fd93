using System.Text;
using KestraGitHub.Git;

namespace KestraGitHub.Tests.Git;

public class FlowOutTests
{
    [Theory]
    [InlineData("id: a\nnamespace: dev\n", "id: a\nnamespace: prod\n")]
    [InlineData("id: a\r\nnamespace: 'dev' # of it\r\n", "id: a\r\nnamespace: 'prod' # of it\r\n")]
    [InlineData("namespace: \"dev\"\nid: a", "namespace: \"prod\"\nid: a")]
    [InlineData("\uFEFFid: a\nnamespace: dev\n", "\uFEFFid: a\nnamespace: prod\n")]
    [InlineData("id: a\nnamespace: &n dev\ntasks: [{namespace: *n}]", "id: a\nnamespace: &n prod\ntasks: [{namespace: *n}]")]
    [InlineData("id: a\nnamespace: dev\ntasks:\n  - namespace: dev.x\n  - {namespace: dev}\n  - namespace: development\n  - namespace: dev2",
        "id: a\nnamespace: prod\ntasks:\n  - namespace: prod.x\n  - {namespace: prod}\n  - namespace: development\n  - namespace: dev2")]
    [InlineData("id: a\nnamespace: dev\ntasks:\n  - script: |\n      namespace: dev\n  - namespace: \"{{ flow.namespace }}\"\n  - other: dev\n  - namespace: [dev]",
        "id: a\nnamespace: prod\ntasks:\n  - script: |\n      namespace: dev\n  - namespace: \"{{ flow.namespace }}\"\n  - other: dev\n  - namespace: [dev]")]
    [InlineData("revision: 7\nid: a\nnamespace: dev\ninputs:\n  revision: 3\n", "id: a\nnamespace: prod\ninputs:\n  revision: 3\n")]
    public void The_namespace_is_moved_wherever_it_is_named_and_all_else_stays(string source, string file) => Assert.Equal(file, Text(Of(source)));

    [Fact]
    public void A_child_keeps_what_it_has_below() =>
        Assert.Equal("id: a\nnamespace: prod.x.y", Text(FlowOut.Of(Encoding.UTF8.GetBytes("id: a\nnamespace: dev.x.y"), "dev.x.y", "dev", "prod")));

    [Fact]
    public void Where_nothing_is_moved_the_bytes_are_the_same_even_of_what_is_no_YAML()
    {
        foreach (var source in new byte[][] { [.. "id: a\nnamespace: dev\n\n"u8], [.. "id: [a\nnamespace: dev"u8], [0x69, 0xFF, 0xFE] })
            Assert.Equal(source, FlowOut.Of(source, "dev", "dev", "dev").Bytes!.Value.ToArray());
    }

    [Theory]
    [InlineData("id: [a\nnamespace: dev")]
    [InlineData("id: a")]
    [InlineData("id: a\nnamespace: |\n  dev\n")]
    public void What_cannot_be_moved_is_said_and_not_written(string source)
    {
        var flow = Of(source);
        Assert.Null(flow.Bytes);
        Assert.NotEmpty(flow.Fault!);
    }

    [Fact]
    public void A_draft_says_so()
    {
        Assert.True(Of("id: a\nnamespace: dev\ndraft: true").Draft);
        Assert.False(Of("id: a\nnamespace: dev\ninputs:\n  draft: true").Draft);
    }

    private static FlowOut Of(string source) => FlowOut.Of(Encoding.UTF8.GetBytes(source), "dev", "dev", "prod");

    private static string Text(FlowOut flow) => Encoding.UTF8.GetString(flow.Bytes!.Value.Span);
}
