using KestraGitHub.Definitions;
using KestraGitHub.Runs;
using KestraGitHub.Storage;
using KestraGitHub.Tests.Definitions;

namespace KestraGitHub.Tests.Runs;

public sealed class StandingsTests
{
    private static readonly Definition Enabled = Load.Good(Load.Sync());
    private static readonly Definition Off = Load.Good(Load.Sync(flow: "disabled: true"));
    private static readonly LastHead Clean = new("r", RunState.Succeeded, true, false, DateTimeOffset.UnixEpoch, 3);

    [Fact]
    public void Both_sides_are_equal_only_while_nothing_says_otherwise()
    {
        Assert.Equal(SyncStanding.InSync, Of(Clean));
        Assert.Equal(SyncStanding.OutOfDate, Of(Clean with { Clean = false }));
        Assert.Equal(SyncStanding.OutOfDate, Of(Clean with { TakesBack = true }));
        Assert.Equal(SyncStanding.OutOfDate, Of(Clean, held: true));
        Assert.Equal(SyncStanding.OutOfDate, Of(Clean, waitingFor: Waits.Approval));
        Assert.Equal(SyncStanding.Drifted, Of(Clean, waitingFor: Waits.Approval, held: true, drifted: true));
        Assert.Equal(SyncStanding.Unknown, Of(null));
        Assert.Equal(SyncStanding.OutOfDate, Of(null, waitingFor: Waits.Approval));
    }

    [Theory]
    [InlineData(Waits.Pause)]
    [InlineData(Waits.Window)]
    [InlineData(Waits.Retry)]
    [InlineData(null)]
    public void A_run_that_has_not_looked_yet_says_nothing(string? waitingFor) => Assert.Equal(SyncStanding.InSync, Of(Clean, waitingFor));

    [Fact]
    public void What_does_not_run_is_neither()
    {
        Assert.Equal(SyncStanding.Broken, Standings.Of(Entry(null), Clean, Waits.Approval, true, true));
        Assert.Equal(SyncStanding.Disabled, Standings.Of(Entry(Off), Clean, Waits.Approval, true, true));
    }

    private static SyncStanding Of(LastHead? last, string? waitingFor = null, bool held = false, bool drifted = false) => Standings.Of(Entry(Enabled), last, waitingFor, held, drifted);

    private static CatalogEntry Entry(Definition? definition) => new("a.yml", new SyncKey("main", "system", "sync"), definition, []);
}
