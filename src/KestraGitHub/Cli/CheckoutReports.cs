using System.Text;
using KestraGitHub.Definitions;
using KestraGitHub.Reconciliation;
using KestraGitHub.Runs;
using KestraGitHub.Storage;

namespace KestraGitHub.Cli;

/// <summary>What was planned for a checkout, or done, as a report.</summary>
internal static class CheckoutReports
{
    private const int LongestDiff = 1 << 20;

    public static CommandReport Of(string state, string source, IReadOnlyList<TaskRun> runs, IReadOnlyList<ChangeRow> rows, RunCounts counts, string? error)
    {
        var changes = runs.SelectMany(r => r.Plan!.Changes.Select(c => (Id: (r.Task.Id, c.Key.Kind.Word(), c.Key.Namespace, c.Key.Id), Change: c)))
            .GroupBy(c => c.Id).ToDictionary(g => g.Key, g => g.First().Change);
        var (commit, server) = (runs[0].Commit!, runs[0].Server);
        return new CommandReport(
            state, source, commit.Commit, commit.Subject, commit.Author,
            $"Kestra {server.Version.Text} at {server.Target.Url.GetLeftPart(UriPartial.Path)}, tenant {server.Target.Tenant}", counts,
            [.. rows.Select(r => LineOf(r, changes.GetValueOrDefault((r.Task, r.Kind, r.Namespace, r.Id))))], error)
        {
            Tasks = runs.ToDictionary(r => r.Task.Id, r => r.Task.Fingerprint),
        };
    }

    public static CommandReport Planned(string source, IReadOnlyList<TaskRun> runs)
    {
        var report = new RunReport();
        foreach (var run in runs) report.AddPlanned(run.Task.Id, run.Plan!);
        var blockers = runs.Where(r => r.Plan!.Blocker is not null).Select(r => $"{r.Task.Id}: {r.Plan!.Blocker}").ToList();
        return Of(blockers.Count > 0 ? "blocked" : "planned", source, runs, report.Rows, report.Counts, blockers.Count > 0 ? string.Join(' ', blockers) : null);
    }

    /// <summary>What is wrong with the Git side, without a server.</summary>
    public static CommandReport Checked(string source, IReadOnlyList<(SyncTask Task, ResourceSet Read)> read)
    {
        var lines = read.SelectMany(r => r.Read.Problems.Where(p => p.Kind == ProblemKind.Invalid)
            .Select(p => new ChangeLine(r.Task.Id, p.ResourceKind.Word(), p.Namespace, p.Path, p.Path, "invalid", p.Reason))).ToList();
        var counts = new RunCounts(Unchanged: read.Sum(r => r.Read.Resources.Count), Invalid: lines.Count);
        return new CommandReport(lines.Count > 0 ? "invalid" : "valid", source, read[0].Read.Revision, null, null, null, counts, lines);
    }

    /// <summary>With the texts of both sides for all that would be written.</summary>
    public static async Task<CommandReport> WithDiffsAsync(CommandReport report, IReadOnlyList<TaskRun> runs, CancellationToken ct)
    {
        var diffs = new Dictionary<(string, string), string>();
        foreach (var run in runs)
        foreach (var change in run.Plan!.Writes)
            diffs[(run.Task.Id, change.Key.ToString())] = await DiffAsync(run, change, ct);
        return report with { Changes = [.. report.Changes.Select(c => c with { Diff = diffs.GetValueOrDefault((c.Task, c.Name)) })] };
    }

    /// <summary>Why <paramref name="now"/> is not what <paramref name="plan"/> says, or null.</summary>
    public static string? Moved(CommandReport plan, CommandReport now)
    {
        if (plan.Revision != now.Revision) return $"it is for commit {plan.Revision}, and the checkout is at {now.Revision}";
        if (plan.Target != now.Target) return $"it is for {plan.Target}, and this is {now.Target}";
        if (!plan.Tasks.OrderBy(t => t.Key).SequenceEqual(now.Tasks.OrderBy(t => t.Key))) return "the definition, or what it is rendered with, is another one";
        var (before, after) = (plan.Changes.Select(Sign).ToHashSet(), now.Changes.Select(Sign).ToHashSet());
        var moved = before.Except(after).Concat(after.Except(before)).Select(s => s.Name).Distinct().ToList();
        return moved.Count == 0 ? null : $"Kestra is not as it was: {string.Join(", ", moved.Take(5))}{(moved.Count > 5 ? $" and {moved.Count - 5} more" : "")}";

        static (string Task, string Name, string Action, string? Before, string? After) Sign(ChangeLine c) => (c.Task, c.Name, c.Action, c.Before, c.After);
    }

    private static ChangeLine LineOf(ChangeRow row, Change? change) => new(
        row.Task, row.Kind, row.Namespace, row.Id, row.Path, row.Action, row.Reason, change?.Actual?.Digest, change?.Action == ChangeAction.Deleted ? null : change?.Desired?.Digest);

    private static async Task<string> DiffAsync(TaskRun run, Change change, CancellationToken ct)
    {
        var before = change.Actual is { } actual ? await TextAsync(run.Target, actual, ct) : "";
        var after = change.Desired is { } desired && change.Action != ChangeAction.Deleted ? await TextAsync(run.Source, desired, ct) : "";
        return before is null || after is null ? "(not shown: binary, or larger than 1 MiB)\n" : LineDiff.Unified(before, after);
    }

    /// <summary>Null where it is no text to look at.</summary>
    private static async Task<string?> TextAsync(IResourceStore store, Resource resource, CancellationToken ct)
    {
        if (resource.Size > LongestDiff) return null;
        await using var content = resource.Content is { } held ? new MemoryStream(held.ToArray()) : await store.OpenAsync(resource, ct);
        using var bytes = new MemoryStream();
        await content.CopyToAsync(bytes, ct);
        return bytes.ToArray().AsSpan().Contains((byte)0) ? null : Encoding.UTF8.GetString(bytes.ToArray());
    }
}
