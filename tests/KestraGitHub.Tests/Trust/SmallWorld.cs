using System.Text;
using KestraGitHub.Definitions;
using KestraGitHub.Reconciliation;
using KestraGitHub.Runs;

namespace KestraGitHub.Tests.Trust;

/// <summary>What goes wrong in the middle of a run.</summary>
/// <param name="At">Before which write, counted from nought.</param>
internal sealed record Mishap(MishapKind Kind, int At, Action? Meddle = null);

internal enum MishapKind { Refused, Crashed, SomebodyElse }

internal enum RunEnd { Succeeded, Blocked, Waits, PutBack, Crashed }

/// <summary>
/// A sync in memory: the product's own planner, approval rules, journal decisions and inventory, between two maps. Only the wire, the clock and the database
/// are left out.
/// </summary>
internal sealed class SmallWorld(SyncPolicy policy, SafetyRules rules)
{
    private static readonly TargetAddress There = new("http://kestra", "main");

    private readonly Dictionary<long, string> _bytes = [];
    private List<JournalEntry> _journal = [];

    public Dictionary<string, string> Git { get; } = [];

    public Dictionary<string, string> Kestra { get; } = [];

    public Inventory Inventory { get; private set; } = Inventory.Empty;

    /// <summary>Every text that a run overwrote or deleted.</summary>
    public HashSet<string> Copies { get; } = [];

    public SyncPlan? LastPlan { get; private set; }

    public RunEnd Run(Mishap? mishap, bool newRun)
    {
        if (newRun) _journal = [];
        var plan = LastPlan = SyncPlanner.Plan(Set(Git), Set(Kestra), Inventory, policy);
        if (plan.Blocker is not null) return RunEnd.Blocked;
        if (ApprovalRules.Reasons([new JudgedTask(policy, plan, Inventory)], rules).Count > 0) return RunEnd.Waits;
        Keep(plan);
        var done = new List<AppliedChange>();
        foreach (var change in plan.Writes)
        {
            if (mishap is { } trouble && trouble.At == done.Count)
            {
                mishap = null;
                if (trouble.Kind == MishapKind.Crashed) return RunEnd.Crashed;
                trouble.Meddle?.Invoke();
                if (trouble.Kind == MishapKind.Refused) return PutBack();
            }

            // As the real stores do: what is not as it was read is not written.
            if (Kestra.GetValueOrDefault(change.Key.Id) != TextOf(change.Actual)) return PutBack();
            Write(change.Key.Id, TextOf(change.Desired), change.Action);
            done.Add(new AppliedChange(change, change.Action == ChangeAction.Deleted ? null : change.Desired! with { Path = "", Version = "1" }));
        }

        var update = InventoryUpdate.Of(plan, done, Inventory);
        Inventory = new Inventory(Inventory.Entries.Where(e => !update.Removed.Contains(e.Key)).Select(e => e.Value)
            .Concat(update.Put).GroupBy(e => e.Key).ToDictionary(g => g.Key, g => g.Last()));
        return RunEnd.Succeeded;
    }

    /// <summary>Takes back what the last run wrote.</summary>
    public void Undo() => PutBack();

    private RunEnd PutBack()
    {
        var plan = UndoPlanner.Plan(_journal, Set(Kestra));
        foreach (var change in plan.Writes)
        {
            var entry = UndoPlanner.Newest(_journal).Single(e => e.Key == change.Key);
            Write(change.Key.Id, change.Action == ChangeAction.Deleted ? null : _bytes[entry.Position], change.Action);
        }

        return RunEnd.PutBack;
    }

    private void Keep(SyncPlan plan)
    {
        var newest = UndoPlanner.Newest(_journal).ToDictionary(e => e.Key);
        foreach (var change in plan.Writes)
        {
            var after = change.Action == ChangeAction.Deleted ? null : Standing.Of(change.Desired);
            var earlier = newest.GetValueOrDefault(change.Key);
            if (UndoPlanner.Keeps(earlier, change.Actual))
            {
                _journal[_journal.IndexOf(earlier!)] = earlier! with { After = after };
                continue;
            }

            var entry = new JournalEntry(
                _bytes.Count, "git", There, change.Key, change.Path, Standing.Of(change.Actual), after, Inventory.Entries.GetValueOrDefault(change.Key), JournalState.Planned, default);
            _bytes[entry.Position] = TextOf(change.Actual) ?? "";
            _journal.Add(entry);
            if (change.Actual is not null) Copies.Add(TextOf(change.Actual)!);
        }
    }

    private void Write(string name, string? text, ChangeAction action)
    {
        Assert.Equal(action == ChangeAction.Added, !Kestra.ContainsKey(name));
        if (text is null) Kestra.Remove(name);
        else Kestra[name] = text;
    }

    private static ResourceSet Set(Dictionary<string, string> texts) => new("", texts.Select(t => Of(t.Key, t.Value)).ToDictionary(r => r.Key), []);

    private static Resource Of(string name, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var digest = BlobHash.Of(bytes);
        return new Resource(new ResourceKey(ResourceKind.Flow, "prod", name), $"_flows/{name}.yaml", digest, FlowLikeness.Of(bytes), digest, bytes.Length, bytes);
    }

    private static string? TextOf(Resource? resource) => resource?.Content is { } content ? Encoding.UTF8.GetString(content.Span) : null;
}
