using System.Globalization;
using KestraGitHub.Definitions;

namespace KestraGitHub.Tests.Definitions;

public sealed class ScheduleChangeTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.Parse("2026-11-26T12:00:00Z", CultureInfo.InvariantCulture);

    [Fact]
    public void A_changed_schedule_is_told_by_its_next_five_times_before_and_after() => Assert.Equal(
        "schedule daily: 2026-11-27 07:00, 2026-11-28 07:00, 2026-11-29 07:00, 2026-11-30 07:00, 2026-12-01 07:00 UTC "
        + "instead of 2026-11-27 06:00, 2026-11-28 06:00, 2026-11-29 06:00, 2026-11-30 06:00, 2026-12-01 06:00 UTC",
        ScheduleChange.Words(Flow("cron: \"0 6 * * *\""), Flow("cron: \"0 7 * * *\""), Now));

    [Theory]
    [InlineData("cron: \"0 6 * * *\"\n    disabled: true", "schedule daily: disabled instead of 2026-11-27 06:00")]
    [InlineData("cron: \"0 6 * * *\"\n    timezone: Europe/Paris", "schedule daily: 2026-11-27 05:00")]
    [InlineData("cron: \"whenever\"", "schedule daily: `whenever` instead of")]
    [InlineData("cron: \"0 0 30 2 *\"", "schedule daily: never instead of")]
    public void So_is_what_is_no_list_of_times(string after, string words) =>
        Assert.StartsWith(words, ScheduleChange.Words(Flow("cron: \"0 6 * * *\""), Flow(after), Now), StringComparison.Ordinal);

    [Fact]
    public void New_ones_and_gone_ones_are_told()
    {
        Assert.StartsWith("new schedule daily: 2026-11-27 06:00", ScheduleChange.Words("id: a\n", Flow("cron: \"0 6 * * *\""), Now), StringComparison.Ordinal);
        Assert.StartsWith("schedule daily is gone, it was 2026-11-27 06:00", ScheduleChange.Words(Flow("cron: \"0 6 * * *\""), "id: a\n", Now), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("id: a\ntriggers:\n  - id: daily\n    type: io.kestra.plugin.core.trigger.Schedule\n    cron: \"0 6 * * *\"\nlabels: {a: b}\n")]
    public void Nothing_is_said_where_nothing_differs_or_nothing_is_known(string? before) => Assert.Null(ScheduleChange.Words(before, Flow("cron: \"0 6 * * *\""), Now));

    private static string Flow(string trigger) => $"id: a\ntriggers:\n  - id: daily\n    type: io.kestra.plugin.core.trigger.Schedule\n    {trigger}\n";

    [Theory]
    [InlineData("changed in Git; schedule a: 2026-11-27 08:00, 2026-11-28 08:00 UTC instead of never", "changed in Git; schedule a: 2026-11-27 08:00 UTC, … instead of never")]
    [InlineData("new schedule a: 2026-11-27 08:00 UTC", "new schedule a: 2026-11-27 08:00 UTC")]
    [InlineData("new in Git", "new in Git")]
    public void Where_there_is_little_room_the_first_time_stands_for_all(string reason, string shortened) => Assert.Equal(shortened, ScheduleChange.Shortened(reason));
}
