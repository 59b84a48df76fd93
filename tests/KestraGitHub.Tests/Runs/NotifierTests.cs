using System.Text.Json;
using KestraGitHub.Definitions;
using KestraGitHub.Notifications;
using KestraGitHub.Runs;
using KestraGitHub.Storage;
using KestraGitHub.Tests.Notifications;
using KestraGitHub.Tests.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace KestraGitHub.Tests.Runs;

/// <summary>From the end of a run to the receiver, over a real database and a real socket.</summary>
public sealed class NotifierTests : StorageTest
{
    private NotificationStore Store => new(Database);

    [Fact]
    public async Task An_end_is_told_once_however_often_it_is_looked_for()
    {
        await using var receiver = await NotificationReceiver.StartAsync();
        var target = new NotificationTarget { Url = new Secret(receiver.Url), Events = NotificationEvents.All };
        await EndAsync(RunState.Failed, "before anybody listened");
        Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, await Finder(target).LookAsync(default));
        Clock.Advance(TimeSpan.FromSeconds(1));
        var failed = await EndAsync(RunState.Failed, "Kestra is away");
        await EndAsync(RunState.Succeeded, null);
        Assert.Equal(1, await Finder(target).LookAsync(default));
        Assert.Equal(0, await Finder(target).LookAsync(default));
        await TellAsync(target);
        var told = JsonDocument.Parse((await receiver.NextAsync()).Body).RootElement;
        Assert.Equal(("run.failed", failed, "Kestra is away"), (told.GetProperty("event").GetString(), told.GetProperty("run").GetProperty("id").GetString(), told.GetProperty("reason").GetString()));
        Assert.Equal($"https://kg.example/runs/{failed}", told.GetProperty("url").GetString());
        await TellAsync(target);
        Assert.Equal(0, receiver.Waiting);
    }

    [Fact]
    public async Task A_receiver_that_was_away_gets_it_later_under_the_same_id()
    {
        await using var receiver = await NotificationReceiver.StartAsync(503, 200);
        var target = new NotificationTarget { Url = new Secret(receiver.Url) };
        await Finder(target).LookAsync(default);
        Clock.Advance(TimeSpan.FromSeconds(1));
        await EndAsync(RunState.Failed, "x");
        await TellAsync(target);
        var first = (await receiver.NextAsync()).Headers["X-KestraGitHub-Delivery"];
        await TellAsync(target);
        Assert.Equal(0, receiver.Waiting); // not yet
        Clock.Advance(TimeSpan.FromSeconds(6));
        await TellAsync(target);
        Assert.Equal(first, (await receiver.NextAsync()).Headers["X-KestraGitHub-Delivery"]);
        Clock.Advance(TimeSpan.FromMinutes(20));
        await TellAsync(target);
        Assert.Equal(0, receiver.Waiting);
    }

    [Fact]
    public async Task A_plan_that_waits_is_told_and_told_again_only_for_another_plan()
    {
        var target = new NotificationTarget { Url = new Secret("https://h/x") };
        await Finder(target).LookAsync(default);
        Clock.Advance(TimeSpan.FromSeconds(1));
        await Runs.EnqueueAsync(new RunRequest(Sync, new("api"), false, null, TimeSpan.Zero, new Dictionary<string, string>()), merge: false, None);
        var claimed = (await Runs.ClaimAsync(Sync, "me", Lease, None))!;
        var plan = new StoredPlan("d1", Clock.Now, "20 deletes", "p", new Dictionary<string, string>(), []);
        await new PlanStore(Database).SaveAsync(claimed.Lease, plan, None);
        Assert.True(await Runs.ParkAsync(claimed.Lease, "approval", null, "look", new RunCounts { Deleted = 20 }, [], None));
        Assert.Equal(1, await Finder(target).LookAsync(default));
        Assert.Equal(0, await Finder(target).LookAsync(default));
        Assert.Contains("20 deletes", (await Store.ClaimAsync(target.Id, Lease, None))!.Payload, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_nodes_tell_one_thing_once()
    {
        var target = new NotificationTarget { Url = new Secret("https://h/x") };
        await Finder(target).LookAsync(default);
        Clock.Advance(TimeSpan.FromSeconds(1));
        await EndAsync(RunState.Failed, "x");
        Assert.Equal(1, (await Task.WhenAll(Finder(target).LookAsync(default), Finder(target).LookAsync(default))).Sum());
        var claims = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Store.ClaimAsync(target.Id, Lease, None)));
        Assert.Single(claims, c => c is not null);
    }

    private NotificationFinder Finder(NotificationTarget target) =>
        new([target], Store, new DriftStore(Database), Options.Create(new PublicAddress { PublicUrl = "https://kg.example/" }), Clock);

    /// <summary>One look of the service: it looks once before its clock's first tick.</summary>
    private async Task TellAsync(NotificationTarget target)
    {
        using var client = new NotificationClient();
        using var notifier = new Notifier([target], Finder(target), Store, client, Clock, NullLogger<Notifier>.Instance);
        await notifier.LookAsync(default);
    }

    private async Task<string> EndAsync(RunState state, string? error)
    {
        var run = await Runs.EnqueueAsync(new RunRequest(Sync, new("api"), false, null, TimeSpan.Zero, new Dictionary<string, string>()), merge: false, None);
        var claimed = (await Runs.ClaimAsync(Sync, "me", Lease, None))!;
        Assert.True(await Runs.FinishAsync(claimed.Lease, new RunEnding(state, new RunCounts(), [], error, error is null ? null : "permanent"), None));
        return run.Id;
    }
}
