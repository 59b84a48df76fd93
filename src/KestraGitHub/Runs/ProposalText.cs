using System.Globalization;
using System.Text;
using KestraGitHub.Configuration;
using KestraGitHub.Definitions;
using KestraGitHub.GitHub;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Runs;

/// <summary>What a pull request of ours says, and its commits.</summary>
/// <param name="Digest">Of what it says, without the link to the run.</param>
internal sealed record ProposalText(string Title, string Body, string Digest)
{
    private const int LongestTitle = 256;

    /// <summary>So many objects are named in a commit's trailers.</summary>
    private const int MostTrailers = 50;

    /// <param name="rows">The objects that it changes.</param>
    /// <param name="left">Paths that somebody changed on the work branch.</param>
    /// <param name="url">The run's page; null where its address is not known.</param>
    public static ProposalText Of(SyncKey sync, SyncTask task, IReadOnlyList<Change> rows, IReadOnlyList<string> left, string? url)
    {
        var text = new StringBuilder($"<!-- kestra-github:{sync.Tenant}/{sync.Namespace}/{sync.Flow}/{task.Name} -->\n");
        if (task.Proposal!.Rules.Body is { } own) text.Append(own).Append("\n\n");
        text.Append(task.Push is null ? "Edited in Kestra, and not in Git:\n\n" : "What Kestra holds otherwise than Git:\n\n");
        text.Append("| | object | file | reason |\n| --- | --- | --- | --- |\n");
        var cut = 0;
        foreach (var row in rows)
        {
            var line = $"| {WordOf(row)} | {Code(row.Key.ToString())} | {Code(row.Path ?? "")} | {Code(row.Reason)} |\n";
            if (text.Length + line.Length > IssueComments.Longest - 4_000) cut++;
            else text.Append(line);
        }

        if (cut > 0) text.Append(CultureInfo.InvariantCulture, $"\n… and {cut} more: see the files.\n");
        if (left.Count > 0) text.Append("\nChanged by somebody on this branch, and left as they are here: ").AppendJoin(", ", left.Take(20).Select(Code)).Append(".\n");
        text.Append(CultureInfo.InvariantCulture, $"\nKept up to date by the sync {Code($"{sync.Namespace}/{sync.Flow}")} while it is open.");
        var (title, body) = (TitleOf(sync, task), Redaction.Clean(text.ToString()));
        var digest = TextDigest.Of($"{title}\n{body}");
        return new ProposalText(title, url is null ? body : $"{body} [Run]({url})", digest);
    }

    /// <summary>What the commit says.</summary>
    public static string MessageOf(SyncKey sync, SyncTask task) => task.Push?.Message ?? TitleOf(sync, task);

    /// <summary>Which objects were edited.</summary>
    public static IEnumerable<string> Trailers(IReadOnlyList<Change> rows)
    {
        foreach (var row in rows.Take(MostTrailers)) yield return $"Kestra-Edited: {OneLine(row.Key.ToString())}";
        if (rows.Count > MostTrailers) yield return string.Create(CultureInfo.InvariantCulture, $"Kestra-Edited: {rows.Count - MostTrailers} more");
    }

    private static string TitleOf(SyncKey sync, SyncTask task) => CommitReportText.OneLine(
        Redaction.Clean(OneLine(task.Proposal!.Rules.Title ?? task.Push?.Message.Trim().Split('\n')[0] ?? $"Edits made in Kestra: {sync.Namespace}/{sync.Flow}")), LongestTitle);

    private static string WordOf(Change row) => row switch
    {
        { Writes: true } => row.Action.ToString().ToLowerInvariant(),
        { Actual: null } => "deleted",
        { Desired: null } => "added",
        _ => "updated",
    };

    private static string Code(string text) => Markdown.Code(text, 300);

    private static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
}
