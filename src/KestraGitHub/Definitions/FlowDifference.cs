namespace KestraGitHub.Definitions;

/// <summary>Says in words which parts of a flow differ between two texts of it: tasks, triggers and inputs, by their ids.</summary>
internal static class FlowDifference
{
    private const int Named = 10;
    private static readonly string[] Members = ["tasks", "triggers", "inputs"];

    /// <summary>Null when none of them differs, or one of the texts is not known or cannot be read.</summary>
    public static string? Words(string? before, string? after)
    {
        if (before is null || after is null || Of(before, after) is not { Count: > 0 } changes) return null;
        return string.Join("; ", changes.Select(Words));
    }

    /// <summary>Those parts that differ; null when one of the texts cannot be read.</summary>
    public static IReadOnlyList<PartChange>? Of(string before, string after) =>
        Read(before) is { } old && Read(after) is { } young ? [.. Members.Select(part => Of(part, Parts(old, part), Parts(young, part))).OfType<PartChange>()] : null;

    private static PartChange? Of(string part, Dictionary<string, string> old, Dictionary<string, string> young)
    {
        var change = new PartChange(
            part, [.. young.Keys.Except(old.Keys)], [.. old.Keys.Except(young.Keys)], [.. young.Where(p => old.TryGetValue(p.Key, out var was) && was != p.Value).Select(p => p.Key)]);
        return change.Added.Count + change.Removed.Count + change.Changed.Count == 0 ? null : change;
    }

    private static string Words(PartChange change)
    {
        var ids = change.Added.Select(id => $"+{id}").Concat(change.Removed.Select(id => $"-{id}")).Concat(change.Changed.Select(id => $"~{id}")).ToList();
        return $"{change.Part} {string.Join(" ", ids.Take(Named))}{(ids.Count > Named ? $" and {ids.Count - Named} more" : "")}";
    }

    private static MapValue? Read(string text) => YamlReader.Read(text, new FaultList("")) as MapValue;

    private static Dictionary<string, string> Parts(MapValue flow, string name)
    {
        var parts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var map in flow[name] is ListValue list ? list.Items.OfType<MapValue>() : [])
            if (map["id"] is ScalarValue { Text: { } id }) parts[id] = Text(map);
        return parts;
    }

    /// <summary>The content alone: that a part moved down the file is no change of it.</summary>
    private static string Text(PropertyValue value) => value switch
    {
        MapValue map => $"{{{string.Join(",", map.Members.Select(m => $"{m.Key}:{Text(m.Value)}"))}}}",
        ListValue list => $"[{string.Join(",", list.Items.Select(Text))}]",
        ScalarValue scalar => $"{(scalar.Plain ? "" : "'")}{scalar.Text}",
        _ => "",
    };
}
