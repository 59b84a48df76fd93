namespace KestraGitHub.Definitions;

/// <summary>
/// A flow's <c>inputs</c>. Kestra asks a person for them; here a push or a schedule starts the sync, so that each must have its default, or be given by the trigger.
/// </summary>
internal static class InputsReader
{
    public static IReadOnlyList<FlowInput> Read(PropertyValue? inputs, IReadOnlyDictionary<string, MapValue> byTrigger, FaultList faults)
    {
        if (inputs is null or ScalarValue { Text: null }) return [];
        if (inputs is not ListValue list)
        {
            faults.Add(inputs, "`inputs` is no list.", "Write each input after a dash, with `id` and `type`.");
            return [];
        }

        var read = new List<FlowInput>();
        foreach (var item in list.Items)
        {
            if (item is not MapValue map || (Text(map, "id") ?? Text(map, "name")) is not { } id)
                faults.Add(item, "An input has no id.", "Write `id:` and `type:`.");
            else if (read.Exists(i => i.Id == id)) faults.Add(item, $"Two inputs have the id {id}.", "Give one of them another id.");
            else read.Add(ReadOne(map, id, byTrigger, faults));
        }

        return read;
    }

    private static FlowInput ReadOne(MapValue map, string id, IReadOnlyDictionary<string, MapValue> byTrigger, FaultList faults)
    {
        var required = Text(map, "required") is not { } text || PropertyChecker.Boolean(text) != false;
        var value = map["defaults"] is ScalarValue { Text: null } ? null : map["defaults"];
        var given = byTrigger.Where(t => t.Value[id] is not null).ToDictionary(t => t.Key, t => t.Value[id]!, StringComparer.Ordinal);
        if (required && value is null && (given.Count == 0 || given.Count < byTrigger.Count))
            faults.Add(map, $"The input {id} is required and has no default; nobody is asked when a push or a schedule starts a sync.",
                "Add `defaults:`, or `required: false`, or give it under `inputs` of every trigger.");
        return new FlowInput(id, Text(map, "type") ?? "STRING", value, required, given);
    }

    private static string? Text(MapValue map, string name) => (map[name] as ScalarValue)?.Text;
}
