namespace KestraGitHub.Reconciliation;

/// <summary>What a run changes in the inventory of a task.</summary>
/// <param name="Faithful">
/// True when the inventory afterwards equals what the target holds, so that the next run may compare with it instead of reading the target again.
/// </param>
public sealed record InventoryUpdate(IReadOnlyList<InventoryEntry> Put, IReadOnlyList<ResourceKey> Removed, bool Faithful)
{
    /// <summary>Works it out from the plan and what was done of it. Nothing that failed or was not reached enters the inventory.</summary>
    public static InventoryUpdate Of(SyncPlan plan, IReadOnlyList<AppliedChange> done, Inventory before)
    {
        var now = new Dictionary<ResourceKey, InventoryEntry>();
        var faithful = true;
        var written = done.ToDictionary(d => d.Change.Key);
        foreach (var change in plan.Changes)
        {
            var ours = before.Owned(change.Key);
            if (change.Writes && written.TryGetValue(change.Key, out var applied))
            {
                if (applied.Now is { } held) now[change.Key] = Entry(change.Path ?? "", change.Desired!.Version, held) with { Merged = change.Merged };
            }
            else if (change is { Action: ChangeAction.Unchanged, Desired: { } desired, Actual: { } same })
            {
                now[change.Key] = Entry(desired.Path, desired.Version, same) with { Merged = change.Merged };
            }
            else if (change.Writes && ours is not null)
            {
                // It was not done, or nobody knows: the entry stays, and the target is read again next time.
                faithful &= ours.Digest == (change.Actual?.Digest ?? "");
                now[change.Key] = ours;
            }
            else if (ours is not null && (change.Actual is not null || change.Action is ChangeAction.Kept or ChangeAction.Conflict))
            {
                now[change.Key] = ours.LeftAs(change.Actual) with { Orphan = change.Desired is null && change.Action != ChangeAction.Conflict };
            }
            else if (change.Actual is { } left)
            {
                now[change.Key] = Entry("", "", left);
            }
        }

        return new InventoryUpdate(
            [.. now.Values.Where(e => before.Entries.GetValueOrDefault(e.Key) != e)],
            [.. before.Entries.Keys.Where(k => !now.ContainsKey(k))],
            faithful);
    }

    private static InventoryEntry Entry(string path, string sourceVersion, Resource held) =>
        new(held.Key, path, sourceVersion, held.Digest, held.Likeness, held.Version, held.Size);
}
