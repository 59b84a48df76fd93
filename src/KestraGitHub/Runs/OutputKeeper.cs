using System.Text.Json.Nodes;
using KestraGitHub.Definitions;
using KestraGitHub.Git;
using KestraGitHub.Reconciliation;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>Gathers what the tasks of a run give to those after them (plugin-git.md, section 2).</summary>
/// <param name="dry">True in a run that writes nothing: what it would have made is then not known.</param>
/// <param name="before">What earlier attempts of the run put down. A commit that one of them made is not made again.</param>
internal sealed class OutputKeeper(bool dry, IEnumerable<SourceRow> before)
{
    private readonly Dictionary<string, string?> _before = before.Where(s => s.Made).ToDictionary(s => s.Task, s => s.Commit, StringComparer.Ordinal);
    private readonly Dictionary<string, string> _made = new(StringComparer.Ordinal);
    private readonly HashSet<string> _unmade = new(StringComparer.Ordinal);

    /// <summary>What a task gave that was carried out; null while another part of it is still to come.</summary>
    /// <param name="held">What the target holds of it; of a task that syncs one flow also where neither side moved.</param>
    public TaskOutputs? Of(TaskRun run, Inventory held)
    {
        var task = run.Task;
        if ((run.Git?.Pushed?.Commit ?? run.Proposed ?? _before.GetValueOrDefault(task.Name)) is { } commit) _made[task.Id] = commit;
        if (dry && task is { Push: not null, DryRun: false } && run.Plan?.Writes.Any() == true) _unmade.Add(task.Id);
        if (task.Other is not null) return null;
        return task.Layout == Layout.OneFlow ? Flow(run, held) : Commit(task);
    }

    private TaskOutputs Commit(SyncTask task)
    {
        var commit = _made.GetValueOrDefault(task.Id);
        var values = new Dictionary<string, string?>
        {
            ["commitId"] = Json(commit), ["commitURL"] = Json(commit is null ? null : CommitUrl.Of(task.Git.Url, commit, task.Git.Branch)),
        };
        return new TaskOutputs(values, _unmade.Contains(task.Id) ? values.Keys.ToHashSet() : []);
    }

    /// <summary>Of SyncFlow: which flow it was, and the revision that Kestra holds of it now.</summary>
    private TaskOutputs Flow(TaskRun run, Inventory held)
    {
        var change = run.Plan?.Changes.FirstOrDefault(c => c.Key.Kind == ResourceKind.Flow);
        var entry = held.Entries.Values.FirstOrDefault();
        if ((change?.Key ?? entry?.Key) is not { } key) return TaskOutputs.None;
        var now = change is { Writes: true } ? run.Applied.FirstOrDefault(a => a.Change.Key == key)?.Now?.Version : change?.Actual?.Version ?? entry?.TargetVersion;
        var values = new Dictionary<string, string?> { ["flowId"] = Json(key.Id), ["namespace"] = Json(key.Namespace), ["revision"] = now };
        return new TaskOutputs(values, dry && change is { Writes: true } ? new HashSet<string> { "revision" } : []);
    }

    private static string? Json(string? text) => text is null ? null : JsonValue.Create(text).ToJsonString();
}
