using System.Text;
using KestraGitHub.Definitions;
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
        Assert.Null(FanOut.Of(Call("push"), "{}"u8.ToArray(), [], new HashSet<SyncKey>(), Some.Rules, DateTimeOffset.UnixEpoch, out var fault));
        Assert.Contains("no ref", fault, StringComparison.Ordinal);
    }

    private static AuthenticCall Call(string @event) => new(@event, Some.Guid, 1, DeliveryMedia.Json, new Dictionary<string, string>());

    private static FanOutParcel Of(string @event, string body, IReadOnlyList<Definition> readers, IReadOnlyList<SyncKey>? own = null) =>
        FanOut.Of(Call(@event), Encoding.UTF8.GetBytes(body), readers, (own ?? []).ToHashSet(), Some.Rules, DateTimeOffset.UnixEpoch, out _)!;
}
