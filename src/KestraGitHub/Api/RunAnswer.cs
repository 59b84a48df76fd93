using System.Text.Json.Serialization;
using KestraGitHub.Definitions;
using KestraGitHub.Reconciliation;
using KestraGitHub.Runs;
using KestraGitHub.Storage;

namespace KestraGitHub.Api;

/// <summary>A run as the API tells it.</summary>
/// <param name="WaitingFor">What it waits for, while it waits.</param>
/// <param name="Changes">Absent in lists.</param>
/// <param name="Sources">Where its tasks are in Git; absent in lists.</param>
/// <param name="UndoOf">The run that this one takes back, or brings back from.</param>
/// <param name="Note">There while Kestra is still busy with what this run wrote; absent in lists.</param>
public sealed record RunAnswer(
    string Id, SyncKey Sync, RunTrigger Trigger, RunState State, string? WaitingFor, bool DryRun, string? RequestedRevision, string? Revision,
    string? CommitMessage, string? Author, int Attempt, DateTimeOffset CreatedAt, DateTimeOffset NotBefore, DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt, CountsAnswer Counts,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<ChangeRow>? Changes,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<SourceRow>? Sources,
    string? Error, string? ErrorKind, bool CancelRequested, int Deliveries, int Collapsed,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DigestNote? Note,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? UndoOf = null)
{
    /// <summary>True: somebody asked for it whatever was known against it.</summary>
    public bool Forced { get; init; }

    /// <summary>What was asked to win in this run where both sides changed; absent where its definition says so.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public OnConflict? OnConflict { get; init; }

    /// <summary>There when the run waits, or waited, for a person to approve its plan; absent in lists.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ApprovalAnswer? Approval { get; init; }

    public static RunAnswer From(RunRow run, IReadOnlyList<ChangeRow>? changes = null, DigestNote? note = null, IReadOnlyList<SourceRow>? sources = null) => new(
        run.Id, run.Sync, run.Trigger, run.State, run.WaitingFor, run.DryRun, run.RequestedRevision, run.Revision, run.CommitMessage, run.Author,
        run.Attempt, run.CreatedAt, run.NotBefore, run.StartedAt, run.FinishedAt, CountsAnswer.From(run.Counts), changes, sources, run.Error, run.ErrorKind,
        run.CancelRequested, run.Deliveries, run.Collapsed, note, run.UndoOf) { Forced = run.Forced, OnConflict = run.OnConflict };
}

/// <summary>A plan that waits, or waited, for a person.</summary>
/// <param name="Plan">Names the plan: an approval is for it alone.</param>
/// <param name="Reason">Why a person must look.</param>
public sealed record ApprovalAnswer(
    string Plan, string Reason, DateTimeOffset MadeAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ApprovedBy,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? ApprovedAt)
{
    internal static ApprovalAnswer? From(StoredPlan? plan) => plan is null ? null : new(plan.Digest, plan.Reason, plan.MadeAt, plan.ApprovedBy, plan.ApprovedAt);
}

/// <summary>How many objects met which fate.</summary>
public sealed record CountsAnswer(
    int Added, int Updated, int Deleted, int Unchanged, int Kept, int Skipped, int Ignored, int Protected, int Conflict, int Invalid, int Failed)
{
    public static CountsAnswer From(RunCounts c) => new(
        c.Added, c.Updated, c.Deleted, c.Unchanged, c.Kept, c.Skipped, c.Ignored, c.Protected, c.Conflict, c.Invalid, c.Failed);
}

/// <summary>A list that has no further pages.</summary>
public sealed record ListAnswer<T>(IReadOnlyList<T> Items);

/// <summary>A page of a list, newest first. <paramref name="Next"/> is the cursor of the next page, null at the end.</summary>
public sealed record PageAnswer<T>(IReadOnlyList<T> Items, string? Next);
