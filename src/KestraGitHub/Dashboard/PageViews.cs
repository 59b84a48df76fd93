using KestraGitHub.Definitions;
using KestraGitHub.Runs;
using KestraGitHub.Storage;

namespace KestraGitHub.Dashboard;

/// <summary>Which of the syncs the first page lists.</summary>
public enum Listing { All, InSync, OutOfDate, Drifted, Failing, Running, Broken }

/// <param name="Since">Since when the sync that has failed longest fails.</param>
/// <param name="Culprit">The commit with which that began.</param>
public sealed record FailingView(int Syncs, DateTimeOffset? Since, string? Culprit);

/// <param name="Syncs">Those of the chosen listing.</param>
/// <param name="Counts">How many syncs each listing would show.</param>
/// <param name="Broken">Files that do not load, those of which a last good version is in force included.</param>
/// <param name="Checked">When the newest run ended.</param>
/// <param name="Where">The folder of definitions, to say what the next step is.</param>
/// <param name="Scope">The part of all syncs that this reader may see; empty for everything.</param>
public sealed record OverviewView(
    Listing Listing, IReadOnlyList<SyncRowView> Syncs, IReadOnlyDictionary<Listing, int> Counts, FailingView Failing,
    IReadOnlyList<CatalogEntry> Broken, DateTimeOffset? Checked, bool ManyTenants, string Where, string Scope)
{
    public int All => Counts[Listing.All];
}

/// <param name="Secrets">Names of the places where this sync's webhook secrets are kept.</param>
/// <param name="WebhookUrls">One for each Webhook trigger, its key left out.</param>
/// <param name="Source">The file's text with secrets masked; null when it cannot be shown.</param>
public sealed record SyncPageView(
    SyncRowView Sync, CatalogEntry Entry, IReadOnlyList<TaskView> Tasks, IReadOnlyList<(string Trigger, string Url, bool Disabled)> WebhookUrls,
    string Secrets, IReadOnlyList<string>? Source, Page<RunRow> History, DigestNote? Note)
{
    public Definition? Definition => Entry.Definition;

    public Pause? Pause { get; init; }

    public DriftView Drift { get; init; } = DriftView.None;

    /// <summary>There while a commit is held since a rollback.</summary>
    public Hold? Hold { get; init; }

    /// <summary>There while the same commit failed for good and is not tried again by itself.</summary>
    public Quarantine? Quarantine { get; init; }

    /// <summary>True where an earlier run may be wanted again: what a sync wrote to Git is taken back there.</summary>
    public bool RollsBack => Definition is { WritesToGit: false, Disabled: false };
}

/// <param name="Known">Syncs to choose from.</param>
public sealed record RunListView(Page<RunRow> Runs, RunState? State, SyncKey? Sync, IReadOnlyList<SyncKey> Known, bool First);

public sealed record RunPageView(
    RunRow Run, IReadOnlyList<StepView> Steps, IReadOnlyList<ChangeRow> Deletions, IReadOnlyList<ChangeRow> Changes, IReadOnlyList<RunEvent> Log,
    bool Startable, DigestNote? Note, IReadOnlyList<SourceRow> Sources)
{
    /// <summary>Objects that it wrote and that can be had back, as <c>flow company.team/hello</c>.</summary>
    public IReadOnlySet<string> Kept { get; init; } = new HashSet<string>();

    /// <summary>The plan that the run waits, or waited, with.</summary>
    public StoredPlan? Plan { get; init; }
}

/// <param name="OutOf">How many secrets it could have been signed with, where the definition names its own.</param>
public sealed record DeliveryView(DeliveryRow Row, int? OutOf);

public sealed record DeliveryListView(Page<DeliveryView> Deliveries, SyncKey? Sync, bool First);

/// <param name="Fault">Why the last try did not do; null on the first.</param>
public sealed record SignInView(string ReturnUrl, string? Fault);

/// <param name="Cure">What the reader can do.</param>
public sealed record ErrorView(int Status, string Title, string Cure);
