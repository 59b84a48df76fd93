using KestraGitHub.Definitions;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Dashboard;

/// <summary>How careful a definition is, in sentences: what the defaults mean too, for nobody knows them by heart.</summary>
internal static class CareWords
{
    public static IReadOnlyList<string> Of(Definition definition)
    {
        var (rules, toGit) = (definition.Options.Safety, definition.WritesToGit);
        List<string> words = !toGit && !definition.WritesToKestra ? ["It only reads the repository: neither Git nor Kestra is written to."] : OfWrites(rules, toGit);
        if (rules.DependsOn.Count > 0) words.Add($"It waits until {string.Join(", ", rules.DependsOn)} reached the same commit.");
        words.AddRange(rules.Windows.Select(w => $"It {(w.Allows ? "writes only" : "never writes")} for {Ago.Duration(w.Duration)} from {w.Cron}, {w.TimeZone}."));
        if (toGit && definition.Options.Proposal is not null) words.Add("What it brings to Git comes there by a pull request, never by a push to the branch.");
        if (definition.Options.PullRequests is not null) words.Add("Pull requests are planned, and told as a check; they are never applied.");
        return words;
    }

    private static List<string> OfWrites(SafetyRules rules, bool toGit)
    {
        var words = new List<string>
        {
            rules.Approval switch
            {
                ApprovalRule.Required => "Every plan waits until a person approves it.",
                ApprovalRule.OnDelete => "A plan that deletes anything waits until a person approves it.",
                _ => $"More than {rules.MaxDeletes} {(rules.MaxDeletes == 1 ? "deletion" : "deletions")}, or more than {rules.MaxDeletePercent} % of what it owns, wait until a person approves them.",
            },
            rules.OnConflict switch
            {
                OnConflict.Source => $"Where both sides changed, {(toGit ? "Kestra" : "Git")} wins, and a copy of the other is kept.",
                OnConflict.Target => "Where both sides changed, the edit in the target stays.",
                OnConflict.Merge => "Where both sides changed, the lines are merged; where that cannot be done, nothing is written.",
                _ => "Where both sides changed, nothing is written at all.",
            },
            rules.OnFailure == OnFailure.Undo ? "A run that fails in the middle puts back what it wrote." : "A run that fails in the middle leaves what it wrote, and says what stands.",
        };
        if (!toGit)
        {
            words.Add(rules.OnDrift switch
            {
                OnDrift.Overwrite => "What was edited in Kestra alone is put back to what Git has.",
                OnDrift.PullRequest => "What was edited in Kestra alone stays, and is offered to Git by a pull request.",
                _ => "What was edited in Kestra alone stays, and is reported.",
            });
        }
        if (rules.WhenRunning is { } running) words.Add($"Before a flow with running executions changes, it {(running switch { WhenRunning.Wait => "waits for them", WhenRunning.Fail => "stops", _ => "warns" })}.");
        if (rules.ProtectedNamespaces.Count > 0) words.Add($"Nothing is deleted in {string.Join(", ", rules.ProtectedNamespaces)}, or below.");
        return words;
    }
}
