using System.Globalization;

namespace KestraGitHub.Definitions;

/// <summary>Holds what the file says against a table of properties: names, required ones, and the type of every value that is no expression.</summary>
internal static class PropertyChecker
{
    /// <param name="owner">Who is checked, in a person's words: <c>the task git (SyncFlows)</c>.</param>
    public static void Check(MapValue map, string owner, IReadOnlyList<PropertySpec> specs, FaultList faults)
    {
        for (var i = 0; i < map.Members.Count && !faults.IsFull; i++)
        {
            var (name, value) = map.Members[i];
            var spec = specs.FirstOrDefault(s => s.Name == name);
            if (spec is null)
                faults.Add(map.PlaceOf(i), $"`{name}` is no property of {owner}.", Nearest.Cure(name, [.. specs.Select(s => s.Name)]));
            else if (Complaint(spec, value) is { } complaint)
                faults.Add(value, $"`{name}` of {owner} {complaint.What}.", complaint.Cure);
            else if (spec.Kind == PropertyKind.Auth && value is MapValue auth)
                Check(auth, $"`auth` of {owner}", GitTasks.AuthMembers, faults);
        }

        foreach (var spec in specs.Where(s => s.Required && map[s.Name] is null or ScalarValue { Text: null }))
            faults.Add(map, $"`{spec.Name}` of {owner} is missing.", $"Add `{spec.Name}:`.");
    }

    public static bool? Boolean(string text) => text.Trim().ToLowerInvariant() switch { "true" => true, "false" => false, _ => null };

    public static int? Integer(string text) =>
        int.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static (string What, string Cure)? Complaint(PropertySpec spec, PropertyValue value)
    {
        if (spec.Kind == PropertyKind.Any || value is ScalarValue { Text: null }) return null;
        var text = (value as ScalarValue)?.Text;
        var expression = Template.LooksLike(text);
        return spec.Kind switch
        {
            PropertyKind.Text when text is null => ("is no text", "Write one text."),
            PropertyKind.Text when spec.Enum is { } allowed && !expression && !allowed.Contains(text) =>
                ($"is none of {string.Join(", ", allowed)}", Nearest.Cure(text!, [.. allowed])),
            PropertyKind.Flag when text is null
                || (!expression && Boolean(text) is null) => ("is neither true nor false", "Write `true` or `false`."),
            PropertyKind.Number when text is null || (!expression && Integer(text) is null) => ("is no whole number", "Write a number."),
            PropertyKind.Map or PropertyKind.Auth when value is not MapValue => ("is no map", "Write its members below it, one level deeper."),
            PropertyKind.TextList when value is not ListValue && !expression => ("is no list", "Write its items below it, each after a dash."),
            PropertyKind.TextList or PropertyKind.TextOrList when value is MapValue => ("is a map", "Write a text or a list."),
            PropertyKind.TextList or PropertyKind.TextOrList when value is ListValue list
                && list.Items.Any(i => i is not ScalarValue { Text: not null }) =>
                ("has an item that is no text", "Write texts only."),
            PropertyKind.ObjectOrText when value is ListValue => ("is a list", "Write a map."),
            _ => null,
        };
    }
}
