using System.Diagnostics;
using System.Text;
using KestraGitHub.Definitions;

namespace KestraGitHub.Tests.Definitions;

/// <summary>Whatever a file holds ends in a fault with a place and a cure (gitops.md, section 2.5).</summary>
public class HostileYamlTests
{
    private static readonly string Good = Load.Sync();
    private static readonly byte[] Signs = "{}[]&*!|>'\"%@`,:-?#\t\n"u8.ToArray();

    public static TheoryData<string, string, string> Refused() => new()
    {
        { "empty", "", "holds no flow" },
        { "comment only", "# nothing\n", "holds no flow" },
        { "empty document", "---\n...\n", "holds no flow" },
        { "null", "~\n", "holds no flow" },
        { "a text", "hello\n", "top level is no map" },
        { "a list", "- a\n", "top level is no map" },
        { "several documents", Good + "---\n" + Good, "more than one YAML document" },
        { "duplicate key", Good.Replace("namespace: system", "namespace: system\nnamespace: other", StringComparison.Ordinal), "`namespace` stands twice" },
        { "tab", "id: a\nnamespace: b\ntasks:\n\t- id: c\n", "cannot be read" },
        { "unclosed", "id: [a\n", "cannot be read" },
        { "bad escape", "id: \"\\q\"\n", "cannot be read" },
        { "directive", "%YAML 9.9\n---\nid: a\n", "cannot be read" },
        { "cyclic alias", "a: &a [*a]\n", "inside its own anchor" },
        { "unknown alias", "a: *nobody\n", "no anchor" },
        { "bomb", Bomb(), "more than 100000 nodes" },
        { "deep by aliases", DeepByAliases(), "nested deeper than 64" },
        { "200 deep", Deep(200), "nested deeper than 64" },
        { "30,000 deep", Deep(30_000), "nested deeper than 64" },
        { "500,000 open", new string('[', 500_000), "nested deeper than 64" },
        { "500,000 maps", string.Concat(Enumerable.Repeat("{a: ", 200_000)), "nested deeper than 64" },
        { "deep blocks", string.Concat(Enumerable.Repeat("- ", 30_000)), "nested deeper than 64" },
        { "explicit keys", string.Concat(Enumerable.Repeat("? ", 30_000)), "nested deeper than 64" },
        { "deep in a key", "? " + new string('[', 100), "nested deeper than 64" },
        { "wide", "a: [" + string.Concat(Enumerable.Repeat("1,", 100_001)) + "]", "more than 100000 nodes" },
        { "python tag", "id: !!python/object:os.system x\n", "means nothing in a flow" },
        { "binary tag", "id: !!binary aGk=\n", "means nothing in a flow" },
        { "own tag", "id: !secret x\n", "means nothing in a flow" },
        { "map as a key", "{a: b}: c\n", "is no text" },
        { "null byte", "id: a\0b\n", "NUL" },
        { "unknown names", string.Concat(Enumerable.Range(0, 49_000).Select(i => $"naemspace{i}: x\n")), "no member of a flow" },
        { "unknown properties", Load.Sync(string.Concat(Enumerable.Range(0, 35_000).Select(i => $"taretNamespace{i}: x\n"))), "no property" },
        { "many tasks and defaults", "id: a\nnamespace: b\npluginDefaults:\n - type: io.kestra.plugin.git\n   values: {" + string.Concat(Enumerable.Range(0, 20_000).Select(i => $"a{i}: x,")) + "}\ntasks:\n" + string.Concat(Enumerable.Range(0, 10_000).Select(i => $" - {{id: t{i}, type: io.kestra.plugin.git.Clone}}\n")), "more than 200 values" },
        { "a long chain", Load.Sync("branch: \"{{ null" + string.Concat(Enumerable.Repeat(" ?? null", 100_000)) + " }}\""), "is too long" },
        { "many filters", Load.Sync("branch: \"{{ null" + string.Concat(Enumerable.Repeat("|trim", 100_000)) + " }}\""), "is too long" },
        { "many brackets", Load.Sync("branch: \"{{ " + new string('(', 500_000) + " }}\""), "too deep" },
        { "a long name", Load.Sync(flow: "variables: {? " + new string('v', 200_000) + " : x}"), "too long" },
        { "10 MB", "a: " + new string('x', 10 << 20), "may have" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void It_is_a_fault_and_never_a_crash(string what, string yaml, string message)
    {
        var watch = Stopwatch.StartNew();
        var parsed = Load.Text(yaml);
        Assert.Null(parsed.Definition);
        Assert.Contains(parsed.Faults, f => f.Message.Contains(message, StringComparison.Ordinal));
        Assert.All(parsed.Faults, f => Assert.NotEmpty(f.Cure));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), what);
    }

    [Fact]
    public void A_tab_is_named_as_such_with_its_place()
    {
        var fault = Load.Fault("id: a\nnamespace: b\ntasks:\n\t- id: c\n");
        Assert.Equal((4, 1), (fault.Line, fault.Column));
        Assert.Contains("spaces", fault.Cure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    public void UTF_16_is_named(string encoding)
    {
        var codec = Encoding.GetEncoding(encoding);
        foreach (var bytes in (byte[][])[[.. codec.GetPreamble(), .. codec.GetBytes(Good)], codec.GetBytes(Good)])
            Assert.Contains("UTF-16", Assert.Single(DefinitionParser.Parse("a.yml", bytes, Load.World).Faults).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_no_UTF_8_are_named() =>
        Assert.Contains("not UTF-8", Assert.Single(DefinitionParser.Parse("a.yml", new byte[] { 0x69, 0xC3, 0x28 }, Load.World).Faults).Message, StringComparison.Ordinal);

    [Fact]
    public void A_mark_of_UTF_8_Windows_line_ends_and_document_signs_do_no_harm()
    {
        byte[] bytes = [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(("---\n" + Good + "...\n").Replace("\n", "\r\n", StringComparison.Ordinal))];
        Assert.Empty(DefinitionParser.Parse("a.yml", bytes, Load.World).Faults);
    }

    [Theory]
    [InlineData("1", "1")]
    [InlineData("yes", "yes")]
    [InlineData("1e3", "1e3")]
    [InlineData("2024-01-01", "2024-01-01")]
    [InlineData("0x1F", "0x1F")]
    [InlineData("\"quoted\"", "quoted")]
    [InlineData("'single'", "single")]
    [InlineData("&anchor name", "name")]
    [InlineData("!!str 12", "12")]
    [InlineData(">-\n  folded", "folded")]
    [InlineData("|-\n  block", "block")]
    [InlineData("true", "true")]
    [InlineData("\"null\"", "null")]
    public void An_id_is_its_text(string id, string expected) =>
        Assert.Equal(expected, Load.Good(Good.Replace("id: sync", "id: " + id, StringComparison.Ordinal)).Key.Flow);

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[a]")]
    [InlineData("\"{{ flow.id }}\"")]
    [InlineData("|\n  with line end")]
    [InlineData("-dash")]
    [InlineData("a/b")]
    [InlineData("\"a\\n\"")]
    public void An_id_that_Kestra_would_not_take_is_a_fault_and_leaves_the_file_without_a_name(string id)
    {
        var parsed = Load.Text(Good.Replace("id: sync", "id: " + id, StringComparison.Ordinal));
        Assert.Null(parsed.Key);
        Assert.Contains("id", Assert.Single(parsed.Faults).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Aliases_that_stay_small_are_followed()
    {
        var task = Load.Render(Load.Sync("branch: &b dev\ngitDirectory: *b"));
        Assert.Equal(("dev", "dev"), (task.Git.Branch, task.Git.Directory));
    }

    [Fact]
    public void Cut_anywhere_or_with_any_byte_changed_a_file_never_throws()
    {
        var bytes = Encoding.UTF8.GetBytes(Load.Sync("password: \"{{ secret('WEBHOOK_KEY') | default('x') }}\"\ngitConfig: {core.longpaths: true}", "x-kestra-github: {debounce: PT1S}"));
        var random = new Random(1);
        for (var i = 0; i < bytes.Length; i++)
        {
            DefinitionParser.Parse("a.yml", bytes.AsMemory(0, i), Load.World);
            var changed = (byte[])bytes.Clone();
            changed[i] = (byte)random.Next(256);
            changed[random.Next(bytes.Length)] = Signs[random.Next(Signs.Length)];
            DefinitionParser.Parse("a.yml", changed, Load.World);
        }
    }

    private static string Deep(int depth) => "a: " + new string('[', depth) + new string(']', depth);

    private static string Bomb() => "a0: &a0 [x,x,x,x,x,x,x,x,x]\n" + string.Concat(Enumerable.Range(1, 9).Select(i => $"a{i}: &a{i} [{string.Join(',', Enumerable.Repeat($"*a{i - 1}", 9))}]\n"));

    private static string DeepByAliases() => "a0: &a0 [x]\n" + string.Concat(Enumerable.Range(1, 70).Select(i => $"a{i}: &a{i} [*a{i - 1}]\n"));
}
