namespace KestraGitHub.Definitions;

/// <summary>Which tasks of a flow have given what, while it is walked through in its order.</summary>
internal sealed class OutputBook(IReadOnlyDictionary<string, TaskOutputs> given, IReadOnlyDictionary<string, IReadOnlyList<string>> loops)
{
    private readonly Dictionary<string, TaskOutputs> _evaluated = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TaskOutputs> _shown = new(StringComparer.Ordinal);
    private readonly HashSet<string> _waiting = new(StringComparer.Ordinal);
    private readonly HashSet<string> _never = new(StringComparer.Ordinal);

    /// <summary>A task that is evaluated here, and not run.</summary>
    /// <param name="shown">The same as logs may show it.</param>
    public void Evaluated(string task, TemplateValue value, TemplateValue shown)
    {
        _evaluated[task] = Outputs(value);
        _shown[task] = Outputs(shown);

        static TaskOutputs Outputs(TemplateValue value) =>
            new(new Dictionary<string, string?> { ["value"] = value.Text is null ? null : value.Json }, new HashSet<string>());
    }

    /// <summary>A task that will run, or a task id of which nobody knows yet whether and how often it will.</summary>
    /// <param name="never">True when it waits for what this run does not make.</param>
    public void Wait(string task, bool never = false)
    {
        _waiting.Add(task);
        if (never) _never.Add(task);
    }

    /// <param name="steps">Task, values of its loops, name of the output, and parts of it.</param>
    /// <param name="from">Where the expression stands: a task beside it in one loop needs no values.</param>
    /// <param name="masked">True for what is shown.</param>
    /// <exception cref="FactNeededException">The task has not run yet.</exception>
    public TemplateValue Find(IReadOnlyList<TemplateValue> steps, LoopPlace from, bool masked)
    {
        var task = steps[0].Text!;
        var around = loops.GetValueOrDefault(task) ?? [];
        var shared = around.Zip(from.Frames, (loop, frame) => loop == frame.Loop).TakeWhile(same => same).Count();
        var direct = shared > 0 && around.Count - shared + 1 is var at && at < steps.Count && OutputNames.IsOne(steps[at].Text);
        List<string> values = direct ? [.. from.Frames.Take(shared).Select(f => f.Key ?? f.Value)] : [];
        var rest = steps.Skip(1).ToList();
        while (values.Count < around.Count && rest.Count > 0)
        {
            values.Add(rest[0].Text ?? "null");
            rest.RemoveAt(0);
        }

        var id = LoopPlace.NameOf(task, values);
        if (rest.Count == 0) throw new TemplateException($"`outputs.{task}` names no output.", $"Write `outputs.{task}{string.Concat(around.Select(_ => "['value']"))}.commitId`.");
        return (given.GetValueOrDefault(id) ?? (masked ? _shown : _evaluated).GetValueOrDefault(id)) is { } outputs ? Value(outputs, id, rest) : Absent(task, id, rest[0].Text);
    }

    private TemplateValue Absent(string task, string id, string? name) =>
        _waiting.Contains(id) || _waiting.Contains(task)
            ? throw new FactNeededException(new NeededFact.Output(id, name, _never.Contains(id) || _never.Contains(task)))
            : TemplateValue.Missing(new($"The task {id} did not run, and has no outputs.", $"Give a default: `outputs.{task}.{name} ?? '…'`."));

    private static TemplateValue Value(TaskOutputs outputs, string id, List<TemplateValue> rest)
    {
        var name = rest[0].Text ?? "null";
        if (outputs.NotMade.Contains(name)) throw new FactNeededException(new NeededFact.Output(id, name, true));
        if (!outputs.Values.TryGetValue(name, out var json)) return TemplateValue.Missing(new($"The task {id} has no output `{name}`.", Nearest.Cure(name, [.. outputs.Values.Keys])));
        var value = json is null ? TemplateValue.Null : TemplateValue.OfJson(json);
        foreach (var step in rest.Skip(1))
            value = value.Part(step.Text ?? "null") ?? TemplateValue.Missing(new($"The output `{name}` of {id} has no part `{step.Text}`.", "Look at what it holds."));
        return value;
    }
}
