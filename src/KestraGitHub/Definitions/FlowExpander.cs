namespace KestraGitHub.Definitions;

/// <summary>One step of a run, in the order of the flow.</summary>
/// <param name="Id">The task's identity, with the values of the loops around it.</param>
public abstract record FlowStep(string Id)
{
    /// <summary>A git task with every value rendered.</summary>
    public sealed record Run(SyncTask Task) : FlowStep(Task.Id);

    /// <summary>A repository that is to be at hand.</summary>
    public sealed record Fetch(string Id, CloneTask Task) : FlowStep(Id);

    public sealed record Skip(string Id, TaskDeclaration Task, string Reason) : FlowStep(Id);

    /// <summary>A line for the log; null while what it says is not known.</summary>
    public sealed record Note(string Id, string? Message) : FlowStep(Id);

    /// <summary>What it is to do is known only after an earlier task has run.</summary>
    public sealed record Wait(string Id, TaskDeclaration Task, NeededFact.Output For) : FlowStep(Id);
}

/// <summary>A flow's tasks as far as they are known.</summary>
/// <param name="Needs">What must be asked of Kestra first; what depends on it is missing in the steps.</param>
public sealed record Expansion(IReadOnlyList<FlowStep> Steps, IReadOnlyList<KvName> Needs);

/// <summary>
/// Unfolds a flow into the list of what is to be done: loops turn by turn, conditions decided, values rendered. A pure function of what is known; with more
/// facts it gives the same list, and more of it.
/// </summary>
internal static class FlowExpander
{
    /// <exception cref="RenderException">A value cannot be rendered.</exception>
    public static Expansion Expand(Definition definition, RenderContext context)
    {
        var walk = new Walk(definition, context);
        walk.Visit(definition.Body, LoopPlace.None);
        return new Expansion(walk.Steps, [.. walk.Needs]);
    }

    private sealed class Walk(Definition definition, RenderContext context)
    {
        private readonly OutputBook _book = new(context.Given, LoopsOf(definition.Body));
        private readonly HashSet<string> _said = new(StringComparer.Ordinal);

        public List<FlowStep> Steps { get; } = [];

        public HashSet<KvName> Needs { get; } = [];

        public void Visit(IEnumerable<FlowNode> nodes, LoopPlace place)
        {
            foreach (var node in nodes) Visit(node, place);
        }

        private void Visit(FlowNode node, LoopPlace place)
        {
            var task = node.Task;
            if (Steps.Count > FlowTrial.Most) throw Fail(task, $"with it the flow comes to more than {FlowTrial.Most} tasks, each turn of a loop counted.", "Split it.");
            if (task.Standing is TaskStanding.Foreign or TaskStanding.Disabled)
            {
                if (_said.Add(task.Id))
                    Steps.Add(new FlowStep.Skip(task.Id, task, task.Standing == TaskStanding.Disabled ? "disabled" : $"{task.Type} is no git task: Kestra runs it, not this service"));
                return;
            }

            try
            {
                if (task.Properties.TryGetValue("runIf", out var runIf) && !Operators.Holds(Text(task, "runIf", runIf, place)))
                    Steps.Add(new FlowStep.Skip(place.Name(task.Id), task, "its `runIf` does not hold"));
                else Enter(node, place);
            }
            catch (FactNeededException e)
            {
                // On to the next one: there may be more to ask for, and what is wrong elsewhere shows too.
                if (e.Fact is NeededFact.Kv kv) Needs.Add(kv.Name);
                else if (e.Fact is NeededFact.Output output) Steps.Add(new FlowStep.Wait(place.Name(task.Id), task, output));
                var never = e.Fact is NeededFact.Output { IsNeverMade: true };
                foreach (var inner in node.All()) _book.Wait(node is FlowNode.Leaf ? place.Name(task.Id) : inner.Task.Id, never);
            }
        }

        private void Enter(FlowNode node, LoopPlace place)
        {
            switch (node)
            {
                case FlowNode.Leaf when CoreTasks.IsLog(node.Task.Type):
                    Steps.Add(new FlowStep.Note(place.Name(node.Task.Id), Said(node.Task, place)));
                    break;
                case FlowNode.Leaf when CoreTasks.IsReturn(node.Task.Type):
                    Return(node.Task, place);
                    break;
                case FlowNode.Leaf when CloneRenderer.Takes(node.Task):
                    var clone = CloneRenderer.Render(definition, node.Task, Within(place));
                    Steps.Add(new FlowStep.Fetch(place.Name(node.Task.Id), clone with { Id = place.Name(node.Task.Id) }));
                    break;
                case FlowNode.Leaf:
                    var task = TaskRenderer.Render(definition, node.Task, Within(place));
                    for (var part = task; part is not null; part = part.Other) Steps.Add(new FlowStep.Run(part));
                    _book.Wait(task.Id);
                    break;
                case FlowNode.Group group:
                    Visit(group.Children, place.Deeper);
                    break;
                case FlowNode.Loop loop:
                    foreach (var frame in Rendered(loop.Task, CoreTasks.Find(loop.Task.Type)!.Values!, () => LoopValues.Of(loop, Scope(place)))) Visit(loop.Children, place.Within(frame));
                    break;
                case FlowNode.Choice choice:
                    Choose(choice, place);
                    break;
            }
        }

        private void Choose(FlowNode.Choice choice, LoopPlace place)
        {
            var core = CoreTasks.Find(choice.Task.Type)!;
            var text = Text(choice.Task, core.Values!, choice.On, place);
            if (core.Shape == FlowShape.If) text = Operators.Holds(text) ? "true" : "false";
            var chosen = choice.Cases.FirstOrDefault(c => c.Value == text) ?? choice.Cases.FirstOrDefault(c => c.Value is null);
            if (chosen is not null) Visit(chosen.Children, place.Deeper);
            else Steps.Add(new FlowStep.Skip(place.Name(choice.Task.Id), choice.Task, core.Shape == FlowShape.If ? "its condition does not hold" : "no case of it fits"));
        }

        private void Return(TaskDeclaration task, LoopPlace place)
        {
            var format = task.Properties.GetValueOrDefault("format") ?? new ScalarValue(null, true, task.Line, 1);
            var id = place.Name(task.Id);
            try
            {
                var value = Rendered(task, "format", () => Known(Scope(place).Evaluate(format)));
                var shown = Rendered(task, "format", () => Known(Scope(place, masked: true).Evaluate(format)));
                _book.Evaluated(id, value, shown);
                Steps.Add(new FlowStep.Note(id, $"{id} gives {shown.Text ?? "nothing"}"));
            }
            catch (FactNeededException e) when (e.Fact is NeededFact.Output output)
            {
                // It does nothing of its own: only who uses it has to wait.
                _book.Wait(id, output.IsNeverMade);
                Steps.Add(new FlowStep.Note(id, null));
            }
        }

        private string? Said(TaskDeclaration task, LoopPlace place)
        {
            try
            {
                var message = Known(Scope(place, masked: true).Evaluate(task.Properties.GetValueOrDefault("message") ?? new ScalarValue(null, true, task.Line, 1)));
                return $"{place.Name(task.Id)}: {(message.IsList ? string.Join(' ', message.Items().Select(i => i.Text)) : message.Text)}";
            }
            catch (TemplateException e)
            {
                return $"{place.Name(task.Id)} cannot be said: {e.Message}";
            }
            catch (FactNeededException)
            {
                return null;
            }
        }

        private string Text(TaskDeclaration task, string property, PropertyValue value, LoopPlace place) =>
            Rendered(task, property, () => Known(Scope(place).Evaluate(value)).Text ?? "");

        private static TemplateValue Known(TemplateValue value) => value.Why is null ? value : throw value.Why;

        private T Rendered<T>(TaskDeclaration task, string property, Func<T> render)
        {
            try
            {
                return render();
            }
            catch (TemplateException e)
            {
                throw Fail(task, $"`{property}`: {e.Message}", e.Cure, property);
            }
        }

        private RenderContext Within(LoopPlace place) => context with { Place = place, Outputs = _book };

        private TemplateScope Scope(LoopPlace place, bool masked = false) => new(definition.Values, context.Environment, Within(place), masked);

        private RenderException Fail(TaskDeclaration task, string what, string cure, string? property = null)
        {
            var at = property is not null && task.Properties.TryGetValue(property, out var value) ? (value.Line, value.Column) : (task.Line, 1);
            return new RenderException(new Fault(definition.File, at.Item1, at.Item2, $"In the task {task.Id}, {what}", cure));
        }

        private static Dictionary<string, IReadOnlyList<string>> LoopsOf(IReadOnlyList<FlowNode> body)
        {
            var loops = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
            Note(body, []);
            return loops;

            void Note(IEnumerable<FlowNode> nodes, IReadOnlyList<string> around)
            {
                foreach (var node in nodes)
                {
                    loops.TryAdd(node.Task.Id, around);
                    if (node is FlowNode.Loop loop) Note(loop.Children, [.. around, loop.Task.Id]);
                    else if (node is FlowNode.Group group) Note(group.Children, around);
                    else if (node is FlowNode.Choice choice) Note(choice.Cases.SelectMany(c => c.Children), around);
                }
            }
        }
    }
}
