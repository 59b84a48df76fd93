using KestraGitHub.Definitions;

namespace KestraGitHub.Tests.Definitions;

public class TemplateTests
{
    private static readonly Dictionary<string, string> Payload = new()
    {
        ["body.ref"] = "\"refs/heads/main\"", ["body.size"] = "3", ["body.commits[0].id"] = "\"abc\"", ["body.none"] = "null", ["body.list"] = "[1,2]",
        ["headers.x-github-event"] = "\"push\"", ["body['odd key']"] = "\"odd\"",
    };

    private static readonly FlowValues Flow = Values("""
        a: "{{ vars.b }}!"
        b: deep
        git: {url: u}
        loop: "{{ vars.loop2 }}"
        loop2: "{{ vars.loop }}"
        maybe: "{{ trigger.body.absent }}"
        flag: true
        count: 3
        quoted: "3"
        list: [company, "{{ vars.b }}", 7]
        json: '["x","y"]'
        empty: ""
        d0: x
        d1: "{{vars.d0}}{{vars.d0}}"
        d2: "{{vars.d1}}{{vars.d1}}"
        d3: "{{vars.d2}}{{vars.d2}}"
        d4: "{{vars.d3}}{{vars.d3}}"
        d5: "{{vars.d4}}{{vars.d4}}"
        d6: "{{vars.d5}}{{vars.d5}}"
        d7: "{{vars.d6}}{{vars.d6}}"
        d8: "{{vars.d7}}{{vars.d7}}"
        d9: "{{vars.d8}}{{vars.d8}}"
        """);

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
    [InlineData("{{ vars.list }}", "[\"company\",\"deep\",7]")]
    [InlineData("{{ vars.list[1] }}/{{ vars.list | first }}/{{ vars.list | last }}/{{ vars.list | length }}", "deep/company/7/3")]
    [InlineData("{{ vars.git }}", "{\"url\":\"u\"}")]
    [InlineData("{{ vars['git'][vars.empty ~ 'url'] }}", "u")]
    [InlineData("{{ json(vars.json)[1] }}{{ fromJson('{\"a\": {\"b\": 1}}').a.b }}", "y1")]
    [InlineData("{{ vars.list | join(', ') }}", "company, deep, 7")]
    [InlineData("{{ 'a/b/c' | split('/') }}", "[\"a\",\"b\",\"c\"]")]
    [InlineData("{{ 'a/b/c//' | split('/') | length }}{{ 'a/b/c' | split('/', 2) | last }}", "3b/c")]
    [InlineData("{{ ('refs/heads/main' | split('/'))[2] }}", "main")]
    [InlineData("{{ trigger.body.ref | replace({'refs/heads/': '', 'main': 'trunk'}) }}", "trunk")]
    [InlineData("{{ 'refs/heads/a/b' | substringAfterLast('/') }}-{{ 'a/b/c' | substringBefore('/') }}-{{ 'a/b/c' | substringAfter('/') }}-{{ 'a/b/c' | substringBeforeLast('/') }}", "b-a-b/c-a/b")]
    [InlineData("{{ 'x' | substringAfter('/') }}{{ 'x' | substringBefore('/') }}", "x")]
    [InlineData("{{ 'kestra' | capitalize }}{{ 'abc' | startsWith('ab') }}{{ 'abc' | endsWith('ab') }}", "Kestratruefalse")]
    [InlineData("{{ '12' | number > 7 }}{{ vars.quoted | number('INT') == vars.count }}", "truetrue")]
    [InlineData("{{ 'flows/' ~ vars.b ~ '/' ~ 1 }}", "flows/deep/1")]
    [InlineData("{{ 'a' ~ trigger.body.absent ~ 'b' }}", "ab")]
    [InlineData("{{ 'A' ~ 'B' | lower }}", "ab")]
    [InlineData("{{ trigger.body.absent ?? 'A' ~ 'B' | lower }}", "ab")]
    [InlineData("{{ vars.b == 'deep' }}{{ vars.b != 'deep' }}{{ vars.b equals 'x' }}", "truefalsefalse")]
    [InlineData("{{ vars.count == 3 }}{{ vars.count == 3.0 }}{{ vars.quoted == 3 }}{{ vars.count == '3' }}", "truetruefalsefalse")]
    [InlineData("{{ vars.flag == true }}{{ vars.flag == 'true' }}{{ vars.flag }}", "truefalsetrue")]
    [InlineData("{{ trigger.body.absent == null }}{{ trigger.body.ref == null }}", "truefalse")]
    [InlineData("{{ vars.count > 2 and vars.count <= 3 or false }}", "true")]
    [InlineData("{{ true or false and false }}{{ (true or false) and false }}", "truefalse")]
    [InlineData("{{ not vars.flag }}{{ not false and false }}{{ not (false and false) }}", "falsefalsetrue")]
    [InlineData("{{ vars.flag ? 'yes' : 'no' }}{{ trigger.body.absent ? 'yes' : 'no' }}{{ vars.count == 4 ? 1 : vars.count == 3 ? 2 : 3 }}", "yesno2")]
    [InlineData("{{ trigger.body.absent is null }}{{ vars.unknown is defined }}{{ vars.empty is empty }}{{ vars.b is not empty }}", "truefalsetruetrue")]
    [InlineData("{{ 'feature/x' contains 'feature' }}{{ vars.list contains 'deep' }}{{ ['a', 'b'] contains 'c' }}", "truetruefalse")]
    [InlineData("{{ ['a', 'b'] }}{{ {'k': 1} }}", "[\"a\",\"b\"]{\"k\":1}")]
    [InlineData("{{ {'dev': 'develop', 'prod': 'main'}[vars.b == 'deep' ? 'prod' : 'dev'] }}", "main")]
    [InlineData("{{ 'é' | json }}", "\"é\"")]
    [InlineData("{{ execution.id }} {{ now() }} {{ execution.startDate | date('yyyy-MM-dd') }}", "run-1 2026-01-02T03:04:05.678900Z 2026-01-01")]
    [InlineData("{{ now() | date('yyyyMMdd_HHmmss.SSS') }} {{ now() | date(\"EEE d MMM uuuu 'at' h:mm a\") }} {{ now() | date('d') }}", "20260102_030405.678 Fri 2 Jan 2026 at 3:04 AM 2")]
    public void It_renders(string text, string expected) => Assert.Equal(expected, Template.Parse(text).Render(Scope()));

    [Theory]
    [InlineData("{% if true %}x{% endif %}", "{% if true %}")]
    [InlineData("{# note #}", "comment")]
    [InlineData("{{ uuid() }}", "uuid")]
    [InlineData("{{ taskrun.id }}", "taskrun")]
    [InlineData("{{ execution.state }}", "execution")]
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
    [InlineData("{{ outputs.a }}", "no output")]
    [InlineData("{{ outputs }}", "no output")]
    [InlineData("{{ kv() }}", "no key")]
    [InlineData("{{ kv('') }}", "no key")]
    [InlineData("{{ kv('a', 'b', false, 1) }}", "too many")]
    [InlineData("{{ kv('a', ns='b') }}", "`ns`")]
    [InlineData("{{ inputs }}", "inputs")]
    [InlineData("{{ item.date }}", "item")]
    [InlineData("{{ parents.taskrun.value }}", "parent")]
    [InlineData("{{ currentEachOutput(outputs.a) }}", "currentEachOutput")]
    [InlineData("{{ vars.a && true }}", "&&")]
    [InlineData("{{ vars.a is odd }}", "odd")]
    [InlineData("{{ vars.a ? 'b' }}", "?")]
    [InlineData("{{ vars.a | join(1, 2) }}", "join")]
    [InlineData("{{ ['a' }}", "[")]
    [InlineData("{{ 1 + 2 }}", "+")]
    [InlineData("{{ 1 * 2 }}", "*")]
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
    [InlineData("{{ vars.unknown == 'a' }}", "Remove it")]
    [InlineData("{{ vars.unknown ~ 'a' }}", "Remove it")]
    [InlineData("{{ inputs.x }}", "inputs")]
    [InlineData("{{ inputs.x ?? vars.unknown }}", "Remove it")]
    [InlineData("{{ labels.x }}", "labels")]
    [InlineData("{{ vars.list[9] }}", "list[0]")]
    [InlineData("{{ json('[1]')[3] }}", "default")]
    [InlineData("{{ json('nothing') }}", "JSON")]
    [InlineData("{{ 'a' > 1 }}", "number")]
    [InlineData("{{ 'x' | number }}", "digits")]
    [InlineData("{{ 'a' and true }}", "Compare")]
    [InlineData("{{ not 'a' }}", "Compare")]
    [InlineData("{{ 'a' | replace('b') }}", "replace")]
    [InlineData("{{ 'a' | split('[') }}", "backslash")]
    [InlineData("{{ taskrun.value }}", "ForEach")]
    [InlineData("{{ now() | date('VV') }}", "yyyy-MM-dd")]
    [InlineData("{{ 'x' | date }}", "now()")]
    [InlineData("{{ outputs.a.b }}", "before")]
    public void What_is_not_there_is_an_error_with_its_cure(string text, string cure) =>
        Assert.Contains(cure, Assert.Throws<TemplateException>(() => Template.Parse(text).Render(Scope())).Cure, StringComparison.Ordinal);

    [Fact]
    public void Nesting_is_bounded() => Assert.Throws<TemplateException>(() => Template.Parse("{{ " + new string('(', 100_000)));

    [Fact]
    public void A_path_finds_its_value_in_a_delivery()
    {
        using var body = System.Text.Json.JsonDocument.Parse("""{"commits":[{"id":"abc"}],"odd key":{"it's":1}}""");
        Assert.Equal("\"abc\"", PayloadPath.Find(body.RootElement, "body.commits[0].id"));
        var path = TemplateReferences.Of(Template.Parse("{{ trigger.body['odd key'][\"it's\"] }}"), Flow).Payload.Single();
        Assert.Equal("1", PayloadPath.Find(body.RootElement, path));
        Assert.Null(PayloadPath.Find(body.RootElement, "body.commits[1].id"));
        Assert.Equal("x-github-event", PayloadPath.HeaderName("headers.x-github-event"));
    }

    [Fact]
    public void What_is_shown_has_stars_where_a_secret_or_a_stored_value_stands()
    {
        var scope = new TemplateScope(Flow, Load.World, new RenderContext(Load.World, Payload), masked: true);
        Assert.Equal("***/***/deep", Template.Parse("{{ secret('WEBHOOK_KEY') }}/{{ kv('TOKEN') }}/{{ vars.b }}").Render(scope));
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("false", false)]
    [InlineData("0", false)]
    [InlineData("-0", false)]
    [InlineData("true", true)]
    [InlineData("False", true)]
    [InlineData("no", true)]
    [InlineData(" ", true)]
    public void A_condition_holds_as_in_Kestra(string rendered, bool holds) => Assert.Equal(holds, Operators.Holds(rendered));

    private static FlowValues Values(string variables) =>
        FlowValues.Of(new SyncKey("main", "system", "sync")) with { Variables = (MapValue)YamlReader.Read(variables, new FaultList("a.yml"))! };

    private static TemplateScope Scope()
    {
        var run = new RunFacts("run-1", new DateTimeOffset(2026, 1, 1, 23, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 1, 2, 4, 4, 5, TimeSpan.FromHours(1)).AddTicks(6_789_000));
        return new(Flow, Load.World, new RenderContext(Load.World, Payload) { Run = run });
    }
}
