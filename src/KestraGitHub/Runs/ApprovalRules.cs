using System.Globalization;
using KestraGitHub.Definitions;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Runs;

/// <summary>One task of a stage, as far as it matters for who must look at its plan.</summary>
/// <param name="Plan">Null when neither side moved, or when nothing of it is carried out.</param>
internal sealed record JudgedTask(SyncPolicy Policy, SyncPlan? Plan, Inventory Inventory);

/// <summary>Which plans a person must look at before anything of them is written.</summary>
internal static class ApprovalRules
{
    /// <summary>So many objects are named in a reason; the rows of the run have all of them.</summary>
    private const int Named = 3;

    /// <summary>Why a person must look, as sentences with the key that would have it otherwise; none when nobody must.</summary>
    public static IReadOnlyList<string> Reasons(IReadOnlyList<JudgedTask> tasks, SafetyRules rules)
    {
        var writes = tasks.SelectMany(t => t.Plan?.Writes ?? [], (task, change) => (Task: task, Change: change)).ToList();
        if (writes.Count == 0) return [];
        var deletes = writes.Where(w => w.Change.Action == ChangeAction.Deleted).ToList();
        var reasons = new List<string>();
        if (deletes.Count > rules.MaxDeletes)
            reasons.Add(Text($"{Objects(deletes.Count)} would be deleted, more than maxDeletes ({rules.MaxDeletes}): {Names(deletes)}."));
        var owned = tasks.Sum(t => t.Inventory.Entries.Values.Count(e => e.Owned));
        if (owned >= SafetyRules.PercentFrom && deletes.Count * 100L > (long)rules.MaxDeletePercent * owned)
            reasons.Add(Text($"{Objects(deletes.Count)} would be deleted, {deletes.Count * 100L / owned} % of the {owned} that this sync owns and more than maxDeletePercent ({rules.MaxDeletePercent}): {Names(deletes)}."));
        var unowned = deletes.Where(w => w.Task.Policy.DeletesByDefault && w.Task.Inventory.Owned(w.Change.Key) is null).ToList();
        if (unowned.Count > 0)
            reasons.Add(Text($"{Objects(unowned.Count)} would be deleted that this sync never applied, and only by the task's default (write the delete out, or set adopt: true): {Names(unowned)}."));
        if (rules.Approval == ApprovalRule.Required)
            reasons.Add(Text($"approval is required for every write: {Names(writes)}."));
        else if (rules.Approval == ApprovalRule.OnDelete && deletes.Count > 0)
            reasons.Add(Text($"approval is onDelete, and {Objects(deletes.Count)} would be deleted: {Names(deletes)}."));
        return reasons;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Objects(int count) => count == 1 ? "1 object" : Text($"{count} objects");

    private static string Names(List<(JudgedTask Task, Change Change)> writes) =>
        string.Join(", ", writes.Take(Named).Select(w => w.Change.Key)) + (writes.Count > Named ? Text($" and {writes.Count - Named} more") : "");
}
