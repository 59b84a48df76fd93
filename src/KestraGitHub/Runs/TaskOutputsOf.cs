using System.Text.Json.Nodes;
using KestraGitHub.Definitions;
using KestraGitHub.Git;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Runs;

/// <summary>What a task that was carried out gives to those after it (plugin-git.md, section 2).</summary>
internal static class TaskOutputsOf
{
    /// <param name="commit">The commit that the run made for it; null where none was needed.</param>
    /// <param name="dry">True in a run that writes nothing: then what it would have made is not known.</param>
    public static TaskOutputs Run(SyncTask task, SyncPlan? plan, string? commit, bool dry)
    {
        var writes = plan?.Writes.Any() == true;
        if (task.Push is null) return TaskOutputs.None;
        var values = new Dictionary<string, string?>
        {
            ["commitId"] = Json(commit), ["commitURL"] = Json(commit is null ? null : CommitUrl.Of(task.Git.Url, commit, task.Git.Branch)),
        };
        return new TaskOutputs(values, dry && writes && !task.DryRun ? values.Keys.ToHashSet() : []);
    }

    private static string? Json(string? text) => text is null ? null : JsonValue.Create(text).ToJsonString();
}
