using System.Text;
using KestraGitHub.Definitions;
using KestraGitHub.Runs;
using KestraGitHub.Webhooks;

namespace KestraGitHub.Tests.Webhooks;

public sealed class FanOutTests
{
    private const string Push = """
        {"ref":"refs/heads/main","before":"1111111111111111111111111111111111111111","after":"2222222222222222222222222222222222222222",
         "repository":{"id":1,"full_name":"acme/flows","html_url":"https://github.com/acme/flows"},"pusher":{"name":"bea"},
         "commits":[{"distinct":true,"added":["flows/a.yml"],"modified":[],"removed":[]}]}
        """;

    private static readonly SyncKey Second = Some.Sync with { Flow = "second" };

    [Fact]
    public void A_push_goes_to_every_reader_that_watches_it()
    {
        var parcel = Of("push", Push, [Some.Definition(), Some.Definition(sync: Second)]);
        Assert.Equal([Some.Sync, Second], parcel.Parcels.Select(p => p.Row.Sync));
        Assert.All(parcel.Parcels, p => Assert.Equal(("webhook", "queued", "bea"), (p.Run!.Trigger.Kind, p.Row.Outcome, p.Run.Trigger.By)));
        Assert.Empty(parcel.Seen);
    }

    [Fact]
    public void Who_does_not_watch_the_paths_or_sleeps_is_left_out_and_knows_the_commit_only_if_it_looked()
    {
        var parcel = Of("push", Push, [
            Some.Definition(), Some.Definition(sync: Second, paths: ["docs/"]), Some.Definition(sync: Second with { Flow = "off" }, disabled: true),
            Some.Definition(sync: Second with { Flow = "no-trigger" }, triggers: []), Some.Definition(sync: Second with { Flow = "trigger-off" }, triggers: [Some.Trigger(disabled: true)])]);
        Assert.Equal([Some.Sync], parcel.Parcels.Select(p => p.Row.Sync));
        var seen = Assert.Single(parcel.Seen);
        Assert.Equal((Second, "github.com/acme/flows", "refs/heads/main", new string('2', 40)), (seen.Sync, seen.Repository.ToString(), seen.Ref, seen.Commit));
    }

    [Fact]
    public void An_enabled_trigger_goes_before_a_disabled_one() =>
        Assert.Equal("on", Of("push", Push, [Some.Definition(triggers: [Some.Trigger("off", disabled: true), Some.Trigger("on")])]).Parcels[0].Row.TriggerId);

    [Fact]
    public void A_commit_of_its_own_starts_no_run()
    {
        var parcel = Of("push", Push, [Some.Definition(), Some.Definition(sync: Second)], own: [Some.Sync]);
        Assert.Equal([Second], parcel.Parcels.Select(p => p.Row.Sync));
        Assert.Equal(Some.Sync, Assert.Single(parcel.Seen).Sync);
    }

    [Theory]
    [InlineData("pull_request")]
    [InlineData("check_run")]
    [InlineData("check_suite")]
    [InlineData("merge_group")]
    [InlineData("create")]
    [InlineData("installation")]
    public void Nothing_but_a_push_starts_a_run_and_it_is_listed_once(string @event)
    {
        var parcel = Assert.Single(Of(@event, Push, [Some.Definition(), Some.Definition(sync: Second)]).Parcels);
        Assert.Null(parcel.Run);
        Assert.Equal((SyncKey.None, "ignored", $"Only a push starts a sync; this was {@event}."), (parcel.Row.Sync, parcel.Row.Outcome, parcel.Row.Reason));
    }

    [Fact]
    public void A_ping_of_an_organisation_is_a_pong() =>
        Assert.Equal("pong", Assert.Single(Of("ping", """{"zen":"Keep it logically awesome.","organization":{"login":"acme"}}""", []).Parcels).Row.Outcome);

    [Fact]
    public void The_reason_names_what_a_person_needs()
    {
        Assert.Equal("No sync reads acme/flows.", Of("push", Push, []).Parcels[0].Reason);
        var feature = Push.Replace("heads/main", "heads/feature", StringComparison.Ordinal);
        Assert.Equal($"{Some.Sync}: Not watched: refs/heads/feature; this sync reads main.", Of("push", feature, [Some.Definition()]).Parcels[0].Reason);
        Assert.StartsWith("2 syncs read acme/flows, and none takes this push.", Of("push", feature, [Some.Definition(), Some.Definition(sync: Second)]).Parcels[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_push_without_a_ref_is_refused()
    {
        Assert.Null(FanOut.Of(Call("push"), "{}"u8.ToArray(), [], new HashSet<SyncKey>(), NoChecks, Some.Rules, DateTimeOffset.UnixEpoch, out var fault));
        Assert.Contains("no ref", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pull_request_is_planned_by_those_who_want_it_and_read_its_base()
    {
        var parcel = Of("pull_request", Pull("opened"), [Some.Definition(), Planning(Second)]);
        var one = Assert.Single(parcel.Parcels);
        Assert.Equal((Second, "queued", "pullRequest", true, 7L), (one.Row.Sync, one.Row.Outcome, one.Run!.Trigger.Kind, one.Run.DryRun, one.Run.PullRequest!.Number));
        Assert.Empty(one.Run.Payload);
        var elsewhere = Assert.Single(Of("pull_request", Pull("opened"), [Planning(Second) with { TaskBranches = ["release"] }]).Parcels);
        Assert.Equal((SyncKey.None, true), (elsewhere.Row.Sync, elsewhere.Reason!.Contains("does not read", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_pull_request_of_what_a_sync_pushed_itself_is_planned_all_the_same()
    {
        var pushed = Pull("synchronize").Replace("{\"action\"", "{\"before\":\"1111111111111111111111111111111111111111\",\"after\":\"2222222222222222222222222222222222222222\",\"action\"", StringComparison.Ordinal);
        var parcel = Of("pull_request", pushed, [Planning(Second)], own: [Second]);
        Assert.NotNull(Assert.Single(parcel.Parcels).Run);
        Assert.Empty(parcel.Seen);
    }

    [Fact]
    public void A_close_and_a_merge_group_are_listed_with_each_sync_and_run_nothing()
    {
        var closed = Of("pull_request", Pull("closed"), [Planning(Some.Sync), Planning(Second)]).Parcels;
        Assert.Equal([Some.Sync, Second], closed.Select(p => p.Row.Sync));
        Assert.All(closed, p => Assert.Equal((null, "ignored", 7L), (p.Run, p.Row.Outcome, p.Pull!.Number)));
        var group = Of("merge_group", """{"action":"checks_requested","merge_group":{"head_sha":"2222222222222222222222222222222222222222"},"repository":{"id":1,"full_name":"acme/flows"}}""", [Planning(Some.Sync), Some.Definition(sync: Second)]).Parcels;
        Assert.Equal((Some.Sync, null, ("acme/flows", new string('2', 40))), Assert.Single(group) is var g ? (g.Row.Sync, g.Run, g.Group) : default);
    }

    private static readonly IReadOnlyDictionary<SyncKey, ToldCheck> NoChecks = new Dictionary<SyncKey, ToldCheck>();

    private static Definition Planning(SyncKey sync) =>
        Some.Definition(sync: sync) is var plain ? plain with { Options = plain.Options with { PullRequests = new PullRequestRules(Forks: false, Comment: true) } } : null!;

    private static string Pull(string action) => $$"""
        {"action":"{{action}}","pull_request":{"number":7,"head":{"sha":"2222222222222222222222222222222222222222","repo":{"full_name":"acme/flows"} },"base":{"ref":"main"} },
         "repository":{"id":1,"full_name":"acme/flows","html_url":"https://github.com/acme/flows","default_branch":"main"} }
        """;

    private static AuthenticCall Call(string @event) => new(@event, Some.Guid, 1, DeliveryMedia.Json, new Dictionary<string, string>());

    private static FanOutParcel Of(string @event, string body, IReadOnlyList<Definition> readers, IReadOnlyList<SyncKey>? own = null) =>
        FanOut.Of(Call(@event), Encoding.UTF8.GetBytes(body), readers, (own ?? []).ToHashSet(), NoChecks, Some.Rules, DateTimeOffset.UnixEpoch, out _)!;
}
