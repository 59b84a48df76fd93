using KestraGitHub.GitHub;
using KestraGitHub.Runs;
using KestraGitHub.Storage;

namespace KestraGitHub.Tests.Runs;

public sealed class CommitReportTests
{
    private static readonly IReadOnlySet<string> Tasks = new HashSet<string> { "sync" };

    [Theory]
    [InlineData(RunState.Running, null, "pending", "Syncing")]
    [InlineData(RunState.Succeeded, null, "success", "1 deleted, 2 added")]
    [InlineData(RunState.Failed, "Kestra said no.", "failure", "Kestra said no.")]
    [InlineData(RunState.Cancelled, null, "error", "Cancelled")]
    public void Every_state_has_its_word(RunState state, string? error, string said, string words)
    {
        var report = Of(Run(state, error), []);
        Assert.Equal((said, words, state is RunState.Running), (report.State, report.Description, report.EndedAt is null));
    }

    [Fact]
    public void A_plan_that_waits_for_a_person_is_pending_and_says_so() =>
        Assert.Equal(("pending", "Waits for approval: 1 deleted, 2 added"), Of(Run(RunState.Waiting) with { WaitingFor = "approval" }, []) is var r ? (r.State, r.Description) : default);

    [Fact]
    public void What_is_too_long_is_cut_and_strangers_words_stay_words()
    {
        var error = "@everyone `<b>` | " + new string('x', 139) + "\U0001F680" + new string('y', 3000);
        var report = Of(Run(RunState.Failed, error), [.. Enumerable.Range(0, 5000).Select(i => Row("added", $"f{i}", "a | b\n`c`"))]);
        Assert.True(report.Description.Length <= 140 && !char.IsHighSurrogate(report.Description[^2]), report.Description);
        Assert.True(report.Summary.Length <= CommitReport.LongestSummary, $"{report.Summary.Length}");
        Assert.StartsWith("`@everyone '<b>' ¦ ", report.Summary, StringComparison.Ordinal);
        Assert.Contains("and 4800 more", report.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_refused_stands_on_its_line_and_only_in_the_repository_that_it_came_from()
    {
        var report = Of(Run(RunState.Failed), [Row("invalid", "a", "bad") with { Line = 7 }, Row("failed", "b", "worse"), Row("conflict", "c", "both"), Row("added", "d", ""), Row("invalid", "e", "x") with { Task = "other" }]);
        Assert.Equal(["_flows/a.yml 7 failure bad", "_flows/b.yml 1 failure worse", "_flows/c.yml 1 warning both"], report.Annotations.Select(a => $"{a.Path} {a.Line} {a.Level} {a.Message}"));
    }

    [Fact]
    public void A_commit_that_another_took_the_place_of_names_it()
    {
        var source = new SourceRow("sync", "https://github.com/a/b", "refs/heads/main", "0123456789abcdef0123456789abcdef01234567", Made: false);
        Assert.Equal("Superseded by 0123456: 1 deleted, 2 added", CommitReportText.Of(Run(RunState.Succeeded), [], source, Tasks, null).Description);
        Assert.Equal("Pushed 0123456: 1 deleted, 2 added", CommitReportText.Of(Run(RunState.Succeeded), [], source with { Made = true }, Tasks, null).Description);
    }

    [Theory]
    [InlineData("webhook", RunState.Running, 0, "success", "x", false)]
    [InlineData("webhook", RunState.Running, 0, "failure", "x", true)]
    [InlineData("schedule", RunState.Running, 0, "failure", "x", false)]
    [InlineData("schedule", RunState.Succeeded, 0, "success", "6 added", false)]
    [InlineData("schedule", RunState.Succeeded, 3, "success", "6 added", true)]
    [InlineData("schedule", RunState.Succeeded, 0, "failure", "x", true)]
    [InlineData("schedule", RunState.Failed, 0, "failure", "failed", false)]
    [InlineData("schedule", RunState.Failed, 0, "failure", "another reason", true)]
    public void A_later_run_tells_only_what_is_new(string trigger, RunState state, int added, string sentState, string sentText, bool expected)
    {
        var run = Run(state) with { Trigger = new RunTrigger(trigger), Counts = new RunCounts(Added: added, Unchanged: 3) };
        Assert.Equal(expected, CommitReporter.IsNews(run, Of(run, []), new SentReport("status", "1", "an earlier run", "digest", sentState, sentText)));
        Assert.True(CommitReporter.IsNews(run, Of(run, []), null));
    }

    private static CommitReport Of(RunRow run, IReadOnlyList<ChangeRow> changes) => CommitReportText.Of(run, changes, null, Tasks, "https://x/runs/r1");

    private static ChangeRow Row(string action, string id, string reason) => new("sync", "flow", "prod", id, $"_flows/{id}.yml", action, reason);

    private static RunRow Run(RunState state, string? error = null) => new(
        "r1", new("main", "system", "sync"), new RunTrigger("webhook"), state, null, false, null, null, null, null, 1, default, default, default(DateTimeOffset),
        state is RunState.Running or RunState.Waiting ? null : default(DateTimeOffset), new RunCounts(Added: 2, Deleted: 1), error, null, false, 1, 0, new Dictionary<string, string>());
}
