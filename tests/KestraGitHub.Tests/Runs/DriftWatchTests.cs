using KestraGitHub.Runs;
using KestraGitHub.Tests.Definitions;

namespace KestraGitHub.Tests.Runs;

public sealed class DriftWatchTests
{
    private const string Schedule = "triggers:\n  - id: s\n    type: io.kestra.plugin.core.trigger.Schedule\n    cron: \"0 * * * *\"\n";

    [Theory]
    [InlineData("", 0)]
    [InlineData(Schedule, 300)]
    [InlineData(Schedule + "    disabled: true\n", 0)]
    [InlineData(Schedule + "disabled: true\n", 0)]
    [InlineData(Schedule + "x-kestra-github:\n  driftInterval: PT0S\n", 0)]
    [InlineData("x-kestra-github:\n  driftInterval: PT30S\n", 30)]
    public void A_sync_with_a_schedule_is_looked_at_every_five_minutes_and_another_one_when_it_says_so(string more, int seconds)
    {
        var parsed = Load.Text(
            "id: d\nnamespace: system\ntasks:\n  - id: sync\n    type: io.kestra.plugin.git.SyncFlows\n    url: https://github.com/a/b\n    branch: main\n    targetNamespace: prod\n" + more);
        Assert.Empty(parsed.Faults);
        Assert.Equal(TimeSpan.FromSeconds(seconds), DriftWatch.IntervalOf(parsed.Definition));
    }
}
