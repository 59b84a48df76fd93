namespace KestraGitHub.Storage;

/// <summary>One write of a stored plan, with what it was planned for: another digest of either side is another write.</summary>
/// <param name="Desired">Digest of what is to be written; null for a delete.</param>
/// <param name="Actual">Digest of what the target held; null for what is new.</param>
/// <param name="Known">What the inventory said of it, or null where the sync did not own it.</param>
public sealed record PlannedWrite(
    string Task, string Kind, string Namespace, string Id, string? Path, string Action, string? Desired, string? Actual, string? Known)
{
    public (string Task, string Kind, string Namespace, string Id) Key => (Task, Kind, Namespace, Id);

    public string Name => Namespace.Length == 0 ? $"{Kind} {Id}" : $"{Kind} {Namespace}/{Id}";
}

/// <summary>A plan that waits, or waited, for a person.</summary>
/// <param name="Digest">Names what the plan does, and on what grounds: the same plan made again has the same.</param>
/// <param name="Reason">Why a person must look.</param>
/// <param name="Policy">Digest of the rules that it was made by.</param>
/// <param name="Heads">The commit of each task, by its name.</param>
/// <param name="Joined">True when a newer push came to the run since: it plans anew at what is there now.</param>
public sealed record StoredPlan(
    string Digest, DateTimeOffset MadeAt, string Reason, string Policy, IReadOnlyDictionary<string, string> Heads, IReadOnlyList<PlannedWrite> Writes,
    bool Joined = false, string? ApprovedBy = null, DateTimeOffset? ApprovedAt = null);
