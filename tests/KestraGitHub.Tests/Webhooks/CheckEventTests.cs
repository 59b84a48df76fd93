using System.Text.Json;
using KestraGitHub.Definitions;
using KestraGitHub.GitHub;
using KestraGitHub.Runs;
using KestraGitHub.Storage;
using KestraGitHub.Webhooks;

namespace KestraGitHub.Tests.Webhooks;

public sealed class CheckEventTests
{
    private const string Sha = "2222222222222222222222222222222222222222";
    private const string App = "\"app\":{\"id\":1234,\"client_id\":\"Iv1.a\"}";
    private const string Run = $$"""{"head_sha":"{{Sha}}","name":"kestra-github/a/b","external_id":"r1",{{App}} }""";

    [Theory]
    [InlineData("check_run", $$"""{"action":"rerequested","check_run":{{Run}} }""", true)]
    [InlineData("check_run", $$"""{"action":"requested_action","requested_action":{"identifier":"run_again"},"check_run":{{Run}} }""", true)]
    [InlineData("check_run", $$"""{"action":"requested_action","requested_action":{"identifier":"other"},"check_run":{{Run}} }""", false)]
    [InlineData("check_run", $$"""{"action":"requested_action","check_run":{{Run}} }""", false)]
    [InlineData("check_run", $$"""{"action":"completed","check_run":{{Run}} }""", false)]
    [InlineData("check_run", """{"action":"rerequested","check_run":{"head_sha":"main","name":"x","external_id":"r1"}}""", false)]
    [InlineData("check_run", $$"""{"action":"rerequested","check_run":{"head_sha":"{{Sha}}","name":"x","external_id":""} }""", false)]
    [InlineData("check_run", """{"action":"rerequested","check_run":[]}""", false)]
    [InlineData("check_suite", $$"""{"action":"rerequested","check_suite":{"head_sha":"{{Sha}}",{{App}} } }""", true)]
    [InlineData("check_suite", $$"""{"action":"requested","check_suite":{"head_sha":"{{Sha}}",{{App}} } }""", false)]
    [InlineData("check_suite", """{"action":"rerequested"}""", false)]
    [InlineData("push", $$"""{"action":"rerequested","check_run":{{Run}} }""", false)]
    public void Only_a_button_asks_for_something(string @event, string json, bool asks)
    {
        var asked = Asked(@event, json);
        Assert.Equal(asks, asked is not null);
        if (asked is null) return;
        Assert.Equal((Sha, "1234", "Iv1.a"), (asked.Commit, asked.AppId, asked.ClientId));
        Assert.Equal(@event == "check_suite" ? (null, null) : ("kestra-github/a/b", "r1"), (asked.Name, asked.Run));
    }

    [Fact]
    public void A_run_that_applied_is_run_again_with_what_its_delivery_told()
    {
        var check = Told(Some.Sync, null);
        var decision = CheckEvents.Decide(Some.Definition(), check);
        var call = new AuthenticCall("check_run", Some.Guid, 1, DeliveryMedia.Json, new Dictionary<string, string>());
        using var body = JsonDocument.Parse("""{"sender":{"login":"bea"}}""");
        var run = call.Wanted(decision, Some.Definition(), Some.Trigger(), DeliveryFacts.Of(body.RootElement), body.RootElement)!;
        Assert.Equal(("rerun", "bea", "refs/heads/main", Sha, Some.Guid), (run.Trigger.Kind, run.Trigger.By, run.Trigger.Ref, run.Trigger.Commit, run.Trigger.DeliveryId));
        Assert.Equal((false, null, true, "\"x\""), (run.DryRun, run.Revision, run.Mergeable, run.Payload["body.x"]));
    }

    [Theory]
    [InlineData(false, false, false, "Run", false)]
    [InlineData(true, false, true, "Run", false)]
    [InlineData(true, false, false, "Run", true)]
    [InlineData(false, true, false, "Ignore", false)]
    public void A_plan_is_made_again_as_the_rules_are_now(bool fork, bool outdated, bool forks, string verdict, bool refused)
    {
        var pull = new PullRequest("acme/flows", 7, Sha, "main", true, false) { OfFork = fork };
        var plain = Some.Definition();
        var planning = plain with { Options = plain.Options with { PullRequests = new PullRequestRules(forks, Comment: true) } };
        var decision = CheckEvents.Decide(planning, Told(Some.Sync, pull) with { Outdated = outdated });
        Assert.Equal((verdict, refused), (decision.Verdict.ToString(), decision.Pull?.Refused ?? false));
        Assert.Equal(WebhookVerdict.Ignore, CheckEvents.Decide(plain, Told(Some.Sync, pull)).Verdict);
    }

    [Fact]
    public void Without_a_check_of_ours_nothing_runs() => Assert.Equal(WebhookVerdict.Ignore, CheckEvents.Decide(Some.Definition(), null).Verdict);

    [Theory]
    [InlineData("1234", "1234", null, true)]
    [InlineData("1234", "99", "1234", true)]
    [InlineData("1234", "99", "Iv1.a", false)]
    [InlineData("1234", null, "Iv1.a", true)]
    [InlineData("Iv1.a", "1234", "Iv1.a", true)]
    [InlineData("Iv1.a", "1234", null, true)]
    [InlineData("Iv1.a", "1234", "Iv1.b", false)]
    [InlineData(null, "1234", "Iv1.a", false)]
    public void The_App_is_ours_by_either_of_its_names(string? configured, string? id, string? clientId, bool own) =>
        Assert.Equal(own, new GitHubOptions { AppId = configured }.IsOwnApp(id, clientId));

    private static CheckRequest? Asked(string @event, string json)
    {
        using var body = JsonDocument.Parse(json);
        return CheckEvents.Of(@event, body.RootElement, DeliveryFacts.Of(body.RootElement));
    }

    private static ToldCheck Told(SyncKey sync, PullRequest? pull)
    {
        var run = new RunRow(
            "r1", sync, new RunTrigger("webhook", "github", "ann", "a-guid", "refs/heads/main", Sha), RunState.Failed, null, pull is not null, null, null, null, null, 1, default, default, null, null,
            new RunCounts(), "bad", "permanent", false, 1, 0, new Dictionary<string, string> { ["body.x"] = "\"x\"" }) { PullRequest = pull };
        return new(new OutboxRow("o1", sync, "r1", "acme/flows", Sha, CommitReports.ContextOf(sync), "failed", CommitReporter.Check, null, null, 0, false), run, Outdated: false);
    }
}
