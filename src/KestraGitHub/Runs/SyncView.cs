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

    /// <summary>The last run failed, or left something out; a plan waits for approval; or the sync was rolled back.</summary>
    OutOfDate,

    /// <summary>Somebody changed in Kestra what was applied; a look between runs found it, or the last run left it.</summary>
    Drifted,

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

    public DriftView Drift { get; init; } = DriftView.None;

    /// <summary>Pull requests by which its tasks bring changes to Git, as the last run left them. Only told of a sync that was asked for by itself.</summary>
    public IReadOnlyList<ProposalView> Proposals { get; init; } = [];
}

/// <param name="Url">Its page.</param>
public sealed record ProposalView(string Task, string Repository, long Number, string Branch, string Url);

/// <summary>What is known of drift, whatever the last run was like.</summary>
/// <param name="Since">Of what has drifted longest and is not ignored; null where nothing has.</param>
/// <param name="CheckedAt">When the targets were looked at last, and that came to something, by a check or a run; of several tasks the longest ago. Null: never.</param>
/// <param name="Error">Why the last look failed, or null.</param>
public sealed record DriftView(DateTimeOffset? Since, DateTimeOffset? CheckedAt, string? Error, IReadOnlyList<DriftRow> Objects)
{
    public static DriftView None { get; } = new(null, null, null, []);

    /// <summary>Without what somebody said to leave as it is.</summary>
    public IEnumerable<DriftRow> Standing => Objects.Where(o => o.IgnoredBy is null);

    internal static DriftView Of(DriftKnown known) => new(
        known.Standing.Min(o => (DateTimeOffset?)o.Since), known.Looks.Min(l => l.At),
        known.Looks.Select(l => l.Error).FirstOrDefault(e => e is not null), known.Objects);
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
