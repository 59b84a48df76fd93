namespace KestraGitHub.Definitions;

/// <summary>What a loop goes over: a list, or a map of keys and values, written as such or rendered from a text.</summary>
internal static class LoopValues
{
    public const int Most = 1000;

    /// <exception cref="TemplateException">There are none, too many, or two of the same.</exception>
    public static IReadOnlyList<LoopFrame> Of(FlowNode.Loop loop, TemplateScope scope)
    {
        if (loop.Values is ListValue { Items.Count: > Most } many) throw TooMany(loop, many.Items.Count);
        var values = scope.Evaluate(loop.Values);
        if (values.Why is not null) throw values.Why;
        if (values is { IsText: true, Text: { } text }) values = TemplateValue.TryJson(text) ?? values;
        if (!values.IsList && !values.IsMap)
            throw new TemplateException($"the values of {loop.Task.Id} are {(values.Text is null or "" ? "empty" : "neither a list nor a map")}.", "Write a list, such as `[company, company.team]`, or an expression that renders to one.");
        var items = values.IsMap ? values.Members().Select(m => (Key: (string?)m.Name, m.Value)).ToList() : [.. values.Items().Select(v => (Key: (string?)null, Value: v))];
        if (items.Count == 0) throw new TemplateException($"the values of {loop.Task.Id} are an empty list: there is nothing to do for.", "Give at least one, or put an If around the loop.");
        if (items.Count > Most) throw TooMany(loop, items.Count);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var frames = new List<LoopFrame>();
        foreach (var (key, value) in items)
        {
            var shown = key ?? value.Text;
            if (string.IsNullOrWhiteSpace(shown)) throw new TemplateException($"value {frames.Count + 1} of {loop.Task.Id} is empty.", "Write a text, or take it out.");
            if (!seen.Add(shown)) throw new TemplateException($"value {frames.Count + 1} of {loop.Task.Id} stands there twice; each task of the loop is known by its value.", "Take one of them out.");
            frames.Add(new LoopFrame(scope.Place.Frame, loop.Task.Id, value.Text ?? "", value.Json, frames.Count, key));
        }

        return frames;
    }

    public static TemplateException TooMany(FlowNode.Loop loop, int count) =>
        new($"{loop.Task.Id} goes over {count} values; a loop of a sync may have {Most}.", "Sync the namespace above them with `includeChildNamespaces: true`, or split the flow.");
}
