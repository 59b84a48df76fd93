using KestraGitHub.Definitions;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Runs;

/// <summary>Two tasks of one flow must not want different things of one object. A task that did not move still wants what it applied.</summary>
internal static class Contradictions
{
    /// <exception cref="PermanentFailureException">Two of them do.</exception>
    public static async Task RefuseAsync(IReadOnlyList<TaskRun> tasks, Func<TaskRun, Task<Inventory>> inventoryOf)
    {
        if (tasks.Count < 2 || !tasks.Any(t => t.Plan?.Writes.Any() == true)) return;
        var wishes = new Dictionary<(string, string, string), (string Task, string? Likeness)>();
        foreach (var run in tasks)
        foreach (var (name, likeness) in run.Plan is { } plan ? WishesOf(run, plan) : WishesOf(run, await inventoryOf(run)))
        {
            var (server, part) = run.TargetPlace;
            if (!wishes.TryAdd((server, part, name), (run.Task.Id, likeness)) && wishes[(server, part, name)].Likeness != likeness)
                throw new PermanentFailureException(
                    $"Tasks {wishes[(server, part, name)].Task} and {run.Task.Id} want different things of {name}; nothing was written. "
                    + "Give each object to one task: narrow the directories, namespaces or delete.");
        }
    }

    /// <summary>No likeness: it is to go.</summary>
    private static IEnumerable<(string Name, string? Likeness)> WishesOf(TaskRun run, SyncPlan plan) =>
        plan.Changes.Where(c => c.Desired is not null || c.Action == ChangeAction.Deleted).Select(c => (NameOf(run, c.Key, c.Path), c.Desired?.Likeness));

    private static IEnumerable<(string Name, string? Likeness)> WishesOf(TaskRun run, Inventory inventory) =>
        inventory.Entries.Values.Where(e => e.Owned).Select(e => (NameOf(run, e.Key, e.Path), (string?)e.AppliedLikeness));

    /// <summary>In Kestra an object is what its key says, in Git the file that holds it.</summary>
    private static string NameOf(TaskRun run, ResourceKey key, string? path) => run.Task.Policy.Direction == Direction.GitToKestra ? key.ToString() : path ?? "";
}
