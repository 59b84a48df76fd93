using KestraGitHub.Dashboard;

namespace KestraGitHub.Tests.Dashboard;

public sealed class AgoTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Theory]
    [InlineData(0, "now")]
    [InlineData(40, "40 s ago")]
    [InlineData(59 * 60, "59 min ago")]
    [InlineData(2 * 3600, "2 h ago")]
    [InlineData(30 * 3600, "1 day ago")]
    [InlineData(14 * 86400, "14 days ago")]
    [InlineData(90 * 86400, "3 months ago")]
    [InlineData(-41 * 60, "in 41 min")]
    public void Distances_are_said_as_people_say_them(int secondsAgo, string words) =>
        Assert.Equal(words, Ago.Relative(Now.AddSeconds(-secondsAgo), Now));

    [Theory]
    [InlineData(48, "48 ms")]
    [InlineData(1234, "1.2 s")]
    [InlineData(200_000, "3 min 20 s")]
    [InlineData(7_260_000, "2 h 1 min")]
    [InlineData(-5, "0 ms")]
    public void Durations_have_the_unit_that_fits(int milliseconds, string words) =>
        Assert.Equal(words, Ago.Duration(TimeSpan.FromMilliseconds(milliseconds)));

    [Fact]
    public void The_exact_time_is_in_UTC_whatever_the_offset() =>
        Assert.Equal("2026-01-02 03:04:05 UTC", Ago.Exact(Now.ToOffset(TimeSpan.FromHours(5))));
}
