namespace KestraGitHub.Definitions;

/// <summary>A flow's tasks as the file nests them.</summary>
public abstract record FlowNode(TaskDeclaration Task)
{
    /// <summary>A task that holds no other.</summary>
    public sealed record Leaf(TaskDeclaration Task) : FlowNode(Task);

    /// <summary>Sequential, Parallel and WorkingDirectory: here all three run their tasks in the order of the file.</summary>
    public sealed record Group(TaskDeclaration Task, IReadOnlyList<FlowNode> Children) : FlowNode(Task);

    /// <summary>ForEach, Loop and the older Each tasks: once for every value.</summary>
    /// <param name="Values">A list or a map, or a text that renders to one.</param>
    public sealed record Loop(TaskDeclaration Task, PropertyValue Values, IReadOnlyList<FlowNode> Children) : FlowNode(Task);

    /// <summary>If and Switch: the first case that fits.</summary>
    public sealed record Choice(TaskDeclaration Task, PropertyValue On, IReadOnlyList<FlowCase> Cases) : FlowNode(Task);

    /// <summary>The node and everything in it, in the order of the file.</summary>
    public IEnumerable<FlowNode> All()
    {
        IEnumerable<FlowNode> children = this switch
        {
            Group group => group.Children,
            Loop loop => loop.Children,
            Choice choice => choice.Cases.SelectMany(c => c.Children),
            _ => [],
        };
        return children.SelectMany(c => c.All()).Prepend(this);
    }
}

/// <param name="Value">What must come out; for If, <c>true</c>. Null for what else there is.</param>
public sealed record FlowCase(string? Value, IReadOnlyList<FlowNode> Children);
