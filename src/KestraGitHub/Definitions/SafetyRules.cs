using KestraGitHub.Reconciliation;

namespace KestraGitHub.Definitions;

/// <summary>What becomes of the writes of a run that fails, or is cancelled, in the middle.</summary>
public enum OnFailure
{
    /// <summary>They are put back, newest first, but for what somebody else changed meanwhile.</summary>
    Undo,

    /// <summary>They stand, and the run says which.</summary>
    Stop,
}

/// <summary>Which plans wait for a person.</summary>
public enum ApprovalRule { Never, OnDelete, Required }

/// <summary>What to do before a flow with running executions is changed or deleted.</summary>
public enum WhenRunning { Apply, Wait, Fail }

/// <summary>A time in which a sync may, or may not, write.</summary>
/// <param name="Allows">True: outside of all such windows nothing is written. False: inside of it nothing is.</param>
/// <param name="Cron">Unix cron of its beginnings.</param>
public sealed record SyncWindow(bool Allows, string Cron, TimeSpan Duration, string TimeZone);

/// <summary>Bounds of one run of a sync; null where there is none of its own.</summary>
/// <param name="Objects">Writes of a plan.</param>
/// <param name="Bytes">Sum of what they send.</param>
/// <param name="FileBytes">Of one object.</param>
public sealed record RunLimits(int? Objects, long? Bytes, long? FileBytes, TimeSpan? RunTime)
{
    public static RunLimits None { get; } = new(null, null, null, null);
}

/// <summary>The part of <c>x-kestra-github</c> that says how careful a sync is. Without it the defaults hold.</summary>
public sealed record SafetyRules
{
    public OnFailure OnFailure { get; init; } = OnFailure.Undo;

    /// <summary>More deletes than this wait for approval.</summary>
    public int MaxDeletes { get; init; } = 10;

    /// <summary>So many percent of what the sync owns, where it owns <see cref="PercentFrom"/> objects or more: more deletes than that wait for approval.</summary>
    public int MaxDeletePercent { get; init; } = 20;

    public const int PercentFrom = 5;

    /// <summary>True: what the sync does not own is deleted without approval also where a task's default says so.</summary>
    public bool Adopt { get; init; }

    public OnConflict OnConflict { get; init; }

    public OnDrift OnDrift { get; init; }

    public ApprovalRule Approval { get; init; }

    /// <summary>How often drift is looked for; zero is never. Null: every five minutes for a sync with a schedule, else never.</summary>
    public TimeSpan? DriftInterval { get; init; }

    /// <summary>Null: nobody asks what is running, as Kestra itself does not.</summary>
    public WhenRunning? WhenRunning { get; init; }

    /// <summary>True: a removed sub-flow that others call stops the run.</summary>
    public bool Strict { get; init; }

    public IReadOnlyList<SyncWindow> Windows { get; init; } = [];

    public RunLimits Limits { get; init; } = RunLimits.None;

    /// <summary>Syncs that must have reached the same or a newer commit first.</summary>
    public IReadOnlyList<SyncKey> DependsOn { get; init; } = [];

    /// <summary>Nothing in these namespaces, or below them, is deleted; in both directions, files too.</summary>
    public IReadOnlyList<string> ProtectedNamespaces { get; init; } = [];

    public static SafetyRules Default { get; } = new();
}
