using System.Text.Json;
using KestraGitHub.Definitions;
using KestraGitHub.Webhooks;

namespace KestraGitHub.Tests.Webhooks;

public sealed class PullRequestEventTests
{
    private const string Head = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    [Theory]
    [InlineData("opened", "Run")]
    [InlineData("synchronize", "Run")]
    [InlineData("reopened", "Run")]
    [InlineData("ready_for_review", "Run")]
    [InlineData("closed", "Ignore")]
    [InlineData("labeled", "Ignore")]
    [InlineData("edited", "Ignore")]
    [InlineData(null, "Ignore")]
    public void Only_what_changes_a_plan_plans(string? action, string verdict) => Assert.Equal(verdict, Decide("pull_request", Body(action)).Verdict.ToString());

    [Theory]
    [InlineData("acme/flows", false)]
    [InlineData("Acme/Flows", false)]
    [InlineData("mallory/flows", true)]
    [InlineData(null, true)]
    public void What_comes_from_elsewhere_is_a_fork(string? repository, bool refused) =>
        Assert.Equal(refused, Decide("pull_request", Body("opened", repository)).Pull!.Refused);

    [Fact]
    public void Without_the_policy_nothing_comes_of_it()
    {
        using var body = JsonDocument.Parse(Body("opened"));
        var decision = WebhookDecision.Of(Some.Definition(), Some.Definition().Webhooks[0], "pull_request", body.RootElement, DeliveryFacts.Of(body.RootElement), Some.Rules);
        Assert.Equal((WebhookVerdict.Ignore, null), (decision.Verdict, decision.Pull));
    }

    [Theory]
    [InlineData("""{"action":"opened"}""")]
    [InlineData("""{"action":"opened","pull_request":{"number":1.5,"head":{"sha":"x"},"base":{"ref":"main"}},"repository":{"full_name":"acme/flows"}}""")]
    [InlineData("""{"action":"opened","pull_request":{"number":1,"head":{"sha":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},"base":{"ref":"-x"}},"repository":{"full_name":"acme/flows"}}""")]
    [InlineData("""{"action":"opened","pull_request":{"number":1,"head":{"sha":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},"base":{"ref":"main"}},"repository":{"full_name":"../../app"}}""")]
    public void What_says_too_little_or_is_none_is_ignored(string body) => Assert.Equal(WebhookVerdict.Ignore, Decide("pull_request", body).Verdict);

    [Fact]
    public void A_group_is_let_through_and_never_runs()
    {
        var body = """{"action":"checks_requested","merge_group":{"head_sha":"HEAD"},"repository":{"full_name":"acme/flows"}}""".Replace("HEAD", Head, StringComparison.Ordinal);
        var decision = Decide("merge_group", body);
        Assert.Equal((WebhookVerdict.Ignore, ("acme/flows", Head)), (decision.Verdict, decision.Group));
        Assert.Null(Decide("merge_group", body.Replace("checks_requested", "destroyed", StringComparison.Ordinal)).Group);
    }

    private static WebhookDecision Decide(string @event, string body)
    {
        var plain = Some.Definition();
        var definition = plain with { Options = plain.Options with { PullRequests = new PullRequestRules(Forks: false, Comment: true) } };
        using var document = JsonDocument.Parse(body);
        return WebhookDecision.Of(definition, definition.Webhooks[0], @event, document.RootElement, DeliveryFacts.Of(document.RootElement), Some.Rules);
    }

    private static string Body(string? action, string? fork = "acme/flows") => JsonSerializer.Serialize(new
    {
        action,
        pull_request = new { number = 7, head = new { sha = Head, repo = fork is null ? null : new { full_name = fork } }, @base = new { @ref = "main" } },
        repository = new { full_name = "acme/flows", default_branch = "main" },
    });
}
