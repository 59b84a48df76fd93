using System.Text;
using KestraGitHub.Definitions;
using KestraGitHub.GitHub;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>What is said of a plan at its pull request: on its commit, and in one comment.</summary>
internal static class PullRequestText
{
    /// <summary>Room for the last words, below what GitHub takes.</summary>
    private const int Room = IssueComments.Longest - 1_500;
    private const int LongestName = 300;

    private static readonly string[] Wrong = ["failed", "invalid", "conflict"];

    /// <summary>By it the comment of a sync is found again; nobody sees it.</summary>
    public static string MarkerOf(SyncKey sync) => $"<!-- kestra-github:{sync.Tenant}/{sync.Namespace}/{sync.Flow} -->";

    /// <param name="whole">As for a run that applies: its counts, summary and annotations.</param>
    public static CommitReport Check(RunRow run, CommitReport whole) => run switch
    {
        { PullRequest.Refused: true, Ended: true } => whole with { State = "error" },
        { State: RunState.Succeeded } => whole with { Description = CommitReportText.OneLine($"Plan: {CommitReportText.Counts(run.Counts)}", CommitReport.LongestDescription) },
        { State: RunState.Cancelled } => whole with { Description = "Superseded: a newer push came, or the pull request was closed" },
        { State: RunState.Failed } => whole,
        _ => whole with { Description = "Planning" },
    };

    /// <param name="waits">Why the plan would wait for a person.</param>
    /// <param name="drift">How many objects Kestra holds otherwise than they were applied.</param>
    public static string Comment(RunRow run, IReadOnlyList<ChangeRow> changes, IReadOnlyList<string> waits, int drift, string? url)
    {
        var text = new StringBuilder(MarkerOf(run.Sync)).Append('\n');
        var title = run.State == RunState.Failed ? "no plan can be applied" : run.Counts.Changed == 0 ? "nothing to change" : CommitReportText.Counts(run.Counts with { Unchanged = 0 });
        text.Append(Invariant($"### {(run.State == RunState.Failed ? "❌" : "✅")} Kestra plan of {Code($"{run.Sync.Namespace}/{run.Sync.Flow}")}: {title}\n\n"));
        text.Append(Invariant($"What merging {Code(LogWords.Short(run.PullRequest!.Head))} into {Code(run.PullRequest.Base)} would change in Kestra as it is now. Nothing was applied.\n"));
        if (run is { State: RunState.Failed, Error: { Length: > 0 } error }) text.Append(Invariant($"\n> {Code(error, 2_000)}\n"));
        foreach (var reason in waits) text.Append(Invariant($"\n⏸ It would wait for approval: {Code(reason, 1_000)}\n"));
        if (drift > 0) text.Append(Invariant($"\n⚠️ Kestra holds {drift} {(drift == 1 ? "object" : "objects")} otherwise than the sync applied {(drift == 1 ? "it" : "them")}.\n"));
        var cut = false;
        Errors(text, [.. changes.Where(c => Wrong.Contains(c.Action))], ref cut);
        Table(text, "Deletions", [.. changes.Where(c => c.Action == "deleted")], ref cut);
        Table(text, "Changes", [.. changes.Where(c => c.Action is "added" or "updated")], ref cut);
        Table(text, "Left alone", [.. changes.Where(c => !Wrong.Contains(c.Action) && c.Action is not ("added" or "updated" or "deleted"))], ref cut);
        if (cut) text.Append("\n… there is more than fits here").Append(url is null ? ".\n" : ": see the run.\n");
        if (url is not null) text.Append(Invariant($"\n[Run {run.Id}]({url})\n"));
        return text.ToString();
    }

    private static void Errors(StringBuilder text, List<ChangeRow> rows, ref bool cut)
    {
        if (rows.Count == 0) return;
        text.Append("\n#### Errors and conflicts\n\n| | object | place | reason |\n| --- | --- | --- | --- |\n");
        foreach (var row in rows)
        {
            var place = row.Path is { Length: > 0 } path ? Code(row.Line is { } line ? Invariant($"{path}:{line}") : path) : "";
            if (!Add(text, $"| {row.Action} | {NameOf(row)} | {place} | {Code(row.Reason, 1_000)} |\n")) cut = true;
        }
    }

    private static void Table(StringBuilder text, string title, List<ChangeRow> rows, ref bool cut)
    {
        if (rows.Count == 0) return;
        if (!Add(text, Invariant($"\n#### {title} ({rows.Count})\n\n| | object | lines | reason |\n| --- | --- | --- | --- |\n")))
        {
            cut = true;
            return;
        }

        foreach (var row in rows)
        {
            var lines = row is { Additions: { } more, Deletions: { } less } ? Invariant($"+{more}\u00a0−{less}") : "";
            if (Add(text, $"| {row.Action} | {NameOf(row)} | {lines} | {Code(row.Reason, 600)} |\n")) continue;
            cut = true;
            return;
        }
    }

    private static bool Add(StringBuilder text, string line)
    {
        if (text.Length + line.Length > Room) return false;
        text.Append(line);
        return true;
    }

    private static string NameOf(ChangeRow row) => Code($"{row.Kind} {row.Namespace}/{row.Id}");

    private static string Code(string text, int most = LongestName) => Markdown.Code(text, most);

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
