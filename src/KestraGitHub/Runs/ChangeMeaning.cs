using KestraGitHub.Definitions;

namespace KestraGitHub.Runs;

/// <summary>Tells what the texts of a flow mean: what was written, what a run would do, or what each side did by itself since the last one.</summary>
internal static class ChangeMeaning
{
    private const string Nothing = "{}";

    public static IReadOnlyList<ChangeMove> OfWritten(ChangeSide before, ChangeSide after, DateTimeOffset now) => [Between("What it means", before, after, now)];

    /// <param name="toGit">The run brings Kestra to Git.</param>
    public static IReadOnlyList<ChangeMove> OfUnwritten(string action, bool toGit, ChangeSide applied, ChangeSide git, ChangeSide kestra, DateTimeOffset now)
    {
        var (source, target, name) = toGit ? (kestra, git, "Git") : (git, kestra, "Kestra");
        return action switch
        {
            "conflict" => [Between("What changed in Git", applied, git, now), Between("What changed in Kestra", applied, kestra, now)],
            "kept" or "protected" => [Between($"What was edited in {name}", applied, target, now)],
            _ => [Between("What it means", target, source, now)],
        };
    }

    private static ChangeMove Between(string title, ChangeSide before, ChangeSide after, DateTimeOffset now)
    {
        foreach (var side in (ChangeSide[])[before, after])
            if (side is { Text: null, Absent: false }) return new(title, [], [], $"It cannot be told. {side.Title}: {side.Missing}");
        var (old, young) = (before.Text ?? Nothing, after.Text ?? Nothing);
        if (old == young) return new(title, [], [], "Nothing: the two are the same.");
        if (FlowDifference.Of(old, young) is not { } parts) return new(title, [], [], "It cannot be told: one of the two cannot be read.");
        var schedules = ScheduleChange.Of(old, young, now);
        var note = after.Absent ? "It was deleted." : parts.Count + schedules.Count == 0 ? "Tasks, triggers and inputs are the same; what differs is in the lines below." : null;
        return new(title, parts, schedules, note);
    }
}
