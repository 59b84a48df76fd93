namespace KestraGitHub.Definitions;

/// <summary>A flow's <c>pluginDefaults</c> (once <c>taskDefaults</c>): values that its tasks and triggers have without saying so.</summary>
internal sealed class PluginDefaults
{
    private const int MaxValues = 200;

    private readonly List<(string Type, bool Forced, MapValue Values)> _defaults = [];

    public static PluginDefaults Read(MapValue flow, FaultList faults)
    {
        var result = new PluginDefaults();
        foreach (var name in (string[])["taskDefaults", "pluginDefaults"])
        {
            if (flow[name] is null or ScalarValue { Text: null }) continue;
            if (flow[name] is ListValue list) foreach (var item in list.Items) result.ReadOne(name, item, faults);
            else faults.Add(flow[name]!, $"`{name}` is no list.", "Write each default after a dash, with `type` and `values`.");
        }

        return result;
    }

    /// <summary>The task or trigger as it is with the defaults for its type.</summary>
    public MapValue Apply(MapValue map)
    {
        if (map["type"] is not ScalarValue { Text: { } type }) return map;
        foreach (var (prefix, forced, values) in _defaults)
            if (type == prefix || type.StartsWith(prefix + ".", StringComparison.Ordinal))
                map = forced ? Merge(values, map) : Merge(map, values);
        return map;
    }

    private void ReadOne(string name, PropertyValue item, FaultList faults)
    {
        if (item is not MapValue map || map["type"] is not ScalarValue { Text: { } type })
        {
            faults.Add(item, $"An item of `{name}` has no type.", "Write `type:` and `values:`.");
            return;
        }

        var forced = map["forced"] is ScalarValue { Text: { } text } ? PropertyChecker.Boolean(text) : false;
        if (forced is null) faults.Add(map["forced"]!, $"`forced` of the default for {type} is neither true nor false.", "Write `true` or `false`.");
        if (map["values"] is MapValue { Members.Count: > MaxValues } many)
            faults.Add(many, $"The default for {type} has more than {MaxValues} values.", "No task has so many properties; keep what is needed.");
        else if (map["values"] is MapValue values) _defaults.Add((type, forced ?? false, values));
        else if (map["values"] is not (null or ScalarValue { Text: null }))
            faults.Add(map["values"]!, $"`values` of the default for {type} is no map.", "Write the values below it.");
        for (var i = 0; i < map.Members.Count; i++)
            if (map.Members[i].Key is not ("type" or "forced" or "values"))
                faults.Add(map.PlaceOf(i), $"`{map.Members[i].Key}` of the default for {type} is not carried out.",
                    "Remove it, or write the values at the tasks themselves.");
    }

    /// <summary>The members of both; where both have one, the winner's, maps member by member.</summary>
    private static MapValue Merge(MapValue winner, MapValue other)
    {
        var members = new List<KeyValuePair<string, PropertyValue>>();
        var names = new List<(int, int)>();
        for (var i = 0; i < winner.Members.Count; i++)
        {
            var (name, value) = winner.Members[i];
            members.Add(new(name, value is MapValue mine && other[name] is MapValue theirs ? Merge(mine, theirs) : value));
            names.Add(winner.PlaceOf(i));
        }

        for (var i = 0; i < other.Members.Count; i++)
        {
            if (winner[other.Members[i].Key] is not null) continue;
            members.Add(other.Members[i]);
            names.Add(other.PlaceOf(i));
        }

        return new MapValue(members, winner.Line, winner.Column) { Names = names };
    }
}
