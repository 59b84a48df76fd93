using KestraGitHub.Git;
using KestraGitHub.Kestra;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Runs;

/// <summary>
/// Joins what changed on both sides, between plan and validation: where the lines do not meet, the row is written like any other; where they do, or
/// where what both began with is not to be had, it stays a conflict that stops the run.
/// </summary>
internal sealed class Merging(GitMirrors git)
{
    public async Task<SyncPlan> JoinAsync(SyncPlan plan, TaskRun run, CancellationToken ct)
    {
        var joined = new Dictionary<ResourceKey, Change>();
        foreach (var change in plan.Changes.Where(c => c is { Action: ChangeAction.Conflict, MergeFrom: not null })) joined[change.Key] = await JoinAsync(change, run, ct);
        return SyncPlanner.WithMerges(plan, joined, run.Task.Policy);
    }

    private async Task<Change> JoinAsync(Change change, TaskRun run, CancellationToken ct)
    {
        var (kind, desired, policy) = (change.Key.Kind, change.Desired!, run.Task.Policy);
        if (desired.Size > MergeText.MaxBytes || change.Actual!.Size > MergeText.MaxBytes) return Left($"it is too long: at most {MergeText.MaxBytes} bytes are joined");
        if (await run.Git!.AppliedAsync(change.MergeFrom!, ct) is not { } before) return Left("what both began with is not in the mirror any more");
        var source = await Content.OfAsync(desired, run.Source, ct);
        var target = await Content.OfAsync(change.Actual, run.Target, ct);
        foreach (var (side, held) in (ReadOnlySpan<(string, ReadOnlyMemory<byte>)>)[(policy.Source, source), (policy.Target, target), ("what both began with", before)])
            if (MergeText.Fault(held.Span) is { } fault) return Left($"that of {side} {fault}");
        if (await git.JoinAsync(MergeText.Lines(kind, source), MergeText.Lines(kind, before), MergeText.Lines(kind, target), ct) is not { } lines)
            return Left("the changes meet in the same lines");
        var text = MergeText.As(kind, lines, source.Span);
        var digest = BlobHash.Of(text, desired.Digest.Length == 64);
        var likeness = kind == ResourceKind.NamespaceFile ? digest : SourceLikeness.Of(kind, text);
        return change with
        {
            // Where one side had made the other's change too, there is nothing left to write.
            Action = likeness == change.Actual.Likeness ? ChangeAction.Unchanged : ChangeAction.Updated,
            Reason = "changed in both; merged", Stops = false, MergeFrom = null, Merged = likeness != desired.Likeness,
            Desired = desired with { Digest = digest, Likeness = likeness, Size = text.Length, Content = text },
        };

        Change Left(string why) => change with { Reason = $"{change.Reason}; cannot be merged: {why}", MergeFrom = null };
    }
}
