using System.Text;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Tests.Reconciliation;

public class FlowLikenessTests
{
    private const string Flow = "id: a\nnamespace: prod\ntasks: []";

    [Theory]
    [InlineData("id: a\nnamespace: prod\ntasks: []\n")]
    [InlineData("id: a\r\nnamespace: prod\r\ntasks: []\r\n")]
    [InlineData("id: a\rnamespace: prod\rtasks: []")]
    [InlineData("\uFEFFid: a\nnamespace: prod\ntasks: [] \t\n\n")]
    [InlineData("id: a\nnamespace: prod\nrevision: 12\ntasks: []")]
    [InlineData("revision: 3\nid: a\nnamespace: prod\ntasks: []")]
    [InlineData("id: a\nnamespace: prod\ntasks: []\nrevision: 3")]
    public void What_means_nothing_makes_no_difference(string source) => Assert.Equal(Of(Flow), Of(source));

    [Theory]
    [InlineData("id: a\nnamespace: prod\ntasks: [] # x")]
    [InlineData("id: a\n\nnamespace: prod\ntasks: []")]
    [InlineData("id: a\nnamespace: prod \ntasks: []")]
    [InlineData("id: a\nnamespace: prod\n  revision: 1\ntasks: []")]
    [InlineData("id: a\nnamespace: prod\nrevision: x\ntasks: []")]
    [InlineData("id: a\nnamespace: prod\nrevision: 1\nrevision: 2\ntasks: []")]
    [InlineData("")]
    public void Everything_else_does(string source) => Assert.NotEqual(Of(Flow), Of(source));

    [Theory]
    [InlineData("id: a\ntitle: t\nupdated: 2026-01-01\n", "id: a\ntitle: t\n")]
    [InlineData("updated: x\r\nid: a\r\nupdated:\n", "id: a\r\n")]
    [InlineData("updated: x", "")]
    [InlineData("id: a\n  updated: x\nnot_updated: y", "id: a\n  updated: x\nnot_updated: y")]
    public void Of_a_dashboard_the_lines_of_the_server_are_left_out_and_nothing_else(string source, string without)
    {
        var bytes = Encoding.UTF8.GetBytes(source);
        Assert.Equal(without, Encoding.UTF8.GetString(SourceLikeness.WithoutUpdated(bytes).Span));
        Assert.Equal(SourceLikeness.Of(ResourceKind.Dashboard, Encoding.UTF8.GetBytes(without)), SourceLikeness.Of(ResourceKind.Dashboard, bytes));
        Assert.Equal(Of(source), SourceLikeness.Of(ResourceKind.Flow, bytes));
    }

    private static string Of(string source) => FlowLikeness.Of(Encoding.UTF8.GetBytes(source));
}
