using System.Text;
using KestraGitHub.GitHub;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>What is said of a run at the commits that it works on.</summary>
internal static class CommitReportText
{
    private const int MostRows = 200;
    private const int LongestMessage = 4000;

    /// <summary>What of a run is told apart: as long as this does not change, nothing new is said.</summary>
    public static string StageOf(RunRow run) => run.State switch
    {
        RunState.Waiting => run.PullRequest is null ? $"waiting {run.WaitingFor}" : "running",
        RunState.Queued or RunState.Running when run.PullRequest is not null => "running",
        // Between its attempts a run says why it waits, and no more before it has ended.
        RunState.Queued or RunState.Running => run.Attempt > 1 ? "waiting retry" : "running",
        var ended => ended.Word(),
    };

    /// <param name="changes">The run's rows; those of files become annotations.</param>
    /// <param name="instead">The commit that the run went on with in place of this one, or made; null where it is this one.</param>
    /// <param name="tasks">The tasks of the run that read this commit: annotations belong to their files.</param>
    public static CommitReport Of(RunRow run, IReadOnlyList<ChangeRow> changes, SourceRow? instead, IReadOnlySet<string> tasks, string? url)
    {
        var (state, words) = run.State switch
        {
            RunState.Succeeded => ("success", Counts(run.Counts)),
            RunState.Failed => ("failure", run.Error ?? "failed"),
            RunState.Cancelled => ("error", run.Error ?? "Cancelled"),
            RunState.Waiting when run.WaitingFor == Waits.Approval => ("pending", $"Waits for approval: {Counts(run.Counts)}"),
            RunState.Waiting => ("pending", $"Waits ({run.WaitingFor}): {run.Error}"),
            _ => ("pending", "Syncing"),
        };
        if (instead is not null) words = $"{(instead.Made ? "Pushed" : "Superseded by")} {LogWords.Short(instead.Commit ?? "?")}: {words}";
        return new CommitReport(
            state, OneLine(words, CommitReport.LongestDescription), url, Summary(run, changes, url), [.. changes.Where(c => tasks.Contains(c.Task)).Select(AnnotationOf).OfType<Annotation>()],
            run.Id, run.StartedAt ?? run.CreatedAt, run.Ended ? run.FinishedAt : null);
    }

    public static string Counts(RunCounts c) => CountWords.Join(
        "Nothing to do", (c.Failed, "failed"), (c.Invalid, "invalid"), (c.Conflict, "in conflict"), (c.Deleted, "deleted"), (c.Added, "added"), (c.Updated, "updated"), (c.Unchanged, "unchanged"));

    private static Annotation? AnnotationOf(ChangeRow row) => row is { Action: "invalid" or "failed" or "conflict", Path: { Length: > 0 } path }
        ? new Annotation(path, row.Line ?? 1, row.Action == "conflict" ? "warning" : "failure", OneLine($"{row.Kind} {row.Namespace}/{row.Id}: {row.Action}", 255), Cut(row.Reason, LongestMessage))
        : null;

    private static string Summary(RunRow run, IReadOnlyList<ChangeRow> changes, string? url)
    {
        var text = new StringBuilder();
        if (run.Error is { Length: > 0 } error) text.Append(Code(error)).Append("\n\n");
        text.Append(Counts(run.Counts)).Append(url is null ? "" : $" · [run {run.Id}]({url})").Append('\n');
        if (changes.Count == 0) return text.ToString();
        text.Append("\n| | object | reason |\n| --- | --- | --- |\n");
        // Deletions and what went wrong first: they are what a reader must not miss.
        foreach (var row in changes.OrderBy(c => c.Action switch { "failed" => 0, "invalid" => 1, "conflict" => 2, "deleted" => 3, _ => 4 }).Take(MostRows))
        {
            var line = $"| {row.Action} | {Code($"{row.Kind} {row.Namespace}/{row.Id}")} | {Code(OneLine(row.Reason, 300))} |\n";
            if (text.Length + line.Length > CommitReport.LongestSummary) break;
            text.Append(line);
        }

        if (changes.Count > MostRows) text.Append($"\n… and {changes.Count - MostRows} more: see the run's page.\n");
        return text.ToString();
    }

    private static string Code(string text) => Markdown.Code(text, 2000);

    internal static string OneLine(string text, int most) => Cut(text.ReplaceLineEndings(" ").Trim(), most);

    private static string Cut(string text, int most)
    {
        if (text.Length <= most) return text;
        var end = most - 1;
        return (char.IsHighSurrogate(text[end - 1]) ? text[..(end - 1)] : text[..end]) + "…";
    }
}
