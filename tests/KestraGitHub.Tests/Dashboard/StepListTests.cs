using KestraGitHub.Dashboard;
using KestraGitHub.Storage;

namespace KestraGitHub.Tests.Dashboard;

public sealed class StepListTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void A_run_that_waits_to_begin_was_received_and_no_more()
    {
        var steps = StepList.Of(Run(RunState.Queued), []);
        Assert.Equal(["Received", "Fetched", "Planned", "Validated", "Applied", "Verified", "Finished"], steps.Select(s => s.Name));
        Assert.Equal([Tone.Ok, Tone.Warn, Tone.Idle, Tone.Idle, Tone.Idle, Tone.Idle, Tone.Idle], steps.Select(s => s.State.Tone));
        Assert.Equal("push to main by Bea", Assert.Single(steps[0].Messages));
    }

    [Fact]
    public void The_step_after_the_last_one_is_where_a_running_run_stands()
    {
        var steps = StepList.Of(Run(RunState.Running), [Line(1, "received"), Line(2, "fetched"), Line(3, "", "detail"), Line(4, "planned")]);
        Assert.Equal("now", steps[3].State.Word);
        Assert.Equal(TimeSpan.FromSeconds(2), steps[2].Took);
        Assert.Null(steps[0].Took);
    }

    [Fact]
    public void A_failed_run_ends_red_and_says_why_where_its_log_does_not()
    {
        var run = Run(RunState.Failed) with { Error = "no such branch", FinishedAt = Start.AddSeconds(9) };
        var steps = StepList.Of(run, [Line(1, "received"), Line(2, "fetched", "no such branch", "error")]);
        Assert.Equal((Tone.Bad, Tone.Bad), (steps[1].State.Tone, steps[5].State.Tone));
        Assert.Equal("no such branch", Assert.Single(steps[5].Messages));
        Assert.Equal(["not reached", "not reached", "not reached"], steps.Skip(2).Take(3).Select(s => s.State.Word));
    }

    [Fact]
    public void Only_the_newest_attempt_is_its_way()
    {
        RunEvent[] log = [Line(1, "received"), Line(2, "fetched"), Line(3, "planned", "", "error"), Line(4, "received")];
        var steps = StepList.Of(Run(RunState.Running), log);
        Assert.Null(steps[2].At);
        Assert.Equal("now", steps[1].State.Word);
    }

    [Fact]
    public void What_it_waited_for_stays_on_its_way_when_it_went_on()
    {
        RunEvent[] log = [Line(1, "received"), Line(2, "planned"), Line(3, "waiting", "for approval"), Line(9, "received"), Line(10, "planned"), Line(11, "applied")];
        var steps = StepList.Of(Run(RunState.Running), log);
        Assert.Equal(["Received", "Fetched", "Planned", "Validated", "Waited", "Applied", "Verified", "Finished"], steps.Select(s => s.Name));
        Assert.Equal((Tone.Ok, TimeSpan.FromSeconds(6), "for approval"), (steps[4].State.Tone, steps[4].Took, steps[4].Messages[0]));
        var still = StepList.Of(Run(RunState.Waiting), log[..3]);
        Assert.Equal(["waiting", "not reached"], still.Skip(4).Take(2).Select(s => s.State.Word));
    }

    [Fact]
    public void What_was_looked_at_afterwards_is_on_the_way_only_of_a_run_that_wrote()
    {
        RunEvent[] log = [Line(1, "received"), Line(2, "applied"), Line(3, "verified", "git: Kestra holds 3 objects as sent")];
        var ended = Run(RunState.Succeeded) with { FinishedAt = Start.AddSeconds(4) };
        Assert.Equal(["Applied", "Verified", "Finished"], StepList.Of(ended, log).Select(s => s.Name).TakeLast(3));
        Assert.DoesNotContain("Verified", StepList.Of(ended, log[..2]).Select(s => s.Name));
        Assert.DoesNotContain("Verified", StepList.Of(Run(RunState.Queued) with { DryRun = true }, []).Select(s => s.Name));
        var altered = StepList.Of(Run(RunState.Failed) with { FinishedAt = Start.AddSeconds(4) }, [.. log[..2], Line(3, "verified", "git: Kestra holds something else", "error")]);
        Assert.Equal((Tone.Bad, "Verified"), (altered[^2].State.Tone, altered[^2].Name));
    }

    [Fact]
    public void Many_tasks_do_not_make_a_step_endless()
    {
        var steps = StepList.Of(Run(RunState.Running), [Line(1, "received"), .. Enumerable.Range(2, 9).Select(i => Line(i, "planned", $"task {i}"))]);
        Assert.Equal(["task 2", "task 3", "task 4", "and 6 more lines in the log"], steps[2].Messages);
    }

    private static RunEvent Line(long seq, string step, string message = "m", string level = "info") =>
        new(seq, Start.AddSeconds(seq), level, step, message);

    private static RunRow Run(RunState state) => new(
        "01", new("main", "a", "b"), new("webhook", "hook", "Bea", Ref: "refs/heads/main"), state, null, false, null, null, null, null, 1, Start, Start,
        null, null,
        new RunCounts(), null, null, false, 1, 0, new Dictionary<string, string>());
}
