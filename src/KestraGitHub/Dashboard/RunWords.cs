using KestraGitHub.Storage;

namespace KestraGitHub.Dashboard;

/// <summary>Runs in a person's words.</summary>
internal static class RunWords
{
    public static string StartedBy(RunTrigger trigger)
    {
        var by = string.IsNullOrEmpty(trigger.By) ? "" : $" by {trigger.By}";
        return trigger.Kind switch
        {
            "replay" when trigger.Ref is { } again => $"push to {Brief.Ref(again)}, replayed{by}",
            "replay" => $"delivery, replayed{by}",
            "webhook" when trigger.Ref is { } pushed => $"push to {Brief.Ref(pushed)}{by}",
            "webhook" => $"webhook{by}",
            "drift" => "an edit in Kestra",
            "poll" when trigger.Ref is { } moved => $"a look at GitHub: {Brief.Ref(moved)} had moved",
            "pullRequest" => $"pull request {trigger.Ref?.Split('/') switch { [_, "pull", var number, _] => number, _ => "?" }}{by}",
            "rerun" => $"re-run button on GitHub{by}",
            "schedule" => trigger.Id is { } id ? $"schedule {id}" : "schedule",
            // Whoever pressed it is what one wants to know, before where.
            "dashboard" => trigger.By is { Length: > 0 } who ? $"{who}, by hand" : "by hand",
            "cli" => trigger.By is { Length: > 0 } who ? $"{who}, by the command line" : "command line",
            "api" => trigger.By is { Length: > 0 } who ? $"{who}, by the API" : "API",
            "undo" when trigger.Id is { } of => $"undo of run {Brief.Run(of)}{by}",
            "restore" when trigger.Id is { } of => $"restore from run {Brief.Run(of)}{by}",
            _ => trigger.Kind + by,
        };
    }

    public static string Ended(RunRow run) => run.State switch
    {
        RunState.Failed => run.Error ?? "failed",
        RunState.Cancelled => "cancelled",
        _ => Counts(run.Counts),
    };

    /// <summary>What came of it, most important first; "nothing to do" when there was nothing.</summary>
    public static string Counts(RunCounts counts)
    {
        var parts = CountList(counts).Select(c => $"{c.Number} {c.Word}").ToList();
        return parts.Count == 0 ? "nothing to do" : string.Join(", ", parts);
    }

    public static IReadOnlyList<(string Word, int Number)> CountList(RunCounts counts) =>
    [
        .. new (string, int)[]
        {
            ("failed", counts.Failed), ("invalid", counts.Invalid), ("conflict", counts.Conflict), ("deleted", counts.Deleted),
            ("added", counts.Added), ("updated", counts.Updated), ("unchanged", counts.Unchanged), ("kept", counts.Kept),
            ("protected", counts.Protected), ("skipped", counts.Skipped), ("ignored", counts.Ignored),
        }.Where(c => c.Item2 != 0),
    ];

    /// <summary>What to do about a run that failed.</summary>
    public static string Cure(string? errorKind) => errorKind switch
    {
        "transient" => "The other side did not answer as it should. Such a failure is tried again by itself a few times; " +
            "now run it again once the server is back.",
        "bug" => "This is a fault of KestraGitHub itself. Nothing you did is wrong: please report it with the log below.",
        _ => "It is not tried again by itself: see to what it says first.",
    };
}
