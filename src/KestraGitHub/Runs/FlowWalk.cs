using KestraGitHub.Definitions;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>
/// The way of one run through its flow, stage by stage. A stage is planned as a whole before anything of it is written; a new one begins where the direction
/// turns, for what the tasks before it wrote is what it reads, and where a task uses outputs of an earlier one.
/// </summary>
/// <param name="kv">Reads a value of Kestra's key-value store.</param>
/// <param name="fetch">Brings a repository to hand.</param>
internal sealed class FlowWalk(
    Definition definition, RunRow run, RenderContext known, Func<KvName, CancellationToken, Task<string?>> kv, Func<CloneTask, CancellationToken, Task> fetch, RunLog log,
    RunReport report)
{
    private readonly List<int> _untold = [];
    private RenderContext _known = known;
    private int _done;
    private int _stages;

    /// <summary>The tasks of the next stage; null at the end of the flow.</summary>
    /// <exception cref="PermanentFailureException">A task of the flow cannot be part of this run.</exception>
    /// <exception cref="RenderException">A value cannot be rendered.</exception>
    public async Task<IReadOnlyList<SyncTask>?> NextAsync(CancellationToken ct)
    {
        // All of the flow each time: what is wrong with a later stage is found before an earlier one is written, as far as it can be.
        var steps = await ExpandAsync(ct);
        TellNotes(steps);
        var stage = new List<SyncTask>();
        for (; _done < steps.Count; _done++)
        {
            switch (steps[_done])
            {
                case FlowStep.Run { Task: var task } when stage.Count > 0 && stage[0].Policy.Direction != task.Policy.Direction:
                    return Announce(stage, $"{task.Id} is planned after it: the direction turns");
                case FlowStep.Run { Task: var task }:
                    stage.Add(task);
                    break;
                case FlowStep.Fetch { Task: var clone }:
                    await fetch(clone, ct);
                    break;
                case FlowStep.Skip skip:
                    report.Skip(skip.Task, run.Sync, skip.Reason, skip.Id);
                    break;
                case FlowStep.Note:
                    _untold.Add(_done);
                    break;
                case FlowStep.Wait { For.IsNeverMade: true } never:
                    var reason = $"not planned: it uses outputs.{never.For.Task}{(never.For.Name is { } name ? "." + name : "")}, and a dry run makes no commit";
                    report.Skip(never.Task, run.Sync, reason, never.Id);
                    log.Step("planned", $"{never.Id}: {reason}");
                    break;
                case FlowStep.Wait wait when stage.Count > 0:
                    return Announce(stage, $"{wait.Id} is planned after it: it uses outputs of {wait.For.Task}");
                case FlowStep.Wait wait:
                    throw new InvalidOperationException($"{wait.Id} waits for {wait.For.Task}, which is not going to run");
            }
        }

        if (stage.Count > 0) return Announce(stage, null);
        TellNotes(steps);
        return null;
    }

    /// <summary>What a task gave, for those after it.</summary>
    public void Remember(string task, TaskOutputs outputs) =>
        _known = _known with { Given = new Dictionary<string, TaskOutputs>(_known.Given, StringComparer.Ordinal) { [task] = outputs } };

    private List<SyncTask> Announce(List<SyncTask> stage, string? rest)
    {
        if (++_stages > 1 || rest is not null) log.Step("", $"stage {_stages}: {string.Join(", ", stage.Select(t => t.Name))}{(rest is null ? "" : $"; {rest}")}");
        return stage;
    }

    private async Task<IReadOnlyList<FlowStep>> ExpandAsync(CancellationToken ct)
    {
        while (true)
        {
            var expansion = FlowExpander.Expand(definition, _known);
            foreach (var clone in expansion.Steps.OfType<FlowStep.Fetch>()) report.Retry ??= clone.Task.Retry;
            foreach (var task in expansion.Steps.OfType<FlowStep.Run>().Select(s => s.Task))
            {
                if (task.Push is not null && run.RequestedRevision is not null)
                    throw new PermanentFailureException($"Task {task.Id} writes to its branch, and cannot be run for another revision. Ask for a run without one.");
                report.Retry ??= task.Retry;
            }

            if (expansion.Needs.Count == 0) return expansion.Steps;
            var held = new Dictionary<KvName, string?>(_known.Kv);
            foreach (var name in expansion.Needs) held[name] = await kv(name, ct);
            _known = _known with { Kv = held };
        }
    }

    private void TellNotes(IReadOnlyList<FlowStep> steps)
    {
        foreach (var at in _untold)
            if (steps[at] is FlowStep.Note note) log.Info(note.Message ?? $"{note.Id} is not evaluated: it uses what a dry run does not make.");
        _untold.Clear();
    }
}
