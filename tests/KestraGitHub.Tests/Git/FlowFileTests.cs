using System.Text;
using KestraGitHub.Git;

namespace KestraGitHub.Tests.Git;

public class FlowFileTests
{
    private const string Tasks = "tasks:\n  - id: x\n    type: t # keep\n";

    [Theory]
    [InlineData("id: a\nnamespace: b\n\t- x\n", 3)]
    [InlineData("id: a\ntasks:\n  - id: x\n\t  type: t\n", 4)]
    [InlineData("id: 'a'\ntasks:\n\t- x: [\n", 3)]
    public void A_tab_is_complained_of_on_its_own_line(string text, int line) => Assert.StartsWith($"it is no YAML: line {line}, column 1: ", Read(text).Fault, StringComparison.Ordinal);

    [Theory]
    [InlineData("id: a\nnamespace: dev\n" + Tasks, "id: a\nnamespace: prod.sub\n" + Tasks)]
    [InlineData("id: a\r\nnamespace: dev\r\ntasks: []\r\n", "id: a\r\nnamespace: prod.sub\r\ntasks: []\r\n")]
    [InlineData("\uFEFFid: a\nnamespace: dev\n", "\uFEFFid: a\nnamespace: prod.sub\n")]
    [InlineData("namespace: dev # the team's\nid: a\n", "namespace: prod.sub # the team's\nid: a\n")]
    [InlineData("id: a\nnamespace : dev\n", "id: a\nnamespace : prod.sub\n")]
    [InlineData("id: a\nnamespace:    dev   \n", "id: a\nnamespace:    prod.sub   \n")]
    [InlineData("id: a\nnamespace: 'dev' # x\n", "id: a\nnamespace: 'prod.sub' # x\n")]
    [InlineData("id: a\nnamespace: \"d\\u0065v\"\n", "id: a\nnamespace: \"prod.sub\"\n")]
    [InlineData("id: a\n\"namespace\": dev\n", "id: a\n\"namespace\": prod.sub\n")]
    [InlineData("id: a\nnamespace: &ns dev\nlabels: {n: *ns}\n", "id: a\nnamespace: &ns prod.sub\nlabels: {n: *ns}\n")]
    [InlineData("id: a\nnamespace: !!str dev\n", "id: a\nnamespace: !!str prod.sub\n")]
    [InlineData("x: &ns dev\nid: a\nnamespace: *ns\n", "x: &ns dev\nid: a\nnamespace: prod.sub\n")]
    [InlineData("id: a\nnamespace:\n  dev\n" + Tasks, "id: a\nnamespace:\n  prod.sub\n" + Tasks)]
    [InlineData("id: a\nnamespace:\n" + Tasks, "id: a\nnamespace: prod.sub\n" + Tasks)]
    [InlineData("id: a\nnamespace: # none\n" + Tasks, "id: a\nnamespace: prod.sub # none\n" + Tasks)]
    [InlineData("---\nid: a\nnamespace: dev\n...\n", "---\nid: a\nnamespace: prod.sub\n...\n")]
    [InlineData("{id: a, namespace: dev, tasks: []}", "{id: a, namespace: prod.sub, tasks: []}")]
    [InlineData("tasks:\n  - id: x\n    script: |\n      namespace: y\nnamespace: dev\nid: a\n", "tasks:\n  - id: x\n    script: |\n      namespace: y\nnamespace: prod.sub\nid: a\n")]
    [InlineData("description: |\n  ä€😀 text\n# 😀\nid: a\nnamespace: dev\n", "description: |\n  ä€😀 text\n# 😀\nid: a\nnamespace: prod.sub\n")]
    [InlineData("id: a\nnamespace: dev\nvalue: !!binary abc\nother: !custom x\n", "id: a\nnamespace: prod.sub\nvalue: !!binary abc\nother: !custom x\n")]
    [InlineData("id: a\nnamespace: dev\nq: \"{{ x }}\"\nr: '{% if %}'\n", "id: a\nnamespace: prod.sub\nq: \"{{ x }}\"\nr: '{% if %}'\n")]
    public void The_folder_decides_the_namespace_and_every_other_byte_stays(string text, string expected)
    {
        var flow = Read(text);
        Assert.Null(flow.Fault);
        Assert.Equal("a", flow.Id);
        Assert.Equal(expected, Encoding.UTF8.GetString(flow.Source!));
    }

    [Theory]
    [InlineData("id: a\nnamespace: prod.sub\n")]
    [InlineData("\uFEFFid: a\r\nnamespace: \"prod.sub\"   # c\r\n\r\n\r\n")]
    public void Where_the_namespace_is_right_the_bytes_are_the_files_own(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Assert.Same(bytes, FlowFile.Read(bytes, "prod.sub").Source);
    }

    [Theory]
    [InlineData("off")]
    [InlineData("010")]
    [InlineData("1e3")]
    [InlineData("2024-01-01")]
    [InlineData("true")]
    [InlineData("A.b_c-d")]
    public void An_id_is_its_text(string id) => Assert.Equal(id, Read($"id: {id}\n").Id);

    [Theory]
    [InlineData("", null, "no map of YAML")]
    [InlineData("# only this\n", null, "no map of YAML")]
    [InlineData("---\n", null, "no map of YAML")]
    [InlineData("just text", null, "no map of YAML")]
    [InlineData("- id: a\n", null, "no map of YAML")]
    [InlineData("tasks:\n  - id: x\n", null, "no 'id'")]
    [InlineData("id:\n  - a\n", null, "is no text")]
    [InlineData("id: a b\n", null, "not one that Kestra takes")]
    [InlineData("id: '{{ x }}'\n", null, "not one that Kestra takes")]
    [InlineData("id:\nnamespace: x\n", null, "not one that Kestra takes")]
    [InlineData("id: a\n" + Tasks, "a", "has no 'namespace'")]
    [InlineData("{id: a, tasks: []}", "a", "has no 'namespace'")]
    [InlineData("id: a\nnamespace: [dev]\n", "a", "is no text")]
    [InlineData("id: a\nnamespace: |\n  dev\n", "a", "block of lines")]
    [InlineData("id: a\ndeleted: true\n", "a", "deleted: true")]
    [InlineData("id: a\nid: b\n", "a", "twice")]
    [InlineData("id: a\n---\nid: b\n", "a", "more than one YAML document")]
    [InlineData("---\nid: a\n---\n", "a", "more than one YAML document")]
    [InlineData("id: a\ntasks: [\n", "a", "no YAML")]
    [InlineData("id: 'a'\ntasks:\n\t- x: [\n", "a", "no YAML")]
    [InlineData("tasks: [}\nid: a # c\n", "a", "no YAML")]
    [InlineData("id: a\nx: *none\n", "a", "")]
    [InlineData("id: a\nx: &c [*c]\n", "a", "")]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3\n", null, "LFS")]
    public void What_is_no_flow_says_why_and_which_it_may_be(string text, string? id, string reason)
    {
        var flow = Read(text);
        Assert.Null(flow.Source);
        Assert.Equal(id, flow.Id);
        Assert.Contains(reason, flow.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_no_utf_8_are_no_flow()
    {
        Assert.NotNull(FlowFile.Read([0x69, 0x64, 0x3A, 0x20, 0xFF], "prod").Fault);
        Assert.NotNull(FlowFile.Read(Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes("id: a")).ToArray(), "prod").Fault);
    }

    [Fact]
    public void Hostile_yaml_ends_early()
    {
        var bomb = "id: a\na0: &a0 [x,x,x,x,x,x,x,x,x]\n" + string.Concat(Enumerable.Range(1, 9).Select(i => $"a{i}: &a{i} [{string.Join(',', Enumerable.Repeat($"*a{i - 1}", 9))}]\n"));
        Assert.Contains("100000 values", Read(bomb).Fault, StringComparison.Ordinal);
        foreach (var depth in new[] { 100, 5000, 30000 })
        {
            Assert.Contains("deeper", Read("id: a\nx: " + new string('[', depth)).Fault, StringComparison.Ordinal);
            Assert.Contains("deeper", Read("id: a\nx: " + string.Concat(Enumerable.Repeat("{a: ", depth))).Fault, StringComparison.Ordinal);
        }

        Assert.Contains("deeper", Read("id: a\nx:\n" + string.Concat(Enumerable.Range(1, 300).Select(i => new string(' ', i) + "x:\n"))).Fault, StringComparison.Ordinal);
        Assert.Contains("values", Read("id: a\nx: [" + string.Concat(Enumerable.Repeat("a,", 200_000)) + "]").Fault, StringComparison.Ordinal);
    }

    private static FlowFile Read(string text) => FlowFile.Read(Encoding.UTF8.GetBytes(text), "prod.sub");
}
