using System.Globalization;
using KestraGitHub.Definitions;

namespace KestraGitHub.Tests.Definitions;

public sealed class WindowClockTests
{
    private static readonly SyncWindow Nights = new(true, "0 22 * * *", TimeSpan.FromHours(8), "UTC");
    private static readonly SyncWindow NoFridays = new(false, "0 0 * * 5", TimeSpan.FromDays(1), "UTC");
    private static readonly SyncWindow Never = new(true, "0 0 29 2 *", TimeSpan.FromHours(1), "UTC");

    [Fact]
    public void Without_windows_it_is_always_open() => Assert.Equal(TimeSpan.Zero, WindowClock.UntilOpen([], At("2026-11-26T12:00:00Z")));

    [Theory]
    [InlineData("2026-11-26T12:00:00Z", "10:00:00")]
    [InlineData("2026-11-26T21:59:30Z", "00:00:30")]
    [InlineData("2026-11-26T22:00:00Z", "00:00:00")]
    [InlineData("2026-11-27T05:59:59Z", "00:00:00")]
    [InlineData("2026-11-27T06:00:00Z", "16:00:00")]
    public void An_allow_window_is_open_for_its_duration_and_no_longer(string now, string wait) =>
        Assert.Equal(TimeSpan.Parse(wait, CultureInfo.InvariantCulture), WindowClock.UntilOpen([Nights], At(now)));

    [Theory]
    [InlineData("2026-11-26T23:59:00Z", "00:00:00")]
    [InlineData("2026-11-27T00:00:00Z", "1.00:00:00")]
    [InlineData("2026-11-27T18:00:00Z", "06:00:00")]
    public void A_deny_window_is_shut_for_its_duration(string now, string wait) =>
        Assert.Equal(TimeSpan.Parse(wait, CultureInfo.InvariantCulture), WindowClock.UntilOpen([NoFridays], At(now)));

    [Theory]
    [InlineData("2026-11-26T23:00:00Z", "00:00:00")]
    [InlineData("2026-11-27T01:00:00Z", "23:00:00")]
    public void Where_both_meet_deny_wins(string now, string wait) =>
        Assert.Equal(TimeSpan.Parse(wait, CultureInfo.InvariantCulture), WindowClock.UntilOpen([Nights, NoFridays], At(now)));

    [Fact]
    public void One_that_opens_in_no_year_to_come_is_told_apart() => Assert.Null(WindowClock.UntilOpen([Never], At("2026-11-26T12:00:00Z")));

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
