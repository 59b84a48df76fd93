using System.Globalization;
using System.Text;

namespace KestraGitHub.Cli;

/// <summary>The page of a GitHub workflow's run: a table in the file that GitHub names, where it names one.</summary>
internal static class StepSummary
{
    /// <summary>GitHub takes a megabyte; beyond these rows nobody reads on.</summary>
    private const int MostRows = 500;

    public static void Append(CommandReport report)
    {
        if (Environment.GetEnvironmentVariable("GITHUB_STEP_SUMMARY") is not { Length: > 0 } file) return;
        try
        {
            File.AppendAllText(file, Of(report));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The annotations say the same.
        }
    }

    public static string Of(CommandReport report)
    {
        var text = new StringBuilder();
        Add($"### kestra-github: {report.State}\n\n{ReportPrinter.Summary(report)}\n\n");
        if (report.Revision is { } revision) Add($"Commit `{revision}`: {Cell(report.Message ?? "")}{(report.Target is { } target ? $"; {Cell(target)}" : "")}\n\n");
        if (report.Error is { } error) Add($"**{Cell(error)}**\n\n");
        if (report.Changes.Count == 0) return text.ToString();
        Add($"| what | object | file | why |\n| --- | --- | --- | --- |\n");
        foreach (var change in report.Changes.Take(MostRows))
            Add($"| {change.Action} | {Cell(change.Name)} | {(change.Path is { Length: > 0 } path ? $"`{Cell(path).Replace('`', '\'')}`" : "")} | {Cell(change.Reason)} |\n");
        if (report.Changes.Count > MostRows) Add($"\n… and {report.Changes.Count - MostRows} more\n");
        Add($"\n");
        return text.ToString();

        void Add(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>A name from a repository makes no link, picture or further cell.</summary>
    private static string Cell(string text)
    {
        var cell = new StringBuilder();
        foreach (var c in Screen.Plain(text))
            cell.Append(c switch { '<' => "&lt;", '>' => "&gt;", '|' => "&#124;", '[' => "&#91;", ']' => "&#93;", '*' => "&#42;", '@' => "&#64;", _ => c.ToString() });
        return cell.ToString();
    }
}
