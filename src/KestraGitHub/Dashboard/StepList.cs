using System.Globalization;
using KestraGitHub.Storage;

namespace KestraGitHub.Dashboard;

/// <summary>One step of a run's way.</summary>
/// <param name="Took">Time since the step before it, or null.</param>
public sealed record StepView(string Name, BadgeView State, IReadOnlyList<string> Messages, DateTimeOffset? At, TimeSpan? Took);

/// <summary>The way of a run, made of the lines of its log.</summary>
internal static class StepList
{
    private const int Shown = 4;
    private const string Pause = "waiting";
    private const string Proof = "verified";

    private static readonly (string Step, string Word, string Ahead)[] Way =
    [
        ("received", "Received", ""),
        ("fetched", "Fetched", "the newest commit into the cached mirror"),
        ("planned", "Planned", "what Git holds against what Kestra holds"),
        ("validated", "Validated", "by Kestra itself, before the first write"),
        ("waiting", "Waited", ""),
        ("applied", "Applied", "writes first, deletions last"),
        (Proof, "Verified", "what Kestra holds afterwards against what it was sent"),
        ("finished", "Finished", ""),
    ];

    public static IReadOnlyList<StepView> Of(RunRow run, IReadOnlyList<RunEvent> events)
    {
        var attempt = ThisAttempt(events);
        var steps = new List<StepView>();
        DateTimeOffset? before = null;
        foreach (var (step, word, ahead) in Way)
        {
            if (step == Pause)
            {
                if (Waited(run, events) is { } waited) steps.Add(waited);
                continue;
            }

            var lines = attempt.Where(e => e.Step == step).ToList();
            if (lines.Count == 0 && Known(run, step) is { } known) lines.Add(known);

            // Where nothing was written there is nothing to look at.
            if (step == Proof && lines.Count == 0 && (run.Ended || run.DryRun || run.UndoOf is not null)) continue;
            // A run that got through has left out what it did not need.
            if (lines.Count == 0 && run.State == RunState.Succeeded) continue;
            if (lines.Count == 0)
            {
                steps.Add(new(word, NotReached, ahead.Length == 0 ? [] : [ahead], null, null));
                continue;
            }

            var at = lines[^1].At;
            steps.Add(new(word, StateOf(run, step, lines), Messages(lines), at, before is { } since && at >= since ? at - since : null));
            before = at;
        }

        Mark(run, steps);
        return steps;
    }

    /// <summary>What a run waited for is of an attempt before: it begins anew afterwards. Null where it never waited.</summary>
    private static StepView? Waited(RunRow run, IReadOnlyList<RunEvent> events)
    {
        if (events.LastOrDefault(e => e.Step == Pause) is not { } line) return null;
        var ended = events.FirstOrDefault(e => e.Seq > line.Seq && e.Step == "received")?.At ?? run.FinishedAt;
        return new(
            "Waited", ended is null && run.State == RunState.Waiting ? new(Tone.Warn, "wait", "waiting") : new(Tone.Ok, "check", "done"), [line.Message], line.At, ended is { } end && end >= line.At ? end - line.At : null);
    }

    private static BadgeView NotReached { get; } = new(Tone.Idle, "dot", "not reached");

    /// <summary>A run that is tried again begins anew; what it did before stays in its log.</summary>
    private static IReadOnlyList<RunEvent> ThisAttempt(IReadOnlyList<RunEvent> events)
    {
        var start = events.LastOrDefault(e => e.Step == "received")?.Seq ?? 0;
        return start == 0 ? events : [.. events.Where(e => e.Seq >= start)];
    }

    // The row itself knows when it came and when it ended, also where the log says nothing.
    private static RunEvent? Known(RunRow run, string step) => step switch
    {
        "received" => new(0, run.CreatedAt, "info", step, RunWords.StartedBy(run.Trigger)),
        "finished" when run.FinishedAt is { } at => new(0, at, "info", step, RunWords.Ended(run)),
        _ => null,
    };

    private static BadgeView StateOf(RunRow run, string step, List<RunEvent> lines)
    {
        if (step == "finished" && run.Ended) return Badges.Of(run.State);
        if (lines.Exists(l => l.Level == "error")) return new(Tone.Bad, "cross", "failed");
        return lines.Exists(l => l.Level == "warning") ? new(Tone.Warn, "drift", "done, with a warning") : new(Tone.Ok, "check", "done");
    }

    private static List<string> Messages(List<RunEvent> lines)
    {
        var messages = lines.Select(l => l.Message).Where(m => m.Length > 0).Distinct().ToList();
        return messages.Count <= Shown
            ? messages
            : [.. messages.Take(Shown - 1), string.Create(CultureInfo.InvariantCulture, $"and {messages.Count - Shown + 1} more lines in the log")];
    }

    // Where it stands now: the step after the last one it reached.
    private static void Mark(RunRow run, List<StepView> steps)
    {
        if (run.Ended || steps.Exists(s => s.State.Word == "waiting")) return;
        var next = steps.FindLastIndex(s => s.At is not null) + 1;
        if (next >= steps.Count) return;
        steps[next] = steps[next] with { State = run.State == RunState.Running ? new(Tone.Info, "run", "now") : new(Tone.Warn, "wait", "waiting") };
        if (run.State != RunState.Running && run.WaitingFor is { } reason) steps[next] = steps[next] with { Messages = [$"waiting for {reason}"] };
    }
}
