using System.Text;
using KestraGitHub.Kestra;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Tests.Kestra;

public sealed class FlowIdentityTests
{
    [Theory]
    [InlineData("id: a\nnamespace: n.m\n", "a", "n.m")]
    [InlineData("\uFEFF---\nnamespace : \"n\"\nid: 'a'\n...\n", "a", "n")]
    [InlineData("tasks:\n  - id: inner\n    namespace: wrong\nid: 010\nnamespace: >-\n  n\n", "010", "n")]
    [InlineData("x: &v a\nid: *v\nnamespace: n\n", "a", "n")]
    [InlineData("{id: off, namespace: n, deep: [[{id: b}]]}", "off", "n")]
    [InlineData("id: a\nnamespace: n\ntasks:\n  - {id: x, a: {id: x}}\n  - {id: x, <<: {a: 1}, <<: {b: 1}, ? [q] : id}\n", "a", "n")]
    [InlineData("description: |\n  id: no\n  namespace: no\nid: a\r\nnamespace: n\r\n", "a", "n")]
    public void The_top_level_says_who_it_is(string source, string id, string ns)
    {
        var identity = FlowIdentity.Of(source);
        Assert.Equal((null, id, ns, null), (identity.Problem, identity.Id, identity.Namespace, identity.Peculiarity));
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n")]
    [InlineData("id: a\n")]
    [InlineData("namespace: n\n")]
    [InlineData("- id: a\n- namespace: n\n")]
    [InlineData("id: [a\nnamespace: n\n")]
    [InlineData("id: {x: y}\nnamespace: n\n")]
    [InlineData("id: a\n\tnamespace: n\n")]
    [InlineData("id: *unknown\nnamespace: n\n")]
    public void What_does_not_say_it_has_a_problem(string source) => Assert.NotNull(FlowIdentity.Of(source).Problem);

    [Theory]
    [InlineData("id: a\nnamespace: n\nid: b\n")]
    [InlineData("id: a\nnamespace: n\ntasks:\n  - {id: x, y: [{a: 1}], id: z}\n")]
    [InlineData("id: a\nnamespace: n\n---\nid: b\nnamespace: n\n")]
    [InlineData("id: a\nnamespace: n\ndeleted: true\n")]
    public void What_a_write_would_get_wrong_is_told(string source) => Assert.NotNull(FlowIdentity.Of(source).Peculiarity);

    [Fact]
    public void Depth_and_aliases_cost_nothing()
    {
        var deep = "id: a\nnamespace: n\nx: " + new string('[', 20_000) + new string(']', 20_000);
        Assert.True(FlowIdentity.Of(deep) is { Id: "a" } or { Problem: not null });
        var bomb = new StringBuilder("a0: &a0 [x]\n");
        for (var i = 1; i < 30; i++) bomb.Append(null, $"a{i}: &a{i} [*a{i - 1},*a{i - 1},*a{i - 1}]\n");
        Assert.Equal("a", FlowIdentity.Of(bomb + "id: a\nnamespace: n\n").Id);
    }

    [Theory]
    [InlineData("id: a\r\nb: c\r\n\r\n", "id: a\nb: c")]
    [InlineData("\uFEFFid: a\n", "id: a")]
    [InlineData("id: a\nrevision: 12\nb: c\n", "id: a\nb: c")]
    [InlineData("revision: 3\nid: a", "id: a\n")]
    public void Differences_that_mean_nothing_are_no_drift(string a, string b) =>
        Assert.Equal(FlowLikeness.Of(Encoding.UTF8.GetBytes(a)), FlowLikeness.Of(Encoding.UTF8.GetBytes(b)));

    [Theory]
    [InlineData("id: a\n  revision: 12\n", "id: a\n")]
    [InlineData("id: a\nrevision: x\n", "id: a\n")]
    [InlineData("id: a\nb: ü\n", "id: a\nb: u\n")]
    public void Others_are(string a, string b) =>
        Assert.NotEqual(FlowLikeness.Of(Encoding.UTF8.GetBytes(a)), FlowLikeness.Of(Encoding.UTF8.GetBytes(b)));

    [Theory]
    [InlineData("a\nb\tc", "a b c")]
    [InlineData("  a \u001b[31m\u0000b ", "a [31m b")]
    [InlineData("a\u202Eb\u200Fc\uFEFF", "abc")]
    [InlineData(null, "")]
    public void A_text_of_the_server_is_one_line(string? text, string expected) => Assert.Equal(expected, KestraText.OneLine(text));

    [Fact]
    public void A_long_text_is_cut() => Assert.Equal(501, KestraText.OneLine(new string('x', 10_000)).Length);
}
