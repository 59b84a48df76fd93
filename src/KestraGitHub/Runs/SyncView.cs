using KestraGitHub.Definitions;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>Whether Kestra holds what Git holds, as far as the last run knows. Not how the last run went: that is <see cref="SyncView.Last"/>.</summary>
public enum SyncStanding
{
    /// <summary>Loaded, but no run has ended yet.</summary>
    Unknown,

    /// <summary>The last run that ended left both sides equal.</summary>
    InSync,

    /// <summary>The last run failed, or left something out.</summary>
    OutOfDate,

    /// <summary>The file does not load and no earlier version of it is in force.</summary>
    Broken,

    /// <summary><c>disabled: true</c>.</summary>
    Disabled,
}

/// <summary>One sync as a person asks for it.</summary>
/// <param name="Entry">The file, with its faults. Its definition may be an earlier version than the file, or null.</param>
/// <param name="Last">The newest ended run that was no dry run.</param>
/// <param name="Current">The newest run that has not ended.</param>
/// <param name="Note">Set while its Kestra is busy with what a run wrote.</param>
public sealed record SyncView(
    SyncKey Key, CatalogEntry Entry, SyncStanding Standing, RunRow? Last, RunRow? Current, DateTimeOffset? NextFire,
    DigestNote? Note)
{
    /// <summary>There while the sync, or every sync, is suspended.</summary>
    public Pause? Pause { get; init; }

    /// <summary>There while a commit is held since a rollback.</summary>
    public Hold? Hold { get; init; }

    /// <summary>There while the same inputs failed for good.</summary>
    public Quarantine? Quarantine { get; init; }
}

public enum RunRequestOutcome
{
    Accepted,

    /// <summary>No such definition.</summary>
    Unknown,

    /// <summary>The definition does not load; <see cref="RunRequested.Faults"/> say why.</summary>
    Broken,

    /// <summary>The definition is disabled: only a dry run is taken.</summary>
    Disabled,

    /// <summary>The wished revision is no commit, branch or tag name.</summary>
    BadRevision,
}

public sealed record RunRequested(RunRequestOutcome Outcome, RunRow? Run, IReadOnlyList<Fault> Faults);
