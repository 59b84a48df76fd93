using System.Text.Json;
using KestraGitHub.Definitions;
using KestraGitHub.Reconciliation;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>What an approval binds: the writes of a plan with both sides' digests, the commits, and the rules it was made by.</summary>
internal static class PlanBinding
{
    public static StoredPlan Of(RunAttempt attempt, IReadOnlyList<TaskRun> tasks, string reason, DateTimeOffset now)
    {
        var (writes, policy) = (WritesOf(tasks), PolicyOf(attempt.Safety, tasks));
        var heads = new SortedDictionary<string, string>(tasks.ToDictionary(t => t.Task.Name, t => t.Head.Commit), StringComparer.Ordinal);
        var digest = Hash(policy, heads, writes);
        // Those of the stages before it are kept: they too are read again where they were.
        foreach (var (task, commit) in attempt.Plan?.Heads ?? new Dictionary<string, string>()) heads.TryAdd(task, commit);
        return new StoredPlan(digest, attempt.Plan?.Digest == digest ? attempt.Plan.MadeAt : now, reason, policy, heads, writes);
    }

    public static string PolicyOf(SafetyRules safety, IReadOnlyList<TaskRun> tasks) =>
        Hash(safety, tasks.OrderBy(t => t.Task.Name, StringComparer.Ordinal).Select(t => t.Task.Fingerprint));

    public static IReadOnlyList<PlannedWrite> WritesOf(IReadOnlyList<TaskRun> tasks) =>
    [
        .. tasks.Where(t => !t.Task.DryRun).SelectMany(t => t.Plan?.Writes ?? [], (task, change) => new PlannedWrite(
            task.Task.Name, change.Key.Kind.Word(), change.Key.Namespace, change.Key.Id, change.Path, Word(change.Action), change.Desired?.Digest, change.Actual?.Digest,
            task.Inventory.Owned(change.Key) is { } known ? $"{known.SourceVersion} {known.Digest}" : null)),
    ];

    /// <summary>What is no longer as the plan says, object by object; none when it holds. What is already as it wants needs no write any more.</summary>
    public static IReadOnlyList<string> Moved(StoredPlan plan, string policy, IReadOnlyList<TaskRun> tasks)
    {
        if (plan.Policy != policy) return ["the definition changed"];
        var byName = tasks.ToDictionary(t => t.Task.Name);
        var planned = plan.Writes.ToDictionary(w => w.Key);
        var now = WritesOf(tasks).ToDictionary(w => w.Key);
        var moved = now.Values.Select(w => Moved(planned.GetValueOrDefault(w.Key), w, byName[w.Task].Task.Policy)).OfType<string>().ToList();
        moved.AddRange(
            from write in plan.Writes
            where byName.ContainsKey(write.Task) && !now.ContainsKey(write.Key)
            let plans = byName[write.Task].Plan
            let change = plans?.Changes.FirstOrDefault(c => c.Key.Kind.Word() == write.Kind && c.Key.Namespace == write.Namespace && c.Key.Id == write.Id)
            where plans is not null && !IsDone(write, change)
            select $"{write.Name} was to be {write.Action} and is {(change is null ? "gone" : $"{Word(change.Action)} now ({change.Reason})")}");
        return moved;
    }

    private static string? Moved(PlannedWrite? planned, PlannedWrite now, SyncPolicy policy) => planned switch
    {
        null => $"{now.Name} would be {now.Action}, and the plan says nothing of it",
        _ when planned.Desired != now.Desired => $"{now.Name} changed in {policy.Source}",
        _ when planned.Actual != now.Actual => $"{now.Name} changed in {policy.Target}",
        _ when planned.Action != now.Action || planned.Path != now.Path => $"{now.Name} was to be {planned.Action} and would be {now.Action}",
        _ when planned.Known != now.Known => $"{now.Name} was applied by another run",
        _ => null,
    };

    private static bool IsDone(PlannedWrite write, Change? change) =>
        write.Desired is null ? change?.Actual is null : change is { Action: ChangeAction.Unchanged } && change.Desired?.Digest == write.Desired;

    private static string Word(ChangeAction action) => action.ToString().ToLowerInvariant();

    private static string Hash(params object[] parts) => TextDigest.Of(JsonSerializer.Serialize(parts))[..32];
}
