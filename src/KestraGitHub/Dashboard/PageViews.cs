using KestraGitHub.Definitions;
using KestraGitHub.Reconciliation;
using KestraGitHub.Runs;
using KestraGitHub.Storage;

namespace KestraGitHub.Dashboard;

/// <param name="Secrets">Names of the places where this sync's webhook secrets are kept.</param>
/// <param name="WebhookUrls">One for each Webhook trigger, its key left out.</param>
/// <param name="Source">The file's text with secrets masked; null when it cannot be shown.</param>
public sealed record SyncPageView(
    SyncRowView Sync, CatalogEntry Entry, IReadOnlyList<TaskView> Tasks, IReadOnlyList<(string Trigger, string Url, bool Disabled)> WebhookUrls,
    string Secrets, IReadOnlyList<string>? Source, Page<RunRow> History, DigestNote? Note)
{
    public Definition? Definition => Entry.Definition;

    public Pause? Pause { get; init; }

    /// <summary>What it owns, and how each of that stands.</summary>
    public IReadOnlyList<KnownObject> Objects { get; init; } = [];

    /// <summary>How careful it is, in sentences.</summary>
    public IReadOnlyList<string> Care { get; init; } = [];

    /// <summary>When each of its schedules fires next.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<DateTimeOffset>> NextTimes { get; init; } = new Dictionary<string, IReadOnlyList<DateTimeOffset>>();

    public DriftView Drift { get; init; } = DriftView.None;

    /// <summary>Pull requests by which its tasks bring changes to Git.</summary>
    public IReadOnlyList<ProposalView> Proposals { get; init; } = [];

    /// <summary>There while a commit is held since a rollback.</summary>
    public Hold? Hold { get; init; }

    /// <summary>There while the same commit failed for good and is not tried again by itself.</summary>
    public Quarantine? Quarantine { get; init; }

    /// <summary>True where an earlier run may be wanted again: what a sync wrote to Git is taken back there.</summary>
    public bool RollsBack => Definition is { WritesToGit: false, Disabled: false };
}

/// <param name="Known">Syncs to choose from.</param>
public sealed record RunListView(Page<RunRow> Runs, RunState? State, SyncKey? Sync, IReadOnlyList<SyncKey> Known, bool First)
{
    /// <summary>What of the address was not understood, in sentences.</summary>
    public IReadOnlyList<string> NotUnderstood { get; init; } = [];

    /// <summary>True where the sync that was asked for is none of those that are there.</summary>
    public bool Gone => Sync is { } sync && !Known.Contains(sync);
}

public sealed record RunPageView(
    RunRow Run, IReadOnlyList<StepView> Steps, IReadOnlyList<PlacedChange> Deletions, IReadOnlyList<PlacedChange> Changes, IReadOnlyList<RunEvent> Log,
    bool Startable, DigestNote? Note, IReadOnlyList<SourceRow> Sources)
{
    /// <summary>Objects that it wrote and that can be had back, as <c>flow company.team/hello</c>.</summary>
    public IReadOnlySet<string> Kept { get; init; } = new HashSet<string>();

    /// <summary>The plan that the run waits, or waited, with.</summary>
    public StoredPlan? Plan { get; init; }

    /// <summary>How many of the objects that it wrote were put back since.</summary>
    public int TakenBack { get; init; }

    /// <summary>The rollback that it carries out, while that holds.</summary>
    public Hold? RollsBack { get; init; }

    /// <summary>How many conflicts a person can settle by running the sync once more; 0 where a newer run has ended or goes on.</summary>
    public int Conflicts { get; init; }

    /// <summary>What counted where both sides changed.</summary>
    public OnConflict OnConflict { get; init; }

    /// <summary>The sync brings Kestra to Git.</summary>
    public bool ToGit { get; init; }
}

/// <param name="Fault">Why the last try did not do; null on the first.</param>
/// <param name="Provider">What the OpenID Connect provider is called; null where none is asked.</param>
public sealed record SignInView(string ReturnUrl, string? Fault, string? Provider);

/// <param name="Cure">What the reader can do.</param>
public sealed record ErrorView(int Status, string Title, string Cure)
{
    /// <summary>A page that may be of use instead.</summary>
    public (string Href, string Words)? Instead { get; init; }
}
