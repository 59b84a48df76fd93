using KestraGitHub.Reconciliation;
using KestraGitHub.Runs;
using KestraGitHub.Storage;

namespace KestraGitHub.Tests.Runs;

public sealed class RunReportTests
{
    private static readonly Change Added = Row(ChangeAction.Added, "a");
    private static readonly Change Updated = Row(ChangeAction.Updated, "b");
    private static readonly Change Unchanged = Row(ChangeAction.Unchanged, "c");
    private static readonly SyncPlan Plan = new("commit", [Added, Updated, Unchanged], null);

    [Fact]
    public void Unchanged_objects_are_counted_and_not_listed()
    {
        var report = new RunReport();
        report.AddPlanned("git", Plan);
        Assert.Equal(new RunCounts(Added: 1, Updated: 1, Unchanged: 1), report.Counts);
        Assert.Equal(["added a", "updated b"], Rows(report));
    }

    [Fact]
    public void A_failure_in_the_middle_says_what_stands()
    {
        var report = new RunReport();
        report.AddApplied("git", Plan with { Changes = [.. Plan.Changes, Row(ChangeAction.Deleted, "d")] },
            new ApplyResult([new(Added, null)], null, new ApplyFailure(Updated, new InvalidOperationException("422"))));
        Assert.Equal(["added a", "failed b", "skipped d"], Rows(report));
        Assert.Equal("not reached: would have been deleted", report.Rows[2].Reason);
        Assert.Equal(new RunCounts(Added: 1, Failed: 1, Skipped: 1, Unchanged: 1), report.Counts);
    }

    [Fact]
    public void A_row_says_what_came_and_went_and_by_what_the_target_counts()
    {
        var (was, wanted) = (Held("one\ntwo\n", "3"), Held("one\n2\nthree\n", "blob"));
        var (updated, deleted) = (Updated with { Actual = was, Desired = wanted }, Row(ChangeAction.Deleted, "d") with { Actual = was });
        var streamed = Added with { Desired = wanted with { Content = null } };
        var report = new RunReport();
        report.AddApplied("git", Plan with { Changes = [updated, deleted, streamed] },
            new ApplyResult([new(updated, wanted with { Version = "4" }), new(deleted, null), new(streamed, wanted with { Version = "1" })], "", null));

        Assert.Equal(
            [("3", "4", 2, 1), ("3", null, 0, 2), (null, "1", null, null)],
            report.Rows.Select(r => (r.OldRevision, r.NewRevision, r.Additions, r.Deletions)));
    }

    [Fact]
    public void A_plan_that_was_not_carried_out_added_nothing()
    {
        var report = new RunReport();
        report.AddApplied("git", Plan, new ApplyResult([], null, null));
        Assert.Equal(0, report.Counts.Changed);
    }

    [Fact]
    public void After_an_apply_everything_that_was_written_counts_as_unchanged() =>
        Assert.Equal(
            new RunCounts(Unchanged: 3, Kept: 1),
            RunReport.Settled(Plan with { Changes = [.. Plan.Changes, Row(ChangeAction.Deleted, "d"), Row(ChangeAction.Kept, "e")] }));

    private static Resource Held(string text, string version) =>
        new(new ResourceKey(ResourceKind.Flow, "prod", "x"), "", text, text, version, text.Length, System.Text.Encoding.UTF8.GetBytes(text));

    private static Change Row(ChangeAction action, string id) => new(action, new ResourceKey(ResourceKind.Flow, "prod", id), $"_flows/{id}.yml", "because");

    private static string[] Rows(RunReport report) => [.. report.Rows.Select(r => $"{r.Action} {r.Id}")];
}
