namespace KestraGitHub.Definitions;

/// <summary>What a flow's own text gives to expressions: who it is, its variables, inputs and labels. Their texts may be templates themselves.</summary>
public sealed record FlowValues(SyncKey Key, MapValue Variables, IReadOnlyList<FlowInput> Inputs, MapValue Labels)
{
    private static readonly MapValue Nothing = new([], 0, 0);

    public static FlowValues Of(SyncKey key) => new(key, Nothing, [], Nothing);

    /// <summary>The value at a path, as far as the text has it; what is left of the path leads into a value that must be rendered first.</summary>
    internal (PropertyValue? Value, IReadOnlyList<PathStep> Left) Find(string root, IReadOnlyList<PathStep> path, string? trigger)
    {
        if (root == "inputs") return (Input(path[0].Text)?.ValueFor(trigger), [.. path.Skip(1)]);
        PropertyValue? value = root == "vars" ? Variables : Labels;
        var at = 0;
        for (; at < path.Count && value is MapValue or ListValue; at++)
            value = value is MapValue map ? map[path[at].Text]
                : value is ListValue list && int.TryParse(path[at].Text, out var i) && i >= 0 && i < list.Items.Count ? list.Items[i] : null;
        return (value, [.. path.Skip(at)]);
    }

    internal FlowInput? Input(string id) => Inputs.FirstOrDefault(i => i.Id == id);

    internal IReadOnlyList<string> NamesOf(string root) =>
        root == "inputs" ? [.. Inputs.Select(i => i.Id)] : [.. (root == "vars" ? Variables : Labels).Members.Select(m => m.Key)];
}

/// <summary>An input of the flow. Nobody is asked: its value is the trigger's, or its default.</summary>
/// <param name="Type">As written: <c>STRING</c>.</param>
/// <param name="ByTrigger">What triggers give for it, by their ids.</param>
public sealed record FlowInput(string Id, string Type, PropertyValue? Default, bool Required, IReadOnlyDictionary<string, PropertyValue> ByTrigger)
{
    internal PropertyValue? ValueFor(string? trigger) => trigger is not null && ByTrigger.TryGetValue(trigger, out var given) ? given : Default;

    /// <summary>The rendered value with the type that the input has.</summary>
    internal TemplateValue Typed(TemplateValue value)
    {
        if (value.Text is not { } text || !value.IsText) return value;
        return Type.ToUpperInvariant() switch
        {
            "INT" or "FLOAT" => TemplateValue.TryJson(text) is { Number: not null } number ? number : throw Wrong("no number"),
            "BOOLEAN" or "BOOL" => PropertyChecker.Boolean(text) is { } flag ? TemplateValue.OfFlag(flag) : throw Wrong("neither true nor false"),
            "JSON" or "ARRAY" or "MULTISELECT" => TemplateValue.TryJson(text) ?? throw Wrong("no JSON"),
            _ => value,
        };
    }

    private TemplateException Wrong(string what) => new($"The input `{Id}` is of type {Type}, and its value is {what}.", "Mend its `defaults`, or what a trigger gives.");
}
