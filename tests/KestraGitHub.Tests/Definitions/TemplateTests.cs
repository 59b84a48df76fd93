using KestraGitHub.Definitions;

namespace KestraGitHub.Tests.Definitions;

public class TemplateTests
{
    private static readonly Dictionary<string, string> Payload = new()
    {
        ["body.ref"] = "\"refs/heads/main\"", ["body.size"] = "3", ["body.commits[0].id"] = "\"abc\"", ["body.none"] = "null", ["body.list"] = "[1,2]",
        ["headers.x-github-event"] = "\"push\"", ["body['odd key']"] = "\"odd\"",
    };

    private static readonly Dictionary<string, string> Variables = new()
    {
        ["a"] = "{{ vars.b }}!", ["b"] = "deep", ["git.url"] = "u", ["loop"] = "{{ vars.loop2 }}", ["loop2"] = "{{ vars.loop }}", ["maybe"] = "{{ trigger.body.absent }}",
        ["d0"] = "x", ["d1"] = "{{vars.d0}}{{vars.d0}}", ["d2"] = "{{vars.d1}}{{vars.d1}}", ["d3"] = "{{vars.d2}}{{vars.d2}}", ["d4"] = "{{vars.d3}}{{vars.d3}}",
        ["d5"] = "{{vars.d4}}{{vars.d4}}", ["d6"] = "{{vars.d5}}{{vars.d5}}", ["d7"] = "{{vars.d6}}{{vars.d6}}", ["d8"] = "{{vars.d7}}{{vars.d7}}", ["d9"] = "{{vars.d8}}{{vars.d8}}",
    };

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("", "")]
    [InlineData("a } b {c}", "a } b {c}")]
    [InlineData("{{ secret('WEBHOOK_KEY') }}", "s3cr3t-key")]
    [InlineData("{{secret(\"WEBHOOK_KEY\")}}", "s3cr3t-key")]
    [InlineData("{{ envs.branch }}", "from-env")]
    [InlineData("{{ envs['branch'] }}", "from-env")]
    [InlineData("{{ flow.namespace }}/{{ flow.id }}", "system/sync")]
    [InlineData("{{ vars.a }}", "deep!")]
    [InlineData("{{ vars.git.url }}{{ vars['git']['url'] }}", "uu")]
    [InlineData("{{ trigger.body.ref }}", "refs/heads/main")]
    [InlineData("{{ trigger['body']['ref'] }}", "refs/heads/main")]
    [InlineData("{{ trigger.body.commits[0].id }}", "abc")]
    [InlineData("{{ trigger.body.commits.0.id }}", "abc")]
    [InlineData("{{ trigger.body['odd key'] }}", "odd")]
    [InlineData("{{ trigger.headers['X-GitHub-Event'] }}", "push")]
    [InlineData("{{ trigger.headers['X-GitHub-Event'][0] }}", "push")]
    [InlineData("{{ trigger.body.size }}", "3")]
    [InlineData("{{ trigger.body.list }}", "[1,2]")]
    [InlineData("[{{ trigger.body.absent }}{{ trigger.body.none }}]", "[]")]
    [InlineData("{{ trigger.body.absent ?? 'main' }}", "main")]
    [InlineData("{{ vars.maybe ?? 'main' }}", "main")]
    [InlineData("{{ vars.unknown ?? 5 }}", "5")]
    [InlineData("{{ envs.unknown ?? trigger.body.absent ?? true }}", "true")]
    [InlineData("{{ null ?? 'x' }}", "x")]
    [InlineData("{{ trigger.body.absent | default('Main') | lower }}", "main")]
    [InlineData("{{ '' | default('x') }}", "x")]
    [InlineData("{{ 'a' ?? 'b' | upper }}", "A")]
    [InlineData("{{ ('  a ' | trim) | upper }}", "A")]
    [InlineData("{{ trigger.body.ref | json }}", "\"refs/heads/main\"")]
    [InlineData("{{ trigger.body.absent | json }}", "null")]
    [InlineData("{{ 1.5 }}{{ -2 }}", "1.5-2")]
    [InlineData("a  {{- 'b' -}}  c", "abc")]
    [InlineData("{{ 'it\\'s }} fine' }}", "it's }} fine")]
    [InlineData("{{\n vars.b\n}}", "deep")]
    public void It_renders(string text, string expected) => Assert.Equal(expected, Template.Parse(text).Render(Scope()));

    [Theory]
    [InlineData("{% if true %}x{% endif %}", "{% if true %}")]
    [InlineData("{# note #}", "comment")]
    [InlineData("{{ now() }}", "now")]
    [InlineData("{{ inputs.x }}", "inputs")]
    [InlineData("{{ outputs.a.b }}", "outputs")]
    [InlineData("{{ kv('x') }}", "kv")]
    [InlineData("{{ taskrun.id }}", "taskrun")]
    [InlineData("{{ execution.id }}", "execution")]
    [InlineData("{{ unknown }}", "unknown")]
    [InlineData("{{ a.b }}", "a.b")]
    [InlineData("{{ flow.revision }}", "flow")]
    [InlineData("{{ flow }}", "flow")]
    [InlineData("{{ envs }}", "envs")]
    [InlineData("{{ vars }}", "vars")]
    [InlineData("{{ trigger.date }}", "trigger")]
    [InlineData("{{ trigger.body }}", "trigger")]
    [InlineData("{{ secret(vars.x) }}", "secret")]
    [InlineData("{{ secret('') }}", "secret")]
    [InlineData("{{ secret('X', 'ns') }}", ",")]
    [InlineData("{{ 'a' ~ 'b' }}", "~")]
    [InlineData("{{ 1 + 2 }}", "+")]
    [InlineData("{{ vars.a == 'b' }}", "==")]
    [InlineData("{{ vars.a ? 'b' : 'c' }}", "?")]
    [InlineData("{{ vars.a and true }}", "and")]
    [InlineData("{{ vars.a | slugify }}", "slugify")]
    [InlineData("{{ vars.a | default }}", "default")]
    [InlineData("{{ vars.a | lower('x') }}", "lower")]
    [InlineData("{{ trigger.headers.x-github-event }}", "-")]
    [InlineData("{{ }}", "{{ }}")]
    [InlineData("{{ 'a }}", "does not end")]
    [InlineData("{{ vars.a", "vars.a")]
    [InlineData("{{ (vars.a }}", "vars.a")]
    [InlineData("{{ vars. }}", "vars.")]
    [InlineData("{{ vars[a] }}", "vars[a]")]
    [InlineData("{{ {a: 1} }}", "{a")]
    public void What_only_Kestra_can_render_is_an_error_that_names_it(string text, string named)
    {
        var error = Assert.Throws<TemplateException>(() => Template.Parse(text));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(error.Cure);
    }

    [Theory]
    [InlineData("Authorization")]
    [InlineData("Cookie")]
    [InlineData("X-Hub-Signature-256")]
    [InlineData("x-hub-signature")]
    [InlineData("X-Gitlab-Token")]
    public void A_header_that_is_a_secret_is_refused(string name) => Assert.Throws<TemplateException>(() => Template.Parse($"{{{{ trigger.headers['{name}'] }}}}"));

    [Theory]
    [InlineData("{{ secret('NOBODY') }}", "SECRET_NOBODY")]
    [InlineData("{{ secret('NOBODY') ?? 'x' }}", "SECRET_NOBODY")]
    [InlineData("{{ envs.unknown }}", "ENV_UNKNOWN")]
    [InlineData("{{ envs.unknown | lower }}", "ENV_UNKNOWN")]
    [InlineData("{{ vars.git.urll }}", "git.url")]
    [InlineData("{{ vars.loop }}", "circle")]
    [InlineData("{{ vars.d9 }}", "circle")]
    public void What_is_not_there_is_an_error_with_its_cure(string text, string cure) =>
        Assert.Contains(cure, Assert.Throws<TemplateException>(() => Template.Parse(text).Render(Scope())).Cure, StringComparison.Ordinal);

    [Fact]
    public void Nesting_is_bounded() => Assert.Throws<TemplateException>(() => Template.Parse("{{ " + new string('(', 100_000)));

    [Fact]
    public void A_path_finds_its_value_in_a_delivery()
    {
        using var body = System.Text.Json.JsonDocument.Parse("""{"commits":[{"id":"abc"}],"odd key":{"it's":1}}""");
        Assert.Equal("\"abc\"", PayloadPath.Find(body.RootElement, "body.commits[0].id"));
        var path = TemplateReferences.Of(Template.Parse("{{ trigger.body['odd key'][\"it's\"] }}"), Variables).Payload.Single();
        Assert.Equal("1", PayloadPath.Find(body.RootElement, path));
        Assert.Null(PayloadPath.Find(body.RootElement, "body.commits[1].id"));
        Assert.Equal("x-github-event", PayloadPath.HeaderName("headers.x-github-event"));
    }

    private static TemplateScope Scope() => new(new SyncKey("main", "system", "sync"), Variables, Load.World, Payload);
}
