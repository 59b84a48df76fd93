using System.Text;
using KestraGitHub.Definitions;
using KestraGitHub.Kestra;
using KestraGitHub.Reconciliation;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>
/// Looks at what a plan would touch while it is in use: executions that run, sub-flows that others call, schedules that move. What is found stands in the rows;
/// the definition says whether it stops the run, or makes it wait.
/// </summary>
internal sealed class LiveChecks(TimeProvider time)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(30);
    private const int Named = 3;

    /// <exception cref="RunMustWaitException">A flow that would change is running, and the definition says to wait.</exception>
    public async Task CheckAsync(RunAttempt attempt, TaskRun task, CancellationToken ct)
    {
        if (task.Pushes || task.Plan is not { Blocker: null } plan) return;
        var flows = plan.Writes.Where(c => c.Key.Kind == ResourceKind.Flow && c.Action != ChangeAction.Added).ToList();
        if (flows.Count == 0) return;
        var notes = new Notes();
        foreach (var change in flows.Where(c => c.Action == ChangeAction.Updated))
        {
            var (before, after) = (await BeforeAsync(task, change, ct), Text(change.Desired));
            if (attempt.Run.PullRequest is not null && before is not null)
            {
                notes.Held(change.Key, before);
                if (FlowDifference.Words(before, after) is { } parts) notes.Add(change.Key, parts);
            }

            if (ScheduleChange.Words(before, after, time.GetUtcNow()) is { } words) notes.Add(change.Key, words);
        }

        await NoteRunningAsync(attempt, task.Server, flows, notes, ct);
        await NoteCallersAsync(attempt, task.Server, flows, notes, ct);
        task.Plan = notes.On(plan);
    }

    /// <summary>Asked only where the definition says what to do then: it costs one call for each namespace.</summary>
    private static async Task NoteRunningAsync(RunAttempt attempt, KestraServer server, List<Change> flows, Notes notes, CancellationToken ct)
    {
        if (attempt.Safety.WhenRunning is not { } rule) return;
        var busy = new List<string>();
        foreach (var group in flows.GroupBy(f => f.Key.Namespace, StringComparer.Ordinal))
        {
            var running = await server.Client.CountRunningAsync(group.Key, ct);
            foreach (var change in group)
            {
                if (running.GetValueOrDefault(change.Key.Id) is not (> 0 and var count)) continue;
                busy.Add($"{change.Key} ({count})");
                notes.Add(change.Key, $"{count} {(count == 1 ? "execution is" : "executions are")} running, and {(count == 1 ? "goes" : "go")} on as {(count == 1 ? "it" : "they")} began");
            }
        }

        if (busy.Count == 0) return;
        var named = string.Join(", ", busy.Take(Named)) + (busy.Count > Named ? $" and {busy.Count - Named} more" : "");
        attempt.Log.Warn($"Running right now: {named}");
        if (attempt.Run.DryRun) return;
        if (rule == WhenRunning.Wait) throw new RunMustWaitException(Waits.Executions, LookAgain, $"Flows that would change are running: {named}. The run goes on when they have ended.");
        if (rule == WhenRunning.Fail) throw new PermanentFailureException($"Flows that would change are running: {named}. Nothing was written, as `whenRunning` is fail. Run it again when they have ended.");
    }

    private static async Task NoteCallersAsync(RunAttempt attempt, KestraServer server, List<Change> flows, Notes notes, CancellationToken ct)
    {
        var gone = flows.Where(f => f.Action == ChangeAction.Deleted).Select(f => f.Key).ToHashSet();
        var left = new List<string>();
        foreach (var group in gone.GroupBy(k => k.Namespace, StringComparer.Ordinal))
        {
            // Asked before the delete: afterwards the server no longer knows who called it.
            var calls = group.Count() == 1 ? await server.Client.CallsOfAsync(group.First(), ct) : await server.Client.CallsOfAsync(group.Key, ct);
            foreach (var called in calls.Where(c => gone.Contains(c.Called) && !gone.Contains(c.Caller)).GroupBy(c => c.Called))
            {
                var callers = string.Join(", ", called.Select(c => $"{c.Caller.Namespace}/{c.Caller.Id}").Distinct().Take(Named));
                notes.Add(called.Key, $"{callers} still calls it");
                left.Add($"{called.Key}, called by {callers}");
            }
        }

        if (left.Count == 0) return;
        foreach (var one in left) attempt.Log.Warn($"To be deleted: {one}");
        if (attempt.Safety.Strict && !attempt.Run.DryRun)
            throw new PermanentFailureException($"Flows that others call would be deleted: {string.Join("; ", left.Take(Named))}. Nothing was written, as `strict` is true. Remove the calls first.");
    }

    /// <summary>What Kestra holds: as it was read, or as the mirror has it where the two are known to be the same. No call is made for it.</summary>
    private static async Task<string?> BeforeAsync(TaskRun task, Change change, CancellationToken ct)
    {
        if (change.Actual is not { Content: null } held) return Text(change.Actual);
        if (task.Inventory.Owned(change.Key) is not { } known || await task.Git!.OpenProvenAsync(known, held.Digest, ct) is not { } proven) return null;
        await using (proven)
        {
            using var reader = new StreamReader(proven, Encoding.UTF8);
            return await reader.ReadToEndAsync(ct);
        }
    }

    private static string? Text(Resource? held) => held?.Content is { } content ? Encoding.UTF8.GetString(content.Span) : null;

    private sealed class Notes
    {
        private readonly Dictionary<ResourceKey, List<string>> _notes = [];
        private readonly Dictionary<ResourceKey, ReadOnlyMemory<byte>> _held = [];

        /// <summary>The old text, for rows that count lines.</summary>
        public void Held(ResourceKey key, string text) => _held[key] = Encoding.UTF8.GetBytes(text);

        public void Add(ResourceKey key, string words)
        {
            if (!_notes.TryGetValue(key, out var list)) _notes[key] = list = [];
            list.Add(words);
        }

        public SyncPlan On(SyncPlan plan) => _notes.Count + _held.Count == 0 ? plan : plan with { Changes = [.. plan.Changes.Select(On)] };

        private Change On(Change change)
        {
            if (!change.Writes) return change;
            if (_held.TryGetValue(change.Key, out var text) && change.Actual is { Content: null } held) change = change with { Actual = held with { Content = text } };
            return _notes.TryGetValue(change.Key, out var words) ? change with { Reason = string.Join("; ", [change.Reason, .. words]) } : change;
        }
    }
}
