using KestraGitHub.Definitions;
using KestraGitHub.Reconciliation;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>
/// Two syncs may hold one object while they want the same of it. A definition that is gone, or no longer has the task, holds nothing.
/// </summary>
internal sealed class OtherHolders(HoldersStore holders, DefinitionFolder definitions)
{
    private const int Named = 3;

    /// <exception cref="PermanentFailureException">A plan would write what another sync wants otherwise.</exception>
    public async Task RefuseAsync(RunAttempt attempt, IReadOnlyList<TaskRun> tasks)
    {
        var quarrels = new List<string>();
        foreach (var task in tasks.Where(t => t.Plan?.Writes.Any() == true))
        {
            var writes = task.Plan!.Writes.ToList();
            var found = task.Pushes
                ? await holders.AllAsync(attempt.Sync, task.TargetId, attempt.Token)
                : await holders.OfAsync(attempt.Sync, task.TargetId, writes.Select(w => w.Key), attempt.Token);
            var others = found.Where(h => h.Sync != attempt.Sync && Stands(h)).ToLookup(h => task.Pushes ? h.Path : h.Key.ToString());
            quarrels.AddRange(
                from write in writes
                from other in others[task.Pushes ? write.Path ?? "" : write.Key.ToString()].Take(1)
                where Differs(write, other, other.Source == task.SourceId, task.Pushes, task.Inventory.Owned(write.Key))
                select $"{write.Key} (task {task.Task.Id}) is to be {write.Action.ToString().ToLowerInvariant()} by {attempt.Sync}, and {other.Sync} (task {other.Task}) wants it {(write.Action == ChangeAction.Deleted ? "to stay" : "otherwise")}");
        }

        if (quarrels.Count == 0) return;
        var more = quarrels.Count > Named ? $", and {quarrels.Count - Named} more" : "";
        throw new PermanentFailureException(
            $"Two syncs want different things of one object; nothing was written: {string.Join("; ", quarrels.Take(Named))}{more}. Give each object to one sync: narrow the directories, namespaces or delete.");
    }

    /// <summary>True when the other sync, as far as is known, would undo the write.</summary>
    /// <param name="sameSource">Both read from the same place: then one path of it is one wish, and one of them is only earlier.</param>
    internal static bool Differs(Change write, Holder other, bool sameSource, bool pushes, InventoryEntry? own)
    {
        if (sameSource && (pushes ? other.Key == write.Key : other.Path == (write.Path ?? own?.Path))) return false;
        if (write.Action == ChangeAction.Deleted) return true;
        if (write.Desired!.Likeness == other.Likeness) return false;
        // They agreed the last time, and only this one's source has moved since: the other one is asked when its turn comes.
        return !(own?.Likeness == other.Likeness && own.SourceVersion != write.Desired.Version);
    }

    private bool Stands(Holder holder)
    {
        if (definitions.Catalog.Find(holder.Sync) is not { } entry) return false;
        if (entry.Definition is not { } definition) return true;
        var id = holder.Task.Split('[', ' ')[0];
        return definition.Tasks.Any(t => t.Id == id && t.Standing == TaskStanding.Runs);
    }
}
