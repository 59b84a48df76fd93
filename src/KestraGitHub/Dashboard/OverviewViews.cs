using KestraGitHub.Definitions;
using KestraGitHub.Storage;

namespace KestraGitHub.Dashboard;

/// <summary>Which of the syncs the first page lists.</summary>
public enum Listing { All, InSync, OutOfDate, Drifted, Failing, Approval, Waiting, Running, Suspended, Broken }

/// <summary>In which order.</summary>
public enum SortBy { Urgency, Name, Last, Objects }

/// <summary>What the first page is asked to show.</summary>
/// <param name="Page">Counts from 1.</param>
public sealed record OverviewWish(Listing Listing, string? Search, SortBy Sort, Span Span, int Page)
{
    /// <summary>Words of an address that are none of ours mean the default.</summary>
    public static OverviewWish Of(string? show, string? search, string? sort, string? by, int? page) =>
        new(Word(show, Listing.All), search is { Length: > 200 } ? search[..200] : search, Word(sort, SortBy.Urgency), Word(by, Span.Hour), page ?? 1);

    /// <summary>The address of the first page as wished; what is the default is left out.</summary>
    public string Address => Links.WithQuery(
        Links.Overview, ("show", Other(Listing, Listing.All)), ("q", Search), ("sort", Other(Sort, SortBy.Urgency)), ("by", Other(Span, Span.Hour)),
        ("page", Page > 1 ? Page.ToString(System.Globalization.CultureInfo.InvariantCulture) : null));

    private static T Word<T>(string? word, T otherwise) where T : struct, Enum =>
        Enum.TryParse<T>(word, ignoreCase: true, out var known) && Enum.IsDefined(known) ? known : otherwise;

    private static string? Other<T>(T value, T usual) where T : struct, Enum => EqualityComparer<T>.Default.Equals(value, usual) ? null : value.ToString().ToLowerInvariant();
}

/// <param name="Began">The run with which the failure began that has gone on longest; null when nothing fails.</param>
public sealed record FailingView(int Syncs, RunRow? Began);

/// <param name="Syncs">Those of the page.</param>
/// <param name="Found">How many there are on all pages.</param>
/// <param name="Counts">How many syncs each listing would show.</param>
/// <param name="Running">How many runs go on.</param>
/// <param name="Now">Some of them.</param>
/// <param name="Changed">The newest run that changed something.</param>
/// <param name="Broken">Files that do not load, those of which a last good version is in force included.</param>
/// <param name="Checked">When the newest run ended.</param>
/// <param name="Where">The folder of definitions, to say what the next step is.</param>
/// <param name="AllPaused">There while every sync is suspended at once.</param>
/// <param name="Away">Kestra servers that do not answer, by their names; empty for a reader who sees only a part.</param>
/// <param name="Scope">The part of all syncs that this reader may see; empty for everything.</param>
public sealed record OverviewView(
    OverviewWish Wish, IReadOnlyList<SyncRowView> Syncs, int Found, IReadOnlyDictionary<Listing, int> Counts, FailingView Failing, int Running, IReadOnlyList<RunRow> Now, RunRow? Changed,
    IReadOnlyList<CatalogEntry> Broken, TimelineView Timeline, DateTimeOffset? Checked, bool ManyTenants, string Where, Pause? AllPaused, IReadOnlyList<string> Away, string Scope)
{
    public int All => Counts[Listing.All];

    /// <summary>The repository that definitions come from; null where they come from a folder, and for whoever sees but a part of them.</summary>
    public DefinitionsGitView? Git { get; init; }

    public int Pages => Math.Max(1, (Found + OverviewDesk.PageSize - 1) / OverviewDesk.PageSize);
}
