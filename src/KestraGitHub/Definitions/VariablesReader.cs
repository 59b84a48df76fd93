namespace KestraGitHub.Definitions;

/// <summary>A flow's <c>variables</c> and <c>labels</c>: maps of any depth whose texts expressions name by their path.</summary>
internal static class VariablesReader
{
    private const int MaxName = 200;

    public static MapValue Variables(PropertyValue? variables, FaultList faults)
    {
        if (variables is null or ScalarValue { Text: null }) return new MapValue([], 0, 0);
        if (variables is MapValue map && HasFitNames(map, faults)) return map;
        if (variables is not MapValue) faults.Add(variables, "`variables` is no map.", "Write each variable as `name: value`.");
        return new MapValue([], 0, 0);
    }

    /// <summary>Labels are a map, or a list of keys and values.</summary>
    public static MapValue Labels(PropertyValue? labels) => labels switch
    {
        MapValue map => map,
        ListValue list => new MapValue(
            [.. list.Items.OfType<MapValue>().Where(i => i["key"] is ScalarValue { Text: not null } && i["value"] is not null)
                .Select(i => KeyValuePair.Create(((ScalarValue)i["key"]!).Text!, i["value"]!))], list.Line, list.Column),
        _ => new MapValue([], 0, 0),
    };

    private static bool HasFitNames(PropertyValue value, FaultList faults)
    {
        var fit = true;
        if (value is MapValue map)
            foreach (var (name, member) in map.Members)
            {
                if (name.Length > MaxName) faults.Add(member, "The name of a variable is too long.", $"Use at most {MaxName} characters.");
                fit &= name.Length <= MaxName && HasFitNames(member, faults);
            }
        else if (value is ListValue list)
            foreach (var item in list.Items) fit &= HasFitNames(item, faults);
        return fit;
    }
}
