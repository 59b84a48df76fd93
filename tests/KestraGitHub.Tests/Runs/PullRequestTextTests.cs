using KestraGitHub.Definitions;
using KestraGitHub.GitHub;
using KestraGitHub.Runs;
using KestraGitHub.Storage;

namespace KestraGitHub.Tests.Runs;

public sealed class PullRequestTextTests
{
    private static readonly SyncKey Sync = new("main", "system", "sync");

    [Fact]
    public void A_comment_holds_nothing_of_strangers_outside_of_code()
    {
        var hostile = "](https://evil.example) `@org/team` | <b>#1</b>\n# big";
        var body = PullRequestText.Comment(Run(RunState.Failed, hostile), [Row("deleted", hostile, hostile), Row("invalid", hostile, hostile)], [hostile], 2, null);
        var outside = string.Concat(body.Split('`').Where((_, i) => i % 2 == 0));
        Assert.DoesNotContain("@", outside, StringComparison.Ordinal);
        Assert.DoesNotContain("evil", outside, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", outside, StringComparison.Ordinal);
        // Each row has just the cells of its head.
        foreach (var line in body.Split('\n').Where(l => l.StartsWith('|'))) Assert.Equal(5, line.Count(c => c == '|'));
    }

    [Fact]
    public void A_plan_that_is_too_long_is_cut_with_a_link_and_deletions_come_before_changes()
    {
        var rows = Enumerable.Range(1, 2000).Select(i => Row("updated", $"flow{i}", new string('x', 200))).Append(Row("deleted", "gone", "no longer in Git")).ToList();
        var body = PullRequestText.Comment(Run(RunState.Succeeded, null), rows, [], 0, "https://kgh.example/runs/1");
        Assert.InRange(body.Length, 60_000, IssueComments.Longest);
        Assert.Contains("there is more than fits here", body, StringComparison.Ordinal);
        Assert.Contains("](https://kgh.example/runs/1)", body, StringComparison.Ordinal);
        Assert.Contains("gone", body, StringComparison.Ordinal);
    }

    [Fact]
    public void Parts_of_a_flow_are_told_by_their_ids()
    {
        const string before = "id: a\ntasks:\n  - id: one\n    type: t\n  - id: two\n    type: t\ninputs:\n  - id: day\n    type: DATE\n";
        const string after = "id: a\ntasks:\n  - id: two\n    type: u\n  - id: three\n    type: t\ninputs:\n  - id: day\n    type: DATE\ntriggers:\n  - id: hook\n    type: w\n";
        Assert.Equal("tasks +three -one ~two; triggers +hook", FlowDifference.Words(before, after));
        Assert.Null(FlowDifference.Words(before, before + "# a comment\n"));
    }

    private static ChangeRow Row(string action, string id, string reason) => new("git", "flow", "team", id, $"flows/{id}.yml", action, reason, Additions: 1, Deletions: 1, Line: 2);

    private static RunRow Run(RunState state, string? error) => new(
        "0001", Sync, new RunTrigger("pullRequest"), state, null, true, null, null, null, null, 1, default, default, null, null, new RunCounts(Updated: 1), error, null, false, 1, 0,
        new Dictionary<string, string>())
    { PullRequest = new PullRequest("acme/flows", 7, new string('a', 40), "main", true, false) };
}
