using System.Text.Json;
using KestraGitHub.Definitions;
using KestraGitHub.Webhooks;

namespace KestraGitHub.Tests.Webhooks;

public sealed class WebhookDecisionTests
{
    private const string Zeros = "0000000000000000000000000000000000000000";

    [Theory]
    [InlineData("push", """{"ref":"refs/heads/main"}""", "Run", null)]
    [InlineData("push", """{"ref":"refs/heads/main","commits":null}""", "Run", null)]
    [InlineData("push", """{"ref":"refs/heads/main","created":true,"before":"0000000000000000000000000000000000000000"}""", "Run", null)]
    [InlineData("push", """{"ref":"refs/heads/main","forced":true}""", "Run", null)]
    [InlineData("push", """{"ref":"refs/heads/main","deleted":false,"after":"abc","commits":[]}""", "Run", null)]
    [InlineData("push", """{"ref":"refs/heads/main","deleted":"true"}""", "Run", null)]
    [InlineData("push", """{"ref":"refs/heads/main","deleted":true}""", "Ignore", "deleted")]
    [InlineData("push", """{"ref":"refs/heads/main","after":"0000000000000000000000000000000000000000"}""", "Ignore", "deleted")]
    [InlineData("push", """{"ref":"refs/heads/main","after":"0000000000000000000000000000000000000000000000000000000000000000"}""", "Ignore", "deleted")]
    [InlineData("push", """{"ref":"refs/heads/other"}""", "Ignore", "Not watched: refs/heads/other")]
    [InlineData("push", """{"ref":"refs/tags/main"}""", "Ignore", "Tags")]
    [InlineData("push", """{"ref":"main"}""", "Ignore", "not a branch")]
    [InlineData("push", """{"ref":""}""", "Ignore", "not a branch")]
    [InlineData("push", """{"ref":"refs/heads/../../x"}""", "Ignore", "not a branch")]
    [InlineData("push", """{"ref":"refs/heads/-oProxyCommand=x"}""", "Ignore", "not a branch")]
    [InlineData("push", """{"ref":"refs/heads/gh-readonly-queue/main/pr-1-abc"}""", "Ignore", "merge queue")]
    [InlineData("push", "{}", "Refuse", "no ref")]
    [InlineData("push", """{"ref":1}""", "Refuse", "no ref")]
    [InlineData("push", """{"ref":null}""", "Refuse", "no ref")]
    [InlineData("pull_request", """{"action":"synchronize","ref":"refs/heads/main"}""", "Ignore", "Only a push starts this sync; this was pull_request.")]
    [InlineData("create", """{"ref":"main","ref_type":"branch"}""", "Ignore", "Only a push")]
    [InlineData("installation", """{"action":"created"}""", "Ignore", "Only a push")]
    [InlineData("something_new", "{}", "Ignore", "Only a push")]
    [InlineData("ping", """{"zen":"Keep it logically awesome."}""", "Pong", "works")]
    [InlineData("Push", """{"ref":"refs/heads/main"}""", "Ignore", "Only a push")]
    public void A_call_leads_to(string @event, string body, string verdict, string? reason)
    {
        var decision = Decide(Some.Definition(), @event, body);

        Assert.Equal(verdict, decision.Verdict.ToString());
        if (reason is null) Assert.Null(decision.Reason);
        else Assert.Contains(reason, decision.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[{"added":["docs/a.md"],"modified":[],"removed":[]}]""", false)]
    [InlineData("""[{"added":["docs/a.md"]},{"modified":["_flows/a.yml"]}]""", true)]
    [InlineData("""[{"removed":["_flows/a.yml"]}]""", true)]
    [InlineData("""[{"added":["docs/a.md"]},{"added":[],"modified":[],"removed":[]}]""", true)]
    [InlineData("""[{"added":["docs/a.md"]},{}]""", true)]
    [InlineData("""[{"added":["docs/a.md",1]}]""", true)]
    [InlineData("""[{"added":"docs/a.md"}]""", true)]
    [InlineData("""[{"added":["docs/\ud800"]}]""", true)]
    [InlineData("""[null]""", true)]
    [InlineData("[]", true)]
    [InlineData("null", true)]
    [InlineData("""{"0":{}}""", true)]
    public void Only_a_whole_list_of_files_keeps_a_push_from_being_looked_at(string commits, bool runs) =>
        Assert.Equal(runs, RunsWithPaths($$"""{"ref":"refs/heads/main","commits":{{commits}}}"""));

    [Theory]
    [InlineData("""  "forced":true  """)]
    [InlineData("""  "created":true  """)]
    [InlineData($"""  "before":"{Zeros}"  """)]
    [InlineData("""  "size":2  """)]
    [InlineData("""  "distinct_size":3  """)]
    public void A_list_that_may_be_cut_or_relative_to_nothing_means_look(string field) =>
        Assert.True(RunsWithPaths($$"""{"ref":"refs/heads/main",{{field}},"commits":[{"distinct":true,"added":["docs/a.md"]}]}"""));

    [Theory]
    [InlineData("""  "size":1  """)]
    [InlineData("""  "distinct_size":1  """)]
    public void A_list_that_is_as_long_as_it_says_is_believed(string field) =>
        Assert.False(RunsWithPaths($$"""{"ref":"refs/heads/main",{{field}},"commits":[{"distinct":true,"added":["docs/a.md"]}]}"""));

    [Theory]
    [InlineData(2047, 1, false)]
    [InlineData(2048, 1, true)]
    [InlineData(2049, 1, true)]
    [InlineData(1, 299, false)]
    [InlineData(1, 300, true)]
    public void A_list_at_a_limit_of_GitHubs_means_look(int commits, int files, bool runs)
    {
        var commit = $$"""{"added":[{{string.Join(',', Enumerable.Range(0, files).Select(i => $"\"docs/{i}\""))}}]}""";

        Assert.Equal(runs, RunsWithPaths($$"""{"ref":"refs/heads/main","commits":[{{string.Join(',', Enumerable.Repeat(commit, commits))}}]}"""));
    }

    [Fact]
    public void What_is_disabled_ignores_and_still_pongs()
    {
        var flow = Some.Definition(disabled: true);
        var trigger = Some.Definition(triggers: [Some.Trigger("off", disabled: true)]);

        Assert.Equal(new WebhookDecision(WebhookVerdict.Ignore, "The sync is disabled."), Decide(flow, "push", """{"ref":"refs/heads/main"}"""));
        Assert.Equal(new WebhookDecision(WebhookVerdict.Ignore, "The trigger off is disabled."), Decide(trigger, "push", """{"ref":"refs/heads/main"}"""));
        Assert.Equal(WebhookVerdict.Pong, Decide(flow, "ping", "{}").Verdict);
    }

    private static bool RunsWithPaths(string body) =>
        Decide(Some.Definition(paths: ["_flows/"]), "push", body).Verdict == WebhookVerdict.Run;

    private static WebhookDecision Decide(Definition definition, string @event, string body)
    {
        using var document = JsonDocument.Parse(body);
        return WebhookDecision.Of(
            definition, definition.Webhooks[0], @event, document.RootElement, DeliveryFacts.Of(document.RootElement), Some.Rules);
    }
}
