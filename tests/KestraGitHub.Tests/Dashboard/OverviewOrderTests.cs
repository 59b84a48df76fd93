using KestraGitHub.Dashboard;
using KestraGitHub.Definitions;
using KestraGitHub.Runs;
using KestraGitHub.Storage;

namespace KestraGitHub.Tests.Dashboard;

public sealed class OverviewOrderTests
{
    private static readonly SyncHead Fine = Head("b.fine", SyncStanding.InSync, Last(RunState.Succeeded, 9, 3));
    private static readonly SyncHead Bad = Head("c.bad", SyncStanding.OutOfDate, Last(RunState.Failed, 1, 0));
    private static readonly SyncHead Off = Head("a.off", SyncStanding.Disabled, null);
    private static readonly SyncHead Waits = Head("d.waits", SyncStanding.InSync, Last(RunState.Succeeded, 5, 7), new("x", RunState.Waiting, "approval"));

    [Theory]
    [InlineData(SortBy.Urgency, "c.bad d.waits b.fine a.off")]
    [InlineData(SortBy.Name, "a.off b.fine c.bad d.waits")]
    [InlineData(SortBy.Last, "b.fine d.waits c.bad a.off")]
    [InlineData(SortBy.Objects, "d.waits b.fine a.off c.bad")]
    public void Each_order_is_what_its_name_says(SortBy sort, string names) =>
        Assert.Equal(names, string.Join(' ', OverviewOrder.Of([Waits, Off, Bad, Fine], sort).Select(s => s.Key.Namespace)));

    [Theory]
    [InlineData(null, true)]
    [InlineData("  ", true)]
    [InlineData("FINE", true)]
    [InlineData("sync fine", true)]
    [InlineData("file.yml main", true)]
    [InlineData("fine bad", false)]
    public void A_search_finds_what_has_all_its_words(string? search, bool found) => Assert.Equal(found, OverviewOrder.Matches(Fine, search));

    [Fact]
    public void A_wish_that_is_the_default_has_the_plain_address_and_nonsense_means_the_default()
    {
        Assert.Equal("/", OverviewWish.Of("x", null, "17", "", -3).Address);
        Assert.Equal("/?show=failing&q=a%26b&sort=name&by=week&page=2", OverviewWish.Of("Failing", "a&b", "name", "week", 2).Address);
    }

    private static SyncHead Head(string space, SyncStanding standing, LastHead? last, OpenHead? open = null) =>
        new(new("main", space, "sync"), new("file.yml", new("main", space, "sync"), null, []), standing, last, open, 0, false);

    private static LastHead Last(RunState state, int hour, int objects) => new("r", state, state == RunState.Succeeded, false, DateTimeOffset.UnixEpoch.AddHours(hour), objects);
}
