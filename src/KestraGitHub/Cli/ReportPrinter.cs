using KestraGitHub.Runs;
using KestraGitHub.Storage;

namespace KestraGitHub.Cli;

internal enum OutputForm { Text, Json, Yaml, Github }

/// <summary>Writes a report. What was asked for goes to the standard output, and nothing else does.</summary>
internal static class ReportPrinter
{
    private static readonly Dictionary<string, (char Sign, int Color)> Signs = new()
    {
        ["added"] = ('+', 32), ["updated"] = ('~', 33), ["deleted"] = ('-', 31), ["invalid"] = ('!', 31), ["failed"] = ('!', 31), ["conflict"] = ('!', 31),
    };

    public static void Print(CommandReport report, OutputForm form, Screen screen)
    {
        switch (form)
        {
            case OutputForm.Json:
                screen.Out.WriteLine(report.ToJson());
                break;
            case OutputForm.Yaml:
                screen.Out.Write(YamlOutput.Of(report.ToJson()));
                break;
            case OutputForm.Github:
                PrintAnnotations(report, screen);
                StepSummary.Append(report);
                break;
            default:
                PrintText(report, screen);
                break;
        }
    }

    /// <summary>An annotation of the whole run, at no file.</summary>
    public static void Annotate(string level, string title, string message, Screen screen) => screen.Out.WriteLine(Annotation(level, null, 0, 0, title, message));

    /// <summary>The state and what was counted; what did not get as far has nothing to count.</summary>
    public static string Summary(CommandReport report)
    {
        var counts = report.Counts;
        var said = report.State switch
        {
            "valid" or "invalid" => Checked(counts),
            "planned" or "applied" => CountWords.Of(counts),
            "exported" => CountWords.Of(counts, none: "nothing"),
            _ => CountWords.Of(counts, none: ""),
        };
        return said.Length > 0 ? $"{report.State}: {said}" : report.State;
    }

    /// <summary>Whether they would be added or updated is not the question.</summary>
    private static string Checked(RunCounts counts)
    {
        var all = counts.Added + counts.Updated + counts.Unchanged + counts.Conflict + counts.Invalid;
        return CountWords.Join("nothing to check", (all, all == 1 ? "object" : "objects"), (counts.Invalid, "invalid"));
    }

    private static void PrintText(CommandReport report, Screen screen)
    {
        if (report.Revision is { } revision)
            screen.Out.WriteLine(Screen.Plain($"{revision[..Math.Min(12, revision.Length)]}  {report.Message}{(report.Author is { Length: > 0 } author ? $"  ({author})" : "")}"));
        if (report.Target is { } target) screen.Out.WriteLine(Screen.Plain($"to {target}"));
        var rows = report.Changes.Select(c => (Change: c, Cells: new[] { c.Action, Screen.Plain(c.Name), Screen.Plain(c.Path ?? "") })).ToList();
        var widths = Enumerable.Range(0, 3).Select(i => rows.Select(r => r.Cells[i].Length).DefaultIfEmpty().Max()).ToArray();
        foreach (var (change, cells) in rows)
        {
            var (sign, color) = Signs.GetValueOrDefault(change.Action, (' ', 90));
            var line = $"{sign} {string.Join("  ", cells.Select((c, i) => c.PadRight(widths[i])))}  {Screen.Plain(change.Reason)}".TrimEnd();
            screen.Out.WriteLine(screen.Colored(sign == '!' ? screen.Wrap(line) : screen.Fit(line), color));
            if (change.Diff is { } diff) PrintDiff(diff, screen);
        }

        foreach (var fault in report.Faults) screen.Errors.WriteLine(Screen.Plain(fault.ToString()));
        screen.Out.WriteLine(Summary(report));
        if (report.Error is { } error) screen.Errors.WriteLine(Screen.Plain(error));
    }

    private static void PrintDiff(string diff, Screen screen)
    {
        foreach (var line in diff.TrimEnd('\n').Split('\n'))
        {
            var color = line[..Math.Min(1, line.Length)] switch { "+" => 32, "-" => 31, "@" => 36, _ => 0 };
            screen.Out.WriteLine("    " + screen.Colored(Screen.Plain(line), color));
        }
    }

    /// <summary>Commands of a GitHub workflow: an annotation at the file for each thing that is wrong, one for each that is deleted, and a summary.</summary>
    private static void PrintAnnotations(CommandReport report, Screen screen)
    {
        foreach (var fault in report.Faults)
            screen.Out.WriteLine(Annotation("error", fault.File, fault.Line, fault.Column, "definition", $"{fault.Message} {fault.Cure}"));
        foreach (var change in report.Changes)
        {
            var level = change.Action is "invalid" or "failed" or "conflict" ? "error" : change.Action == "deleted" ? "warning" : "notice";
            screen.Out.WriteLine(Annotation(level, change.Path, change.Action == "deleted" ? 0 : 1, 0, change.Action, $"{change.Name}: {change.Reason}"));
        }

        if (report.Error is { } error) screen.Out.WriteLine(Annotation("error", null, 0, 0, report.State, error));
        screen.Out.WriteLine(Annotation("notice", null, 0, 0, "kestra-github", Summary(report)));
    }

    private static string Annotation(string level, string? file, int line, int column, string title, string message)
    {
        var place = line > 0 && !string.IsNullOrEmpty(file)
            ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"file={Value(file)},line={line}{(column > 0 ? $",col={column}" : "")},") : "";
        return $"::{level} {place}title={Value(title)}::{Data(message)}";
    }

    private static string Data(string text) => text.Replace("%", "%25", StringComparison.Ordinal).Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal);

    private static string Value(string text) => Data(text).Replace(":", "%3A", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);
}
