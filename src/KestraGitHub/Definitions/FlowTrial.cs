namespace KestraGitHub.Definitions;

/// <summary>The tasks of a flow as often as the file alone says, for what can be found out while it is loaded. Every case of an If and a Switch counts.</summary>
internal sealed class FlowTrial(LoadContext load)
{
    /// <summary>So many tasks one run may have, each turn of a loop counted.</summary>
    public const int Most = 5000;

    private readonly List<(TaskDeclaration Task, LoopPlace Place)> _tasks = [];

    public static IReadOnlyList<(TaskDeclaration Task, LoopPlace Place)> Of(IReadOnlyList<FlowNode> body, LoadContext load)
    {
        var trial = new FlowTrial(load);
        trial.Add(body, LoopPlace.None);
        return trial._tasks;
    }

    private void Add(IEnumerable<FlowNode> nodes, LoopPlace place)
    {
        foreach (var node in nodes)
        {
            if (_tasks.Count > Most) return;
            switch (node)
            {
                case FlowNode.Leaf leaf:
                    _tasks.Add((leaf.Task, place));
                    if (_tasks.Count > Most) load.Faults.Add((leaf.Task.Line, 1), $"With the task {leaf.Task.Id} the flow comes to more than {Most} tasks, each turn of a loop counted.", "Split it.");
                    break;
                case FlowNode.Group group:
                    Add(group.Children, place.Deeper);
                    break;
                case FlowNode.Choice choice:
                    Add(choice.Cases.SelectMany(c => c.Children), place.Deeper);
                    break;
                case FlowNode.Loop loop:
                    AddLoop(loop, place);
                    break;
            }
        }
    }

    private void AddLoop(FlowNode.Loop loop, LoopPlace place)
    {
        try
        {
            if (References(loop).NeedsRun(place))
            {
                Add(loop.Children, place with { IsDirect = true, IsUnknown = true });
                return;
            }

            var context = new RenderContext(load.Environment, System.Collections.ObjectModel.ReadOnlyDictionary<string, string>.Empty) { Place = place };
            foreach (var frame in LoopValues.Of(loop, new TemplateScope(load.Values, load.Environment, context))) Add(loop.Children, place.Within(frame));
        }
        catch (TemplateException e)
        {
            load.Faults.Add(loop.Values, $"In the task {loop.Task.Id}, {e.Message}", e.Cure);
        }
    }

    private TemplateReferences References(FlowNode.Loop loop) => TemplateReferences.Of(loop.Values, load.Values);
}
