using System.Globalization;
using System.Text;
using KestraGitHub.Definitions;
using KestraGitHub.Reconciliation;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>Gathers what a run did, or would do, as rows and counts.</summary>
internal sealed class RunReport
{
    private readonly List<ChangeRow> _rows = [];
    private readonly int[] _counts = new int[Enum.GetValues<ChangeAction>().Length];
    private readonly HashSet<(string Task, ResourceKey Key)> _unchanged = [];
    private RunCounts _standing = new();

    public IReadOnlyList<ChangeRow> Rows => _rows;

    /// <summary>What the tasks say of trying again; the first that says something.</summary>
    public RetryPolicy? Retry { get; set; }

    public RunCounts Counts => Sum(CountsOf(_counts), _standing);

    /// <summary>Forgets all of it: nothing was looked at.</summary>
    public void Clear()
    {
        _rows.Clear();
        Array.Clear(_counts);
        _standing = new();
    }

    /// <summary>A task that this product does not carry out, as a row of its own.</summary>
    /// <param name="id">Its identity; the values of the loops around it are part of that.</param>
    public void Skip(TaskDeclaration task, SyncKey sync, string reason, string? id = null)
    {
        _counts[(int)ChangeAction.Skipped]++;
        _rows.Add(new ChangeRow(id ?? task.Id, "task", sync.Namespace, id ?? task.Id, null, Word(ChangeAction.Skipped), reason));
    }

    /// <summary>A task for which neither side moved: nothing is listed, everything still counts.</summary>
    public void AddUnmoved(TaskState last) => _standing = Sum(_standing, last.Counts);

    /// <summary>A plan that is not, or not yet, carried out.</summary>
    /// <param name="reached">False where something before it ended the run: then none of its writes was made.</param>
    public void AddPlanned(string task, SyncPlan plan, bool reached = true)
    {
        if (!reached) AddApplied(task, plan, new ApplyResult([], null, null));
        else foreach (var change in plan.Changes) Add(task, change, change.Action, change.Reason, null);
    }

    /// <summary>A plan that was carried out, in whole or in part: what was not reached is no change.</summary>
    public void AddApplied(string task, SyncPlan plan, ApplyResult result)
    {
        var done = result.Done.ToDictionary(d => d.Change.Key, d => d.Now);
        foreach (var change in plan.Changes)
        {
            if (!change.Writes || done.ContainsKey(change.Key)) Add(task, change, change.Action, change.Reason, done.GetValueOrDefault(change.Key));
            else if (result.Failure is { Change: { } failed } failure && failed.Key == change.Key) Add(task, change, ChangeAction.Failed, failure.Error.Message, null);
            else Add(task, change, ChangeAction.Skipped, $"not reached: would have been {Word(change.Action)}", null);
        }
    }

    /// <summary>
    /// Says anew what became of an object, after what was written was put back or left. An object that an earlier attempt wrote may have no row yet, or be
    /// among the unchanged.
    /// </summary>
    /// <param name="action">Null: the row keeps its action, or gets what the entry says was done.</param>
    /// <param name="reason">Given what the row said; an object without a row gives an empty text.</param>
    public void Settle(JournalEntry entry, ChangeAction? action, Func<string, string> reason)
    {
        var at = _rows.FindIndex(r => r.Task == entry.Task && r.Kind == entry.Key.Kind.Word() && r.Namespace == entry.Key.Namespace && r.Id == entry.Key.Id);
        if (at < 0)
        {
            if (_unchanged.Remove((entry.Task, entry.Key))) _counts[(int)ChangeAction.Unchanged]--;
            _counts[(int)(action ?? entry.Action)]++;
            _rows.Add(new ChangeRow(entry.Task, entry.Key.Kind.Word(), entry.Key.Namespace, entry.Key.Id, entry.Path, Word(action ?? entry.Action), reason("")));
            return;
        }

        var row = _rows[at];
        var now = action ?? Enum.Parse<ChangeAction>(row.Action, ignoreCase: true);
        _counts[(int)Enum.Parse<ChangeAction>(row.Action, ignoreCase: true)]--;
        _counts[(int)now]++;
        _rows[at] = row with { Action = Word(now), Reason = reason(row.Reason) };
        if (now is not (ChangeAction.Added or ChangeAction.Updated or ChangeAction.Deleted)) _rows[at] = _rows[at] with { NewRevision = null, Additions = null, Deletions = null };
    }

    /// <summary>What the row of an object says was done with it; null where it has none.</summary>
    public ChangeAction? ActionOf(JournalEntry entry) =>
        _rows.Find(r => r.Task == entry.Task && r.Kind == entry.Key.Kind.Word() && r.Namespace == entry.Key.Namespace && r.Id == entry.Key.Id) is { } row
            ? Enum.Parse<ChangeAction>(row.Action, ignoreCase: true)
            : null;

    /// <summary>What a run counts that finds nothing to do after this plan was applied.</summary>
    public static RunCounts Settled(SyncPlan plan)
    {
        var counts = new int[Enum.GetValues<ChangeAction>().Length];
        foreach (var change in plan.Changes)
        {
            if (change.Action is ChangeAction.Added or ChangeAction.Updated) counts[(int)ChangeAction.Unchanged]++;
            else if (change.Action is not ChangeAction.Deleted) counts[(int)change.Action]++;
        }

        return CountsOf(counts);
    }

    public static RunCounts CountsOf(SyncPlan plan)
    {
        var counts = new int[Enum.GetValues<ChangeAction>().Length];
        foreach (var change in plan.Changes) counts[(int)change.Action]++;
        return CountsOf(counts);
    }

    /// <param name="now">What the target holds after a write.</param>
    private void Add(string task, Change change, ChangeAction action, string reason, Resource? now)
    {
        _counts[(int)action]++;
        if (action == ChangeAction.Unchanged)
        {
            _unchanged.Add((task, change.Key));
            return;
        }

        var (additions, deletions) = Lines(change, action);
        _rows.Add(new ChangeRow(
            task, change.Key.Kind.Word(), change.Key.Namespace, change.Key.Id, change.Path, Word(action), reason, Revision(change.Actual) ?? Before(action, now), Revision(now),
            additions, deletions, action is ChangeAction.Invalid or ChangeAction.Failed ? RefusedLine.Of(Text(change.Desired), reason) : null));
    }

    private static string? Revision(Resource? held) => string.IsNullOrEmpty(held?.Version) ? null : held.Version;

    /// <summary>An export of flows does not say their revisions; Kestra counts up by one at each change.</summary>
    private static string? Before(ChangeAction action, Resource? now) =>
        action == ChangeAction.Updated && now?.Key.Kind == ResourceKind.Flow && long.TryParse(now.Version, CultureInfo.InvariantCulture, out var revision)
            ? (revision - 1).ToString(CultureInfo.InvariantCulture)
            : null;

    private static (long? Additions, long? Deletions) Lines(Change change, ChangeAction action)
    {
        if (action is not (ChangeAction.Added or ChangeAction.Updated or ChangeAction.Deleted)) return (null, null);
        var before = action == ChangeAction.Added ? "" : Text(change.Actual);
        var after = action == ChangeAction.Deleted ? "" : Text(change.Desired);
        return before is null || after is null ? (null, null) : LineDiff.Count(before, after);
    }

    private static string? Text(Resource? held) => held?.Content is { } content ? Encoding.UTF8.GetString(content.Span) : null;

    private static string Word(ChangeAction action) => action.ToString().ToLowerInvariant();

    private static RunCounts CountsOf(int[] n) => new(
        n[(int)ChangeAction.Added], n[(int)ChangeAction.Updated], n[(int)ChangeAction.Deleted], n[(int)ChangeAction.Unchanged],
        n[(int)ChangeAction.Kept], n[(int)ChangeAction.Skipped], n[(int)ChangeAction.Ignored], n[(int)ChangeAction.Protected],
        n[(int)ChangeAction.Conflict], n[(int)ChangeAction.Invalid], n[(int)ChangeAction.Failed]);

    private static RunCounts Sum(RunCounts a, RunCounts b) => new(
        a.Added + b.Added, a.Updated + b.Updated, a.Deleted + b.Deleted, a.Unchanged + b.Unchanged, a.Kept + b.Kept, a.Skipped + b.Skipped,
        a.Ignored + b.Ignored, a.Protected + b.Protected, a.Conflict + b.Conflict, a.Invalid + b.Invalid, a.Failed + b.Failed);
}
